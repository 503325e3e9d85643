package dev.regions.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QuickstartTest {
    @Test
    void printsWhatEachOfTheThreeSnippetsComesTo() throws InterruptedException {
        var bytes = new ByteArrayOutputStream();

        Quickstart.run(new PrintStream(bytes, true, StandardCharsets.UTF_8));

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("40 + 2 = 42", "left + right = [1, 2, 3, 4, 5]", "b1 + b2 = [2, 4, 6]");
    }
}
