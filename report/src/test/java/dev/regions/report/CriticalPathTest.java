package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The critical path")
class CriticalPathTest {
    private final RunRecording.Builder run = new RunRecording.Builder("run", Instant.EPOCH);

    private int ran(String name, long launched, long started, long finished) {
        int task = run.task(name, false, RecordedRegion.NONE, launched);
        run.launched(task, launched);
        run.ready(task, launched);
        run.started(task, started, 0);
        run.finished(task, finished);
        run.state(task, TaskState.SUCCEEDED);
        return task;
    }

    private void edge(int from, int to) {
        run.edge(from, to, EdgeReason.ARGUMENT, false, RecordedRegion.NONE);
    }

    private CriticalPath path(long nanos) {
        run.worker("worker 1");
        return CriticalPath.of(run.snapshot(nanos, 0, 0));
    }

    @Test
    @DisplayName("of a diamond goes along its slower side, and the other side has the difference as slack")
    void diamond() {
        int top = ran("top", 0, 0, 10);
        int slow = ran("slow", 0, 10, 40);
        int fast = ran("fast", 0, 10, 15);
        int bottom = ran("bottom", 0, 40, 50);
        edge(top, slow);
        edge(top, fast);
        edge(slow, bottom);
        edge(fast, bottom);

        CriticalPath path = path(50);

        assertThat(path.tasks()).extracting(RecordedTask::name).containsExactly("top", "slow", "bottom");
        assertThat(path.nanos()).isEqualTo(50);
        assertThat(path.slack(fast)).isEqualTo(25);
        assertThat(path.slack(slow)).isZero();
        assertThat(path.contains(slow)).isTrue();
        assertThat(path.contains(fast)).isFalse();
        assertThat(path.work()).isEqualTo(10 + 30 + 5 + 10);
        assertThat(path.span()).isEqualTo(10 + 30 + 10);
    }

    @Test
    @DisplayName("tells running from waiting for a thread, and from the time before the launch")
    void parts() {
        int first = ran("first", 5, 8, 20);
        int second = ran("second", 5, 30, 37);
        edge(first, second);

        CriticalPath path = path(37);

        assertThat(path.untilLaunched()).isEqualTo(5);
        assertThat(path.running()).isEqualTo(12 + 7);
        assertThat(path.waitingForThread()).isEqualTo(3 + 10);
        assertThat(path.nanos()).isEqualTo(37);
        assertThat(path.span()).isEqualTo(12 + 7);
    }

    @Test
    @DisplayName("begins with a task that was launched late, whatever was before it")
    void lateLaunch() {
        int early = ran("early", 0, 0, 10);
        int late = ran("late", 100, 100, 110);
        edge(early, late);

        CriticalPath path = path(110);

        assertThat(path.tasks()).extracting(RecordedTask::name).containsExactly("late");
        assertThat(path.untilLaunched()).isEqualTo(100);
        assertThat(path.slack(early)).isEqualTo(90);
    }

    @Test
    @DisplayName("counts a task that still runs up to the end of the recording, and leaves out what was never launched")
    void unfinished() {
        int running = run.task("running", false, RecordedRegion.NONE, 0);
        run.launched(running, 0);
        run.ready(running, 0);
        run.started(running, 10, 0);
        run.state(running, TaskState.RUNNING);
        run.task("held", false, RecordedRegion.NONE, 3);

        CriticalPath path = path(60);

        assertThat(path.tasks()).extracting(RecordedTask::name).containsExactly("running");
        assertThat(path.nanos()).isEqualTo(60);
        assertThat(path.work()).isEqualTo(50);
    }

    @Test
    @DisplayName("goes through a skipped task, which takes no time, to the failed one that it waited for")
    void skipped() {
        int failed = ran("failed", 0, 0, 10);
        run.state(failed, TaskState.FAILED);
        int skipped = run.task("skipped", false, RecordedRegion.NONE, 0);
        run.launched(skipped, 0);
        run.finished(skipped, 11);
        run.state(skipped, TaskState.SKIPPED);
        edge(failed, skipped);

        CriticalPath path = path(11);

        assertThat(path.tasks()).extracting(RecordedTask::name).containsExactly("failed", "skipped");
        assertThat(path.work()).isEqualTo(10);
    }

    @Test
    @DisplayName("of no tasks is empty")
    void empty() {
        CriticalPath path = path(0);

        assertThat(path.tasks()).isEmpty();
        assertThat(path.nanos()).isZero();
        assertThat(path.untilLaunched()).isZero();
    }

    @Test
    @DisplayName("is refused for edges in a circle, which no runtime makes")
    void circle() {
        int one = ran("one", 0, 0, 1);
        int other = ran("other", 0, 0, 1);
        edge(one, other);
        edge(other, one);

        assertThatThrownBy(() -> path(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("circle: 2 of 2 tasks");
    }

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
