package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Percentiles")
class PercentilesTest {
    private final Percentiles times = new Percentiles();

    @Test
    @DisplayName("of 1 to 1000 microseconds are, to three digits, what they should be")
    void evenly() {
        for (long micros = 1; micros <= 1000; micros++) {
            times.add(micros * 1000);
        }

        assertThat(times.count()).isEqualTo(1000);
        assertThat((double) times.mean()).isCloseTo(500_500, within(600.0));
        assertThat((double) times.at(50)).isCloseTo(500_000, within(600.0));
        assertThat((double) times.at(99)).isCloseTo(990_000, within(1100.0));
        assertThat((double) times.most()).isCloseTo(1_000_000, within(1100.0));
        assertThat(times.summary().subList(1, 6)).isSorted();
    }

    @Test
    @DisplayName("make a curve that rises from 0 % to the largest")
    void curve() {
        for (long micros = 1; micros <= 1000; micros++) {
            times.add(micros * 1000);
        }

        assertThat(times.curve()).extracting(Percentiles.Point::value).isSorted();
        assertThat(times.curve())
                .extracting(Percentiles.Point::nines)
                .isSorted()
                .allMatch(nines -> nines <= 3);
        assertThat(times.curve().get(times.curve().size() - 1).value()).isEqualTo(times.most());
    }

    @Test
    @DisplayName("of nothing are 0")
    void empty() {
        assertThat(times.summary()).containsOnly(0L);
        assertThat(times.count()).isZero();
    }
}
