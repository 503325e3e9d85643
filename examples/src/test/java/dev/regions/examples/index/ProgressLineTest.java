package dev.regions.examples.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final StringWriter drawn = new StringWriter();

    private ProgressLine.Screen screen(long redrawNanos, boolean watched) {
        return new ProgressLine.Screen(new PrintWriter(drawn), redrawNanos, watched);
    }

    @Test
    void redrawsInPlaceAndLeavesNothingBehind() {
        try (var line = new ProgressLine(screen(0, true), "Reading", 1_200, "files")) {
            line.step();
            line.step();
        }

        assertThat(drawn.toString())
                .isEqualTo("\rReading 1 of 1,200 files" + "\rReading 2 of 1,200 files" + "\r" + " ".repeat(28) + "\r");
    }

    @Test
    void drawsNothingBeforeItIsTime() {
        try (var line = new ProgressLine(screen(Long.MAX_VALUE, true), "Reading", 2, "files")) {
            line.step();
            assertThat(drawn.toString()).isEmpty();
        }
    }

    @Test
    void drawsNothingWhereNobodyWatches() {
        try (var line = new ProgressLine(screen(0, false), "Reading", 2, "files")) {
            line.step();
        }

        assertThat(drawn.toString()).isEmpty();
    }
}
