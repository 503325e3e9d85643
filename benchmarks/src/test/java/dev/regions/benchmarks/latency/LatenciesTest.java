package dev.regions.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Latencies")
class LatenciesTest {
    @ParameterizedTest(name = "p{1} of {0}: {2}")
    @CsvSource({
        "1, 0, true",
        "1, 50, false",
        "2, 50, true",
        "99, 99, false",
        "100, 99, true",
        "999, 99.9, false",
        "1000, 99.9, true",
        "9999, 99.99, false",
        "10000, 99.99, true",
    })
    @DisplayName("Carry a percentile if at least one sample lies beyond it")
    void carries(int samples, double percentile, boolean carried) {
        Histogram histogram = new Histogram(3);
        for (int i = 0; i < samples; i++) {
            histogram.recordValue(1000 + i);
        }

        assertThat(Latencies.carries(histogram, percentile)).isEqualTo(carried);
    }

    @Test
    @DisplayName("Of several turns are summed up, though one that was read from a file cannot grow")
    void sum() {
        List<Histogram> turns = List.of(read(1_000), read(3_000_000_000L), read(2_000));

        Histogram sum = Latencies.sum(turns);

        assertThat(sum.getTotalCount()).isEqualTo(3);
        assertThat(sum.getValueAtPercentile(50)).isBetween(2_000L, 2_010L);
        assertThat(sum.getMaxValue()).isBetween(3_000_000_000L, 3_010_000_000L);
        assertThat(turns).extracting(Histogram::getTotalCount).containsOnly(1L);
    }

    /** A histogram of one sample, as it comes back from a file. */
    private static Histogram read(long nanoseconds) {
        Histogram histogram = new Histogram(3);
        histogram.recordValue(nanoseconds);
        return Latencies.of(Measure.SPAWN_TO_START, false, "regions", histogram).decoded();
    }
}
