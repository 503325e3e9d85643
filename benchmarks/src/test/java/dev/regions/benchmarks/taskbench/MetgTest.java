package dev.regions.benchmarks.taskbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.regions.benchmarks.taskbench.Curve.Point;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("METG(50%)")
class MetgTest {
    @Test
    @DisplayName("Is twice the overhead where each task costs the same on top of its work")
    void constantOverhead() {
        double overhead = 700;
        List<Point> points = IntStream.rangeClosed(4, 18)
                .mapToObj(exponent -> {
                    long work = 1L << exponent;
                    return new Point(work, work + overhead, work / (work + overhead));
                })
                .toList();

        assertThat(Metg.of(points)).isCloseTo(2 * overhead, within(0.05 * 2 * overhead));
    }

    @Test
    @DisplayName("Lies between the two points around one half, on a logarithmic scale")
    void interpolated() {
        assertThat(Metg.of(List.of(new Point(100, 1000, 0.6), new Point(10, 10, 0.4))))
                .isCloseTo(100, within(1e-6));
        assertThat(Metg.of(List.of(new Point(10, 10, 0.4), new Point(100, 1000, 0.5))))
                .isCloseTo(1000, within(1e-6));
    }

    @Test
    @DisplayName("Is that of the smallest tasks that reach one half, though larger ones may miss it")
    void notMonotonic() {
        List<Point> points = List.of(
                new Point(1000, 1000, 0.9), new Point(100, 100, 0.4), new Point(10, 10, 0.6), new Point(1, 1, 0.1));

        assertThat(Metg.of(points)).isBetween(1.0, 10.0);
    }

    @Test
    @DisplayName("Is that of the smallest tasks, as a bound, if these reach one half already")
    void bound() {
        List<Point> points = List.of(new Point(100, 120, 0.9), new Point(10, 20, 0.6));

        assertThat(Metg.of(points)).isEqualTo(20);
        assertThat(Metg.isBound(points)).isTrue();
        assertThat(Metg.isBound(List.of(new Point(100, 120, 0.9), new Point(10, 20, 0.4))))
                .isFalse();
        assertThat(Metg.isBound(List.of())).isFalse();
    }

    @Test
    @DisplayName("Is not a number where one half is never reached")
    void never() {
        assertThat(Metg.of(List.of(new Point(10, 10, 0.4)))).isNaN();
        assertThat(Metg.of(List.of())).isNaN();
    }
}
