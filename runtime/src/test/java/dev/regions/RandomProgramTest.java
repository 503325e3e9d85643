package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Random programs, regions nested at random and tasks with random edges that succeed or fail, against what the rules of
 * nesting say must become of each task, and in which order. jqwik prints the seed and shrinks what fails.
 */
class RandomProgramTest {

    /** A piece of a program. */
    sealed interface Step {}

    /** A region with steps in it. */
    record Region(boolean sequential, List<Step> steps) implements Step {}

    /**
     * A task.
     *
     * @param requires picks tasks spawned before, as often as there are numbers
     * @param after the same, for edges that only order
     */
    record Spawn(boolean fails, List<Integer> requires, List<Integer> after) implements Step {}

    @Provide
    Arbitrary<List<Step>> programs() {
        return steps(4).list().ofMaxSize(6);
    }

    private Arbitrary<Step> steps(int depth) {
        Arbitrary<List<Integer>> picks =
                Arbitraries.integers().between(0, 1000).list().ofMaxSize(2);
        Arbitrary<Step> spawn = net.jqwik.api.Combinators.combine(
                        Arbitraries.of(false, false, false, false, false, true), picks, picks)
                .as(Spawn::new);
        if (depth == 0) {
            return spawn;
        }
        Arbitrary<Step> region = net.jqwik.api.Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.lazy(() -> steps(depth - 1)).list().ofMaxSize(4))
                .as(Region::new);
        return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(2, spawn), net.jqwik.api.Tuple.of(1, region));
    }

    @Property(tries = 2000, shrinking = ShrinkingMode.BOUNDED)
    void tasksEndAsTheRulesSay(@ForAll("programs") List<Step> program) throws InterruptedException {
        Run run = new Run();

        try {
            Regions.joined(() -> run.all(program, new int[0], new boolean[] {false}));
            assertThat(run.leaves).noneMatch(leaf -> leaf.spawn.fails && leaf.task.taskState() == TaskState.FAILED);
        } catch (RegionFailedException expected) {
            assertThat(run.leaves).anyMatch(leaf -> leaf.task.taskState() == TaskState.FAILED);
        }

        run.check();
    }

    private record Leaf(
            Spawn spawn,
            int[] path,
            boolean[] sequential,
            Task<?> task,
            Set<Integer> hard,
            Set<Integer> soft,
            long[] times) {}

    private static final class Run {
        private final List<Leaf> leaves = new ArrayList<>();
        private final AtomicLong clock = new AtomicLong();

        void all(List<Step> steps, int[] path, boolean[] sequential) {
            for (int i = 0; i < steps.size(); i++) {
                int[] here = java.util.Arrays.copyOf(path, path.length + 1);
                here[path.length] = i;
                switch (steps.get(i)) {
                    case Region region -> {
                        boolean[] kinds = java.util.Arrays.copyOf(sequential, sequential.length + 1);
                        kinds[sequential.length] = region.sequential;
                        if (region.sequential) {
                            Regions.sequential(() -> all(region.steps, here, kinds));
                        } else {
                            Regions.bulk(() -> all(region.steps, here, kinds));
                        }
                    }
                    case Spawn spawn -> leaf(spawn, here, sequential);
                }
            }
        }

        private void leaf(Spawn spawn, int[] path, boolean[] sequential) {
            Set<Integer> hard = picked(spawn.requires);
            Set<Integer> soft = picked(spawn.after);
            long[] times = new long[2];
            Task<?> task = Tasks.builder()
                    .requires(hard.stream().map(i -> leaves.get(i).task).toList())
                    .after(soft.stream().map(i -> leaves.get(i).task).toList())
                    .spawn(() -> {
                        times[0] = clock.incrementAndGet();
                        times[1] = clock.incrementAndGet();
                        if (spawn.fails) {
                            throw new IllegalStateException("on purpose");
                        }
                    });
            leaves.add(new Leaf(spawn, path, sequential, task, hard, soft, times));
        }

        private Set<Integer> picked(List<Integer> picks) {
            return leaves.isEmpty()
                    ? Set.of()
                    : Set.copyOf(picks.stream()
                            .map(pick -> pick % leaves.size())
                            .distinct()
                            .toList());
        }

        /** The model: leaves in the order of spawning, each after those that a sequential region around both puts before it. */
        void check() {
            List<TaskState> expected = new ArrayList<>();
            for (int i = 0; i < leaves.size(); i++) {
                Leaf leaf = leaves.get(i);
                boolean skipped = false;
                for (int j = 0; j < i; j++) {
                    boolean required = leaf.hard.contains(j) || isBefore(leaves.get(j), leaf);
                    skipped |= required && expected.get(j) != TaskState.SUCCEEDED;
                    if ((required || leaf.soft.contains(j)) && leaf.times[0] > 0) {
                        assertThat(leaves.get(j).times[1])
                                .as("%s before %s", j, i)
                                .isLessThan(leaf.times[0]);
                    }
                }
                expected.add(skipped ? TaskState.SKIPPED : leaf.spawn.fails ? TaskState.FAILED : TaskState.SUCCEEDED);
                assertThat(leaf.task.taskState()).as("task %s", i).isEqualTo(expected.get(i));
                assertThat(leaf.times[0] > 0).as("task %s ran", i).isEqualTo(!skipped);
            }
        }

        /** Whether the region in which the paths of the two part is sequential. */
        private static boolean isBefore(Leaf earlier, Leaf later) {
            int parted = 0;
            while (earlier.path[parted] == later.path[parted]) {
                parted++;
            }
            return earlier.sequential[parted];
        }
    }
}
