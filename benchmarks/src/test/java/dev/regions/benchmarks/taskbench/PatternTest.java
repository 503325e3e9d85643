package dev.regions.benchmarks.taskbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Patterns of dependences")
class PatternTest {
    private static int[] predecessors(Pattern pattern, int step, int point) {
        return new TaskGraph(pattern, 8, 20).predecessors(step, point);
    }

    @ParameterizedTest
    @EnumSource(Pattern.class)
    @DisplayName("Nothing depends on anything at the first step")
    void firstStep(Pattern pattern) {
        TaskGraph graph = new TaskGraph(pattern, 8, 20);

        for (int point = 0; point < 8; point++) {
            assertThat(graph.predecessors(0, point)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Pattern.class)
    @DisplayName("Successors are the inverse of predecessors, for widths that are powers of two and others")
    void inverse(Pattern pattern) {
        for (int width : new int[] {1, 2, 7, 8, 12}) {
            TaskGraph.Plan plan = new TaskGraph(pattern, width, 20).plan();

            for (int step = 0; step < 19; step++) {
                for (int from = 0; from < width; from++) {
                    for (int to = 0; to < width; to++) {
                        boolean needed =
                                plan.graph().has(step + 1, to) && contains(plan.predecessors()[step + 1][to], from);
                        boolean needs = contains(plan.successors()[step][from], to);
                        assertThat(needs)
                                .as(
                                        "%s of width %d, from point %d of step %d to point %d",
                                        pattern, width, from, step, to)
                                .isEqualTo(needed);
                    }
                }
            }
        }
    }

    private static boolean contains(int[] points, int point) {
        return Arrays.stream(points).anyMatch(each -> each == point);
    }

    @ParameterizedTest
    @EnumSource(Pattern.class)
    @DisplayName("A task depends on tasks that there are, in order, each once")
    void wellFormed(Pattern pattern) {
        TaskGraph graph = new TaskGraph(pattern, 7, 20);

        int tasks = 0;
        for (int step = 0; step < 20; step++) {
            for (int point = graph.first(step); point < graph.first(step) + graph.count(step); point++) {
                int before = step - 1;
                assertThat(graph.predecessors(step, point))
                        .isSorted()
                        .doesNotHaveDuplicates()
                        .satisfies(all -> assertThat(Arrays.stream(all)).allMatch(each -> graph.has(before, each)));
                tasks++;
            }
        }
        assertThat(graph.tasks()).isEqualTo(tasks);
    }

    @Test
    @DisplayName("trivial and no_comm")
    void withoutNeighbours() {
        assertThat(predecessors(Pattern.TRIVIAL, 3, 4)).isEmpty();
        assertThat(predecessors(Pattern.NO_COMM, 3, 4)).containsExactly(4);
    }

    @Test
    @DisplayName("stencil_1d ends at the edges, stencil_1d_periodic goes round")
    void stencils() {
        assertThat(predecessors(Pattern.STENCIL_1D, 3, 4)).containsExactly(3, 4, 5);
        assertThat(predecessors(Pattern.STENCIL_1D, 3, 0)).containsExactly(0, 1);
        assertThat(predecessors(Pattern.STENCIL_1D, 3, 7)).containsExactly(6, 7);
        assertThat(predecessors(Pattern.STENCIL_1D_PERIODIC, 3, 4)).containsExactly(3, 4, 5);
        assertThat(predecessors(Pattern.STENCIL_1D_PERIODIC, 3, 0)).containsExactly(0, 1, 7);
        assertThat(predecessors(Pattern.STENCIL_1D_PERIODIC, 3, 7)).containsExactly(0, 6, 7);
    }

    @Test
    @DisplayName("dom grows by a task with each step, stays at its width, and shrinks")
    void sweep() {
        TaskGraph graph = new TaskGraph(Pattern.DOM, 8, 20);

        assertThat(graph.count(0)).isEqualTo(1);
        assertThat(graph.count(6)).isEqualTo(7);
        assertThat(graph.count(10)).isEqualTo(8);
        assertThat(graph.count(19)).isEqualTo(1);
        assertThat(graph.first(12)).isZero();
        assertThat(graph.first(19)).isEqualTo(7);
        assertThat(graph.predecessors(10, 4)).containsExactly(3, 4);
        assertThat(graph.predecessors(10, 0)).containsExactly(0);
        assertThat(graph.predecessors(3, 3)).containsExactly(2);
    }

    @Test
    @DisplayName("tree doubles until it is full")
    void tree() {
        TaskGraph graph = new TaskGraph(Pattern.TREE, 8, 40);

        assertThat(graph.count(0)).isEqualTo(1);
        assertThat(graph.count(2)).isEqualTo(4);
        assertThat(graph.count(3)).isEqualTo(8);
        assertThat(graph.count(39)).isEqualTo(8);
        assertThat(graph.predecessors(1, 1)).containsExactly(0);
        assertThat(graph.predecessors(2, 3)).containsExactly(1);
        assertThat(graph.predecessors(9, 7)).containsExactly(3);
    }

    @Test
    @DisplayName("fft reaches 1, 2 and 4 points away, and then 1 again")
    void fft() {
        assertThat(predecessors(Pattern.FFT, 1, 4)).containsExactly(3, 4, 5);
        assertThat(predecessors(Pattern.FFT, 2, 4)).containsExactly(2, 4, 6);
        assertThat(predecessors(Pattern.FFT, 3, 3)).containsExactly(3, 7);
        assertThat(predecessors(Pattern.FFT, 4, 4)).containsExactly(3, 4, 5);
    }

    @Test
    @DisplayName("nearest reaches for five points around, fewer at the edges")
    void nearest() {
        assertThat(predecessors(Pattern.NEAREST, 3, 4)).containsExactly(2, 3, 4, 5, 6);
        assertThat(predecessors(Pattern.NEAREST, 3, 0)).containsExactly(0, 1, 2);
    }

    @Test
    @DisplayName("spread reaches for five points all over, the same again after a period")
    void spread() {
        TaskGraph graph = new TaskGraph(Pattern.SPREAD, 20, 20);

        assertThat(graph.predecessors(3, 0)).containsExactly(0, 4, 8, 12, 16);
        assertThat(graph.predecessors(4, 0)).containsExactly(0, 5, 9, 13, 17);
        assertThat(graph.predecessors(6, 0)).isEqualTo(graph.predecessors(3, 0));
    }

    @Test
    @DisplayName(
            "random_nearest reaches for some of the nearest, always for the point itself, the same again after a period")
    void randomNearest() {
        TaskGraph nearest = new TaskGraph(Pattern.NEAREST, 50, 10);
        TaskGraph random = new TaskGraph(Pattern.RANDOM_NEAREST, 50, 10);

        int edges = 0;
        for (int point = 0; point < 50; point++) {
            int[] chosen = random.predecessors(3, point);
            assertThat(nearest.predecessors(3, point)).contains(chosen);
            assertThat(chosen).contains(point).isEqualTo(random.predecessors(6, point));
            edges += chosen.length;
        }
        assertThat(edges).as("about half of the others").isBetween(50 + 60, 50 + 140);
        assertThat(random.plan().predecessors()[4]).isNotEqualTo(random.plan().predecessors()[3]);
    }

    @Test
    @DisplayName("all_to_all")
    void allToAll() {
        assertThat(predecessors(Pattern.ALL_TO_ALL, 3, 4)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    @DisplayName("A graph without tasks is refused")
    void refused() {
        assertThatThrownBy(() -> new TaskGraph(Pattern.FFT, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("width");
    }
}
