package dev.regions.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.regions.Gauges;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Growth")
class GrowthTest {
    private static final int MIB = 1 << 20;

    private static List<Sample> samples(IntUnaryOperator heap, IntUnaryOperator threads) {
        return IntStream.range(0, 40)
                .mapToObj(
                        i -> new Sample(i, heap.applyAsInt(i), threads.applyAsInt(i), new Gauges(0, 0, 0, 0), 0, 0, i))
                .toList();
    }

    @Test
    @DisplayName("of nothing is found where values go up and down, warm up, or jump once")
    void noise() {
        assertThat(Growth.of(samples(i -> 10 * MIB + i % 7 * MIB / 4, i -> 20 + i % 3)))
                .isEmpty();
        assertThat(Growth.of(samples(i -> Math.min(i, 8) * MIB, i -> 20))).isEmpty();
        assertThat(Growth.of(samples(i -> i == 39 ? 90 * MIB : 10 * MIB, i -> i == 38 ? 500 : 20)))
                .isEmpty();
    }

    @Test
    @DisplayName("of the heap is found, even if slow")
    void heap() {
        assertThat(Growth.of(samples(i -> 10 * MIB + i * MIB / 8, i -> 20)))
                .singleElement()
                .asString()
                .contains("heap", "grows", "first third", "last third");
    }

    @Test
    @DisplayName("of the number of threads is found")
    void threads() {
        assertThat(Growth.of(samples(i -> MIB, i -> 20 + i / 4)))
                .singleElement()
                .asString()
                .contains("number of threads grows");
    }

    @Test
    @DisplayName("cannot be told from few samples, and that is said")
    void tooFew() {
        List<Sample> few = samples(i -> MIB, i -> 20).subList(0, Growth.MIN_SAMPLES - 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Growth.of(few))
                .withMessageContaining("there are 7")
                .withMessageContaining("soak for longer");
    }
}
