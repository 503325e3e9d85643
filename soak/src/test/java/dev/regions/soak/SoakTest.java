package dev.regions.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@DisplayName("The soak")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SoakTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int soak(String... arguments) {
        CommandLine commandLine = Soak.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }

    @AfterEach
    void forget() {
        Leak.forget();
    }

    @Test
    @DisplayName("finds nothing that grows or is left over")
    void shortSoak() {
        int exit = soak("--time", "12s", "--samples", "12");

        assertThat(exit).as("%s%s", out, err).isZero();
        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(2 + 12 + 1);
        assertThat(lines.get(lines.size() - 1)).isEqualTo("soak: nothing grows, and nothing is left over");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"heap, the heap after a full collection", "thread, the number of threads grows", "task, inFlight="})
    @DisplayName("finds a leak that is planted:")
    void plantedLeak(String leak, String message) {
        int exit = soak("--time", "4s", "--samples", "8", "--leak", leak, "--memory", "1000", "--patience", "5");

        assertThat(exit).as("%s", out).isEqualTo(1);
        assertThat(err.toString()).startsWith("soak FAILED: ").contains(message);
    }

    @Test
    @DisplayName("finds too much memory in use")
    void tooMuchMemory() {
        int exit = soak("--time", "2s", "--samples", "8", "--memory", "0");

        assertThat(exit).isEqualTo(1);
        assertThat(err.toString()).contains("of the heap are in use at rest; 0 MiB may be");
    }

    @Test
    @DisplayName("says what is wrong with its arguments")
    void badArguments() {
        assertThat(soak("--time", "soon")).isEqualTo(2);
        assertThat(soak("--time", "10s", "--samples", "3")).isEqualTo(2);

        assertThat(err.toString())
                .contains("'soon' is not a time such as 90s or 10m")
                .contains("8 samples");
    }
}
