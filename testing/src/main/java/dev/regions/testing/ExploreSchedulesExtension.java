package dev.regions.testing;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;
import org.opentest4j.TestAbortedException;

/**
 * The JUnit extension that {@link ExploreSchedules} registers. Not for direct use. Stateless, and therefore
 * thread-safe.
 */
public final class ExploreSchedulesExtension implements TestTemplateInvocationContextProvider {
    /** Creates an extension; called by JUnit. */
    public ExploreSchedulesExtension() {}

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), ExploreSchedules.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        ExploreSchedules annotation = AnnotationSupport.findAnnotation(context.getTestMethod(), ExploreSchedules.class)
                .orElseThrow();
        Explorer explorer = new Explorer(exploration(annotation, context));
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(new Invocations(explorer), Spliterator.ORDERED), false);
    }

    private static Exploration exploration(ExploreSchedules annotation, ExtensionContext context) {
        String seed = property(context, ExploreSchedules.SEED);
        String trace = property(context, ExploreSchedules.TRACE);
        Duration stuckTimeout = Duration.ofMillis(annotation.stuckTimeoutMillis());
        if (trace != null) {
            return Exploration.replay(trace).stuckTimeout(stuckTimeout);
        }
        Exploration schedules = seed != null
                ? Exploration.seed(parse(seed))
                : annotation.systematic() > 0
                        ? Exploration.systematic(annotation.systematic())
                        : Exploration.seeds(annotation.firstSeed(), annotation.seeds());
        return schedules
                .interleaving(annotation.interleaving())
                .independent(ReflectionSupport.newInstance(annotation.independence()))
                .stuckTimeout(stuckTimeout);
    }

    private static @Nullable String property(ExtensionContext context, String name) {
        return context.getConfigurationParameter(name).orElse(null); // falls back to the system property
    }

    private static long parse(String seed) {
        try {
            return Long.parseLong(seed.strip());
        } catch (NumberFormatException wrong) {
            throw new ExtensionConfigurationException(
                    ExploreSchedules.SEED + " must be a whole number, and is '" + seed + "'", wrong);
        }
    }

    /** The invocations, one for each schedule, created after the one before has run. */
    private static final class Invocations implements Iterator<TestTemplateInvocationContext> {
        private final Explorer explorer;
        private boolean advanced;

        Invocations(Explorer explorer) {
            this.explorer = explorer;
        }

        @Override
        public boolean hasNext() {
            advanced = advanced || explorer.advance();
            return advanced;
        }

        @Override
        public TestTemplateInvocationContext next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            advanced = false;
            return new Invocation(explorer, explorer.label());
        }
    }

    private record Invocation(Explorer explorer, String label)
            implements TestTemplateInvocationContext, InvocationInterceptor {
        @Override
        public String getDisplayName(int invocationIndex) {
            return label;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public void interceptTestTemplateMethod(
                InvocationInterceptor.Invocation<@Nullable Void> invocation,
                ReflectiveInvocationContext<Method> invocationContext,
                ExtensionContext extensionContext) {
            try {
                explorer.play(invocation::proceed);
            } catch (ScheduleFailedError failed) {
                if (failed.getCause() instanceof TestAbortedException aborted) {
                    throw aborted; // an assumption does not hold: no failure
                }
                throw failed;
            }
        }
    }
}
