package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The virtual threads of this JVM, which no API lists: a thread dump does. */
final class VirtualThreads {
    private VirtualThreads() {}

    /** Returns the lines of a thread dump that name a thread whose name begins so. */
    static List<String> named(String prefix) throws IOException, InterruptedException {
        Path dump = Files.createTempFile("threads", ".json");
        try {
            String command =
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
            String self = Long.toString(ProcessHandle.current().pid());
            Process process = new ProcessBuilder(
                            command, self, "Thread.dump_to_file", "-overwrite", "-format=json", dump.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor(Handshakes.SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            List<String> names = Files.readAllLines(dump).stream()
                    .filter(line -> line.contains("\"name\""))
                    .toList();
            assertThat(names).as("a dump that lists this thread").isNotEmpty();
            return names.stream()
                    .filter(line -> line.contains("\"name\": \"" + prefix))
                    .toList();
        } finally {
            Files.delete(dump);
        }
    }
}
