package dev.regions.benchmarks.scaling;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The core with its failed attempts counted: some of its sources, changed and compiled, to stand first on a class path.
 */
final class CountingCore {
    private static final Path SOURCES = Path.of("runtime", "src", "main", "java", "dev", "regions", "core");

    /** Taken out: it is not on the class path of a run. */
    private static final Pattern NULLABLE =
            Pattern.compile("import org\\.jspecify\\.annotations\\.Nullable;|@Nullable\\s");

    private CountingCore() {}

    /**
     * Compiles it.
     *
     * @param project the root of the project
     * @param folder an empty one, for sources and classes
     * @return the folder of the classes
     * @throws IllegalStateException if the sources have moved on
     */
    static Path compile(Path project, Path folder) throws IOException {
        List<Path> changed = new ArrayList<>();
        for (String owner : Arrays.stream(Place.values())
                .map(place -> place.owner)
                .distinct()
                .toList()) {
            String source =
                    NULLABLE.matcher(Files.readString(sourceOf(project, owner))).replaceAll("");
            for (Place place : Place.values()) {
                if (place.owner.equals(owner)) {
                    source = place.countIn(source);
                }
            }
            changed.add(Files.writeString(folder.resolve(owner + ".java"), source));
        }
        Path classes = Files.createDirectories(folder.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options = List.of(
                "-proc:none", "-nowarn", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            if (!compiler.getTask(messages, files, null, options, null, files.getJavaFileObjectsFromPaths(changed))
                    .call()) {
                throw new IllegalStateException("the core that counts does not compile:\n" + messages);
            }
        }
        return classes;
    }

    private static Path sourceOf(Path project, String owner) throws IOException {
        try (Stream<Path> sources = Files.walk(project.resolve(SOURCES))) {
            return sources.filter(path -> path.endsWith(owner + ".java"))
                    .findAny()
                    .orElseThrow(() -> new IllegalStateException("the core has no " + owner + ".java any more"));
        }
    }
}
