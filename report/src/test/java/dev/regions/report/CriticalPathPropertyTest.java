package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.queue.EdgeReason;
import dev.regions.task.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

@Label("The critical path")
class CriticalPathPropertyTest {
    /** A small run: of each task when it is launched, how long it waits for a thread, and how long it runs. */
    record Small(List<long[]> tasks, List<int[]> edges) {}

    @Provide
    Arbitrary<Small> small() {
        Arbitrary<long[]> task = Combinators.combine(
                        Arbitraries.longs().between(0, 30),
                        Arbitraries.longs().between(0, 5),
                        Arbitraries.longs().between(0, 20))
                .as((launched, waited, ran) -> new long[] {launched, waited, ran});
        return task.list().ofMinSize(1).ofMaxSize(7).flatMap(tasks -> Combinators.combine(
                        Arbitraries.integers().between(0, tasks.size() - 1),
                        Arbitraries.integers().between(0, tasks.size() - 1))
                .as((a, b) -> new int[] {Math.min(a, b), Math.max(a, b)})
                .filter(edge -> edge[0] < edge[1])
                .list()
                .ofMaxSize(tasks.size() == 1 ? 0 : 12)
                .map(edges -> new Small(tasks, edges)));
    }

    /** Every way through the graph, by trying all: each begins at any task, with the launch of that. */
    private static void ways(Small small, List<Integer> way, List<List<Integer>> all) {
        all.add(List.copyOf(way));
        for (int next = way.get(way.size() - 1) + 1; next < small.tasks().size(); next++) {
            int from = way.get(way.size() - 1);
            int to = next;
            if (small.edges().stream().anyMatch(edge -> edge[0] == from && edge[1] == to)) {
                List<Integer> longer = new ArrayList<>(way);
                longer.add(to);
                ways(small, longer, all);
            }
        }
    }

    @Property
    @Label("is the longest of all ways, and slack is what the longest way through a task lacks")
    void bruteForce(@ForAll("small") Small small) {
        long[] ends = new long[small.tasks().size()];
        RunRecording.Builder builder = new RunRecording.Builder("run", Instant.EPOCH);
        builder.worker("worker");
        for (int task = 0; task < ends.length; task++) {
            long[] times = small.tasks().get(task);
            long ready = times[0];
            for (int[] edge : small.edges()) {
                if (edge[1] == task) {
                    ready = Math.max(ready, ends[edge[0]]);
                }
            }
            ends[task] = ready + times[1] + times[2];
            builder.task("task", false, RecordedRegion.NONE, times[0]);
            builder.launched(task, times[0]);
            builder.ready(task, ready);
            builder.started(task, ready + times[1], 0);
            builder.finished(task, ends[task]);
            builder.state(task, TaskState.SUCCEEDED);
        }
        small.edges().forEach(edge -> builder.edge(edge[0], edge[1], EdgeReason.REQUIRES, false, -1));
        long end = 0;
        for (long one : ends) {
            end = Math.max(end, one);
        }
        List<List<Integer>> ways = new ArrayList<>();
        for (int task = 0; task < ends.length; task++) {
            ways(small, List.of(task), ways);
        }

        CriticalPath path = CriticalPath.of(builder.snapshot(end, 0, 0));

        assertThat(path.nanos()).isEqualTo(end);
        assertThat(path.nanos())
                .isEqualTo(ways.stream()
                        .mapToLong(way -> measured(small, way))
                        .max()
                        .orElseThrow());
        assertThat(path.span())
                .isEqualTo(ways.stream()
                        .mapToLong(way -> way.stream()
                                .mapToLong(task -> small.tasks().get(task)[2])
                                .sum())
                        .max()
                        .orElseThrow());
        for (int task = 0; task < ends.length; task++) {
            int through = task;
            assertThat(path.slack(task))
                    .isEqualTo(end
                            - ways.stream()
                                    .filter(way -> way.contains(through))
                                    .mapToLong(way -> measured(small, way))
                                    .max()
                                    .orElseThrow());
        }
        List<Integer> own = path.tasks().stream().map(RecordedTask::id).toList();
        assertThat(ways).contains(own);
        assertThat(measured(small, own)).isEqualTo(end);
        assertThat(path.untilLaunched() + path.running() + path.waitingForThread())
                .isEqualTo(end);
    }

    private static long measured(Small small, List<Integer> way) {
        long first = small.tasks().get(way.get(0))[0];
        return first
                + way.stream()
                        .mapToLong(task ->
                                small.tasks().get(task)[1] + small.tasks().get(task)[2])
                        .sum();
    }
}
