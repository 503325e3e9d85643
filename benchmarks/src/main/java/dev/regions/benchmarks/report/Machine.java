package dev.regions.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Where something was measured.
 *
 * @param processor its name
 * @param processors how many the JVM may use
 * @param memory in bytes
 * @param system the operating system and its version
 * @param jvm its name and version
 * @param revision of this project, with a plus sign if anything is changed since
 */
public record Machine(String processor, int processors, long memory, String system, String jvm, String revision) {
    private static final String UNKNOWN = "unknown";

    /** Describes this machine and this JVM. */
    public static Machine here() {
        long memory =
                ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean bean
                        ? bean.getTotalMemorySize()
                        : 0;
        String system = System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch");
        String jvm = System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version") + ", "
                + System.getProperty("java.vm.vendor");
        return new Machine(
                processorName(), Runtime.getRuntime().availableProcessors(), memory, system, jvm, currentRevision());
    }

    private static String processorName() {
        Path file = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(file)) {
            return UNKNOWN;
        }
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(UNKNOWN);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static String currentRevision() {
        String commit = git("rev-parse", "--short", "HEAD");
        if (commit.isEmpty()) {
            return UNKNOWN;
        }
        return git("status", "--porcelain", "--untracked-files=no").isEmpty() ? commit : commit + "+";
    }

    /** Returns what Git says, or nothing if there is no Git, or no repository. */
    private static String git(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "git";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? output.strip() : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
