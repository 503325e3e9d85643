package dev.regions.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.Regions;
import dev.regions.Tasks;
import dev.regions.task.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A systematic exploration")
@Timeout(120)
class SleepSetsTest {
    /**
     * A graph of tasks named by their numbers.
     *
     * @param before for each task, those that it requires, all of smaller numbers
     * @param uses for each task, what it uses
     */
    record Graph(String name, List<List<Integer>> before, List<Set<Integer>> uses) {
        int size() {
            return before.size();
        }

        boolean independent(int a, int b) {
            return Collections.disjoint(uses.get(a), uses.get(b));
        }

        boolean independent(String a, String b) {
            return independent(Integer.parseInt(a), Integer.parseInt(b));
        }

        /** All orders that respect the edges, by brute force. */
        Set<List<Integer>> linearExtensions() {
            Set<List<Integer>> all = new HashSet<>();
            extend(new ArrayList<>(), all);
            return all;
        }

        private void extend(List<Integer> order, Set<List<Integer>> all) {
            if (order.size() == size()) {
                all.add(List.copyOf(order));
            }
            for (int next = 0; next < size(); next++) {
                if (!order.contains(next) && order.containsAll(before.get(next))) {
                    order.add(next);
                    extend(order, all);
                    order.remove(order.size() - 1);
                }
            }
        }

        /** What orders have in common exactly if they are equivalent: which of two dependent tasks comes first. */
        Set<List<Integer>> dependentPairs(List<Integer> order) {
            Set<List<Integer>> pairs = new HashSet<>();
            for (int i = 0; i < order.size(); i++) {
                for (int j = i + 1; j < order.size(); j++) {
                    if (!independent(order.get(i), order.get(j))) {
                        pairs.add(List.of(order.get(i), order.get(j)));
                    }
                }
            }
            return pairs;
        }

        void spawn(List<Integer> order) {
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < size(); i++) {
                int number = i;
                List<Task<?>> required = new ArrayList<>();
                before.get(i).forEach(predecessor -> required.add(tasks.get(predecessor)));
                tasks.add(Tasks.builder()
                        .name(String.valueOf(i))
                        .requires(required)
                        .spawn(() -> order.add(number)));
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Graph> graphs() {
        List<Integer> none = List.of();
        Set<Integer> x = Set.of(1);
        Set<Integer> y = Set.of(2);
        Stream<Graph> special = Stream.of(
                new Graph("one task", List.of(none), List.of(x)),
                new Graph("a chain", List.of(none, List.of(0), List.of(1)), List.of(x, x, x)),
                new Graph("four tasks", List.of(none, none, none, none), List.of(x, y, x, y)),
                new Graph(
                        "four independent tasks",
                        List.of(none, none, none, none),
                        List.of(Set.of(1), Set.of(2), Set.of(3), Set.of(4))),
                new Graph("a diamond", List.of(none, List.of(0), List.of(0), List.of(1, 2)), List.of(x, x, y, x)),
                new Graph("an N", List.of(none, none, List.of(0), List.of(0, 1)), List.of(x, y, x, y)),
                new Graph(
                        "two chains",
                        List.of(none, List.of(0), List.of(1), none, List.of(3), List.of(4)),
                        List.of(x, y, x, y, x, y)));
        return Stream.concat(special, IntStream.range(0, 8).mapToObj(SleepSetsTest::random));
    }

    private static Graph random(int seed) {
        Random random = new Random(seed);
        List<List<Integer>> before = new ArrayList<>();
        List<Set<Integer>> uses = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            before.add(IntStream.range(0, i)
                    .filter(j -> random.nextInt(3) == 0)
                    .boxed()
                    .toList());
            uses.add(Set.copyOf(random.ints(2, 0, 5).boxed().toList()));
        }
        return new Graph("random graph of seed " + seed, before, uses);
    }

    @ParameterizedTest
    @MethodSource("graphs")
    @DisplayName("runs every order of a graph exactly once")
    void everyOrderOnce(Graph graph) {
        List<List<Integer>> orders = new ArrayList<>();

        ExplorationReport report =
                Schedules.explore(Exploration.systematic(100_000).interleaving(Interleaving.BODIES), () -> {
                    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
                    orders.add(order);
                    graph.spawn(order);
                });

        assertThat(orders).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(graph.linearExtensions());
        assertThat(report).isEqualTo(new ExplorationReport(orders.size(), 0, true));
    }

    @ParameterizedTest
    @MethodSource("graphs")
    @DisplayName("with independent tasks runs one order of each class of equivalent ones, and others only as redundant")
    void oneOfEachClass(Graph graph) {
        Set<Set<List<Integer>>> classes = new HashSet<>();
        graph.linearExtensions().forEach(order -> classes.add(graph.dependentPairs(order)));
        List<List<Integer>> orders = new ArrayList<>();

        ExplorationReport report = Schedules.explore(
                Exploration.systematic(100_000)
                        .interleaving(Interleaving.BODIES)
                        .independent(graph::independent),
                () -> {
                    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
                    orders.add(order);
                    graph.spawn(order);
                });

        Set<Set<List<Integer>>> explored = new HashSet<>();
        orders.forEach(order -> explored.add(graph.dependentPairs(order)));
        assertThat(explored).isEqualTo(classes);
        assertThat(report.schedules() - report.redundant()).isEqualTo(classes.size());
        assertThat(report.exhaustive()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("graphs")
    @DisplayName("of all steps has every order of the bodies among its schedules")
    void stepsHaveAllOrders(Graph graph) {
        if (graph.size() > 4) {
            return;
        }
        List<List<Integer>> orders = new ArrayList<>();

        ExplorationReport report = Schedules.explore(Exploration.systematic(100_000), () -> {
            List<Integer> order = Collections.synchronizedList(new ArrayList<>());
            orders.add(order);
            graph.spawn(order);
        });

        assertThat(Set.copyOf(orders)).isEqualTo(graph.linearExtensions());
        assertThat(report).isEqualTo(new ExplorationReport(orders.size(), 0, true));
    }

    @Test
    @DisplayName("takes a task of which it is not said what it uses for dependent on all others")
    void unknownUse() {
        Independence relation = Independence.disjoint(Map.of("a", Set.of(1), "b", Set.of(2))::get);

        assertThat(relation.areIndependent("a", "b")).isTrue();
        assertThat(relation.areIndependent("a", "unknown")).isFalse();
        assertThat(relation.areIndependent("unknown", "a")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    @DisplayName(
            "with independent tasks comes to every outcome that there is, also where bodies and the code itself wait")
    void everyOutcome(int seed) {
        Set<List<List<String>>> all = new HashSet<>();
        Set<List<List<String>>> reduced = new HashSet<>();
        Program program = Program.random(seed);
        Exploration full = Exploration.systematic(100_000);

        ExplorationReport complete = Schedules.explore(full, () -> all.add(program.run()));
        ExplorationReport pruned =
                Schedules.explore(full.independent(program::areIndependent), () -> reduced.add(program.run()));

        assertThat(complete.exhaustive()).isTrue();
        assertThat(pruned.exhaustive()).isTrue();
        assertThat(reduced).isEqualTo(all);
        assertThat(pruned.schedules()).isLessThanOrEqualTo(complete.schedules());
    }

    /**
     * Tasks that write to one of two logs each; some of them wait for the first task halfway.
     *
     * @param logs for each task, the log it writes to
     * @param waits for each task, whether it waits
     * @param joined the task that the code itself waits for before it writes to both logs
     */
    record Program(List<Integer> logs, List<Boolean> waits, int joined) {
        static Program random(int seed) {
            Random random = new Random(seed);
            List<Integer> logs = random.ints(4, 0, 2).boxed().toList();
            List<Boolean> waits = List.of(false, random.nextBoolean(), false, random.nextInt(4) == 0);
            return new Program(logs, waits, random.nextInt(4));
        }

        boolean areIndependent(String first, String second) {
            return !logs.get(Integer.parseInt(first)).equals(logs.get(Integer.parseInt(second)));
        }

        List<List<String>> run() throws InterruptedException {
            List<List<String>> written = List.of(new ArrayList<>(), new ArrayList<>());
            Regions.joined(() -> {
                List<Task<?>> tasks = new ArrayList<>();
                Regions.bulk(() -> {
                    for (int i = 0; i < logs.size(); i++) {
                        int number = i;
                        List<String> log = written.get(logs.get(i));
                        tasks.add(Tasks.builder().name(String.valueOf(i)).spawn(() -> {
                            log.add(number + " begins");
                            if (waits.get(number)) {
                                tasks.get(0).join();
                            }
                            log.add(number + " ends");
                        }));
                    }
                });
                tasks.get(joined).join();
                written.forEach(log -> log.add("the code itself"));
            });
            return written.stream().map(List::copyOf).toList();
        }
    }
}
