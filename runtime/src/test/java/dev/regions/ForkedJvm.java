package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a main class of the tests in a JVM of its own, for what only a heap of known size or a whole JVM can show. */
final class ForkedJvm {
    private ForkedJvm() {}

    /**
     * Runs a main class, on the class path of the running test, until it ends with exit code 0.
     *
     * @param seconds how long it may take; one that takes longer is killed, and has failed
     * @param options for the JVM, such as {@code -Xmx256m}
     */
    static void run(Class<?> main, long seconds, List<String> options, String... arguments) throws Exception {
        output(main, seconds, options, arguments);
    }

    /** As {@link #run}; returns all that it has printed. */
    static String output(Class<?> main, long seconds, List<String> options, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), main.getName()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("forked", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
                assertThat(ended && process.exitValue() == 0)
                        .as(
                                "%s %s; its output:%n%s",
                                command, ended ? "exits with 0" : "ends in time", Files.readString(output))
                        .isTrue();
                return Files.readString(output);
            } finally {
                process.destroyForcibly().waitFor();
            }
        } finally {
            Files.delete(output);
        }
    }

    /** The tests run with the main classes as a module; here, all of it is on the class path. */
    static String classPath() {
        @Nullable String modules = System.getProperty("jdk.module.path");
        String classes = Objects.requireNonNull(System.getProperty("java.class.path"));
        return modules == null ? classes : classes + File.pathSeparator + modules;
    }
}
