package dev.regions.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.Regions;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import io.micrometer.context.ContextRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc and of docs/context.md: compiled, run and checked here. */
@DisplayName("The example of")
class ContextSnippetsTest {
    private static final List<String> LOG = Collections.synchronizedList(new ArrayList<>());

    // @start region=context
    static final ScopedValue<String> TENANT = ScopedValue.newInstance();
    static final ThreadLocal<String> TRACE = new ThreadLocal<>();

    static void serve() {
        ContextRegistry.getInstance().registerThreadLocalAccessor("trace", TRACE); // tracers do this by themselves
        try (TaskRuntime runtime = TaskRuntime.builder()
                .name("orders")
                .root(ContextPropagation.of(TENANT)) // the thread-locals of the registry, and these scoped values
                .build()) {
            TRACE.set("4711");
            ScopedValue.where(TENANT, "acme")
                    .run(() -> runtime.run(() -> Regions.sequential(() -> {
                        Tasks.spawn(() -> log("load"));
                        Tasks.spawn(() -> log("store"));
                    })));
            TRACE.remove(); // too late to change anything: it was captured by spawn
        } // waits until all of it has run
    }

    static void log(String what) {
        LOG.add(TENANT.get() + " " + TRACE.get() + " " + what); // acme 4711 load, then acme 4711 store
    }
    // @end

    @Test
    @DisplayName("a runtime that propagates context")
    void context() {
        try {
            serve();
        } finally {
            ContextRegistry.getInstance().removeThreadLocalAccessor("trace");
        }

        assertThat(LOG).containsExactly("acme 4711 load", "acme 4711 store");
    }

    @Test
    @DisplayName("docs/context.md is this one")
    void page() throws Exception {
        String source = Files.readString(Path.of("src/test/java/dev/regions/context/ContextSnippetsTest.java"));
        String example = source.substring(source.indexOf("region=" + "context\n"), source.indexOf("// " + "@end"))
                .lines()
                .skip(1)
                .collect(Collectors.joining("\n"))
                .stripIndent()
                .strip();

        assertThat(Files.readString(Path.of("../docs/context.md"))).contains(example);
    }
}
