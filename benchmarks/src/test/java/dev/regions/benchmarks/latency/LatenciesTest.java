package dev.regions.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.DisplayName;
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
}
