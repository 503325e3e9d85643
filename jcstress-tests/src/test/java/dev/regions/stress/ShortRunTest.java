package dev.regions.stress;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs all stress tests for a moment each, in a JVM of their own: enough to find a hand-off that is broken, not to show
 * that none is. The full run is a profile of this module's pom.
 */
@DisplayName("A short run of the stress tests")
class ShortRunTest {
    private static final Path OUTPUT = Path.of("target/jcstress-short-run.txt").toAbsolutePath();
    private static final int MINUTES_AT_MOST = 14;

    @Test
    @DisplayName("finds no forbidden outcome")
    void findsNoForbiddenOutcome() throws Exception {
        int status = runAll();

        String output = Files.readString(OUTPUT);
        assertThat(output).doesNotContain(OneJvmRun.FAILED);
        assertThat(status).as(output).isZero();
        assertThat(output).contains(TestList.tests().size() + " tests were run");
    }

    private static int runAll() throws IOException, InterruptedException {
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "--enable-native-access=ALL-UNNAMED", // for a library of jcstress, which would warn
                        "-XX:+UseSerialGC",
                        OneJvmRun.class.getName(),
                        "1",
                        "250", // once, for so many milliseconds each
                        "true")
                .redirectErrorStream(true)
                .redirectOutput(OUTPUT.toFile())
                .start();
        if (!run.waitFor(MINUTES_AT_MOST, MINUTES)) {
            run.destroyForcibly();
            throw new AssertionError("not done after " + MINUTES_AT_MOST + " minutes; see " + OUTPUT);
        }
        return run.exitValue();
    }
}
