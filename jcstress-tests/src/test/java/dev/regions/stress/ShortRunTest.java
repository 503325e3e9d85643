package dev.regions.stress;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Runs all stress tests for a moment each, in a JVM of their own: enough to find a hand-off that is broken, not to show that
 * none is. The long run is a profile of this module's pom.
 *
 * <p>jcstress skips tests with more actors than there are processors.
 */
@DisplayName("A short run of the stress tests")
class ShortRunTest {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path OUTPUT = TARGET.resolve("jcstress-short-run.txt");
    private static final int MINUTES_AT_MOST = 15;

    /** The last of these lines has the totals. */
    private static final Pattern TOTALS = Pattern.compile(
            "Results: (\\d+) planned; (\\d+) passed, (\\d+) failed, (\\d+) soft errs, (\\d+) hard errs");

    @Test
    @DisplayName("finds no forbidden outcome")
    void findsNoForbiddenOutcome() throws Exception {
        int status = runJcstress();

        String output = Files.readString(OUTPUT);
        String failures = output.substring(Math.max(0, output.indexOf("RUN RESULTS:")));
        List<MatchResult> totals = TOTALS.matcher(output).results().toList();
        assertThat(totals).as("totals in %s", OUTPUT).isNotEmpty();
        MatchResult last = totals.get(totals.size() - 1);
        assertThat(last.group(2)).as(failures).isEqualTo(last.group(1)).isNotEqualTo("0");
        assertThat(status).as(failures).isZero();
    }

    private static int runJcstress() throws IOException, InterruptedException {
        Process jcstress = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "--enable-native-access=ALL-UNNAMED", // for the terminal library of jcstress, which would warn
                        "org.openjdk.jcstress.Main",
                        "-m",
                        "quick",
                        "-f",
                        "1",
                        "-iters",
                        "1",
                        "-time",
                        "100", // one run of 100 ms each,
                        "-sc",
                        "false",
                        "-jvmArgs",
                        "-XX:+UseSerialGC --enable-native-access=ALL-UNNAMED", // in one configuration of the JVM that
                        // starts fast
                        "-r",
                        TARGET.resolve("jcstress-short-run").toString())
                .directory(TARGET.toFile()) // where it leaves a file with its raw results
                .redirectErrorStream(true)
                .redirectOutput(OUTPUT.toFile())
                .start();
        if (!jcstress.waitFor(MINUTES_AT_MOST, MINUTES)) {
            jcstress.descendants().forEach(ProcessHandle::destroyForcibly);
            jcstress.destroyForcibly();
            throw new AssertionError("jcstress was not done after " + MINUTES_AT_MOST + " minutes; see " + OUTPUT);
        }
        return jcstress.exitValue();
    }
}
