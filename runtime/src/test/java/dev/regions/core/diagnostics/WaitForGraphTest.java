package dev.regions.core.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A graph of who holds up whom")
class WaitForGraphTest {
    private static final byte HOLDS = 7;

    private static WaitForGraph graph(int vertices, int[]... edges) {
        WaitForGraph graph = new WaitForGraph(Long.MAX_VALUE);
        for (int i = 0; i < vertices; i++) {
            assertThat(graph.add()).isEqualTo(i);
        }
        for (int[] edge : edges) {
            assertThat(graph.connect(edge[0], edge[1], HOLDS)).isTrue();
        }
        return graph;
    }

    private static int[] edge(int from, int to) {
        return new int[] {from, to};
    }

    @Test
    @DisplayName("loses what needs more edges than it has, with all that this holds up")
    void removed() {
        WaitForGraph graph = graph(5, edge(0, 1), edge(1, 0), edge(1, 2), edge(3, 2), edge(2, 4));
        IntUnaryOperator needs = vertex -> vertex == 2 ? 3 : vertex == 3 ? 0 : 1;

        assertThat(graph.removeUnlessHeldUp(needs)).isEqualTo(3);
        assertThat(graph.isRemoved(2)).isTrue();
        assertThat(graph.isRemoved(4)).isTrue();
    }

    @Test
    @DisplayName("has components, of which those are closed that nothing else holds up, and paths in them")
    void components() {
        WaitForGraph graph = graph(
                6, edge(0, 1), edge(1, 2), edge(2, 0), edge(0, 2), edge(2, 3), edge(3, 4), edge(4, 3), edge(4, 5));
        graph.removeUnlessHeldUp(vertex -> 0);

        assertThat(graph.findComponents()).isEqualTo(3);
        assertThat(graph.membersOf(graph.componentOf(0))).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(graph.membersOf(graph.componentOf(3))).containsExactlyInAnyOrder(3, 4);
        assertThat(graph.isClosed(graph.componentOf(0))).isTrue();
        assertThat(graph.isClosed(graph.componentOf(3))).isFalse();
        assertThat(graph.isClosed(graph.componentOf(5))).isFalse();
        graph.findPath(0, 2);
        assertThat(graph.before(2)).isZero();
        assertThat(graph.howBefore(2)).isEqualTo(HOLDS);
    }

    @Test
    @DisplayName("has no more vertices and edges than its memory allows")
    void full() {
        WaitForGraph graph = new WaitForGraph(1000);
        int vertices = 0;
        while (graph.add() != WaitForGraph.FULL) {
            vertices++;
        }

        assertThat(vertices).isBetween(1, 100);
        assertThat(graph.size()).isEqualTo(vertices);
    }

    @Test
    @DisplayName("has the same components as one that is searched from each vertex, whatever its edges")
    void random() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 300; round++) {
            int size = random.nextInt(1, 20);
            boolean[][] reaches = new boolean[size][size];
            List<int[]> edges = new ArrayList<>();
            for (int i = random.nextInt(2 * size); i > 0; i--) {
                int[] edge = edge(random.nextInt(size), random.nextInt(size));
                edges.add(edge);
                reaches[edge[0]][edge[1]] = true;
            }
            for (int via = 0; via < size; via++) {
                for (int from = 0; from < size; from++) {
                    for (int to = 0; to < size; to++) {
                        reaches[from][to] |= reaches[from][via] && reaches[via][to];
                    }
                }
            }
            WaitForGraph graph = graph(size, edges.toArray(int[][]::new));
            graph.removeUnlessHeldUp(vertex -> 0);
            int components = graph.findComponents();

            for (int from = 0; from < size; from++) {
                for (int to = 0; to < size; to++) {
                    boolean together = from == to || reaches[from][to] && reaches[to][from];
                    assertThat(graph.componentOf(from) == graph.componentOf(to))
                            .as("seed %d, round %d: %d and %d", seed, round, from, to)
                            .isEqualTo(together);
                }
            }
            int[] all = new int[0];
            for (int component = 0; component < components; component++) {
                int[] members = graph.membersOf(component);
                all = Arrays.copyOf(all, all.length + members.length);
                System.arraycopy(members, 0, all, all.length - members.length, members.length);
            }
            assertThat(all).hasSize(size).doesNotHaveDuplicates();
        }
    }

    @Test
    @DisplayName("of a million vertices in a row is searched without recursion")
    void deep() {
        WaitForGraph graph = new WaitForGraph(Long.MAX_VALUE);
        int last = graph.add();
        for (int i = 1; i < 1_000_000; i++) {
            int next = graph.add();
            graph.connect(last, next, HOLDS);
            last = next;
        }
        graph.connect(last, 0, HOLDS);

        assertThat(graph.removeUnlessHeldUp(vertex -> 1)).isEqualTo(1_000_000);
        assertThat(graph.findComponents()).isEqualTo(1);
    }
}
