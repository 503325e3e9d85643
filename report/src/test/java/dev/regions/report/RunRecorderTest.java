package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.Limit;
import dev.regions.Regions;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A recorder")
class RunRecorderTest {
    private final TaskRuntime runtime = TaskRuntime.builder()
            .name("recorded")
            .onUncaughtFailure(failure -> {})
            .build();

    @AfterEach
    void close() {
        runtime.close();
    }

    private static RecordedTask named(RunRecording recording, String name) {
        for (int id = 0; id < recording.taskCount(); id++) {
            if (recording.name(id).equals(name)) {
                return recording.task(id);
            }
        }
        throw new AssertionError("no task " + name);
    }

    private static List<String> edges(RunRecording recording) {
        List<String> edges = new ArrayList<>();
        for (int i = 0; i < recording.edgeCount(); i++) {
            RecordedEdge edge = recording.edge(i);
            edges.add(recording.name(edge.predecessor()) + " " + edge.reason() + (edge.soft() ? " soft " : " ")
                    + recording.name(edge.successor()));
        }
        return edges;
    }

    private static <T> Task<T> spawn(String name, Callable<T> body) {
        return Tasks.builder().name(name).spawn(body::call);
    }

    @Test
    @DisplayName("notes the names, times, workers and states of tasks, and why each waits for which")
    void tasksAndEdges() throws Exception {
        try (RunRecorder recorder = RunRecorder.of(runtime)) {
            runtime.run(() -> {
                Task<Integer> one = spawn("one", () -> 1);
                Task<Integer> two = Tasks.builder().name("two").requires(one).spawn(() -> 2);
                Tasks.builder()
                        .name("three")
                        .after(one)
                        .spawn(two, one, Integer::sum)
                        .join();
            });

            RunRecording recording = recorder.recording();

            assertThat(recording.name()).isEqualTo("recorded");
            assertThat(recording.taskCount()).isEqualTo(3);
            assertThat(recording.droppedEvents()).isZero();
            assertThat(edges(recording))
                    .containsExactlyInAnyOrder(
                            "one REQUIRES two", "two ARGUMENT three", "one ARGUMENT three", "one AFTER soft three");
            for (int id = 0; id < 3; id++) {
                RecordedTask task = recording.task(id);
                assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
                assertThat(List.of(task.spawned(), task.launched(), task.ready(), task.started(), task.finished()))
                        .isSorted()
                        .allMatch(time -> time >= 0 && time <= recording.nanos());
                assertThat(recording.workers().get(task.worker())).matches("(worker|thread) \\d+");
            }
            assertThat(named(recording, "three").started())
                    .isGreaterThanOrEqualTo(named(recording, "two").finished());
        }
    }

    @Test
    @DisplayName("notes regions, how they nest, their barriers, and who made which edge")
    void regions() throws Exception {
        try (RunRecorder recorder = RunRecorder.of(runtime)) {
            runtime.run(() -> {
                try (var sequence = Regions.sequential()) {
                    Regions.bulk(() -> {
                        spawn("copy 1", () -> 1);
                        spawn("copy 2", () -> 2);
                    });
                    spawn("add", () -> 3);
                    sequence.join();
                }
            });

            RunRecording recording = recorder.recording();

            assertThat(recording.regions()).extracting(RecordedRegion::kind).containsExactly("sequential", "bulk");
            RecordedRegion sequential = recording.regions().get(0);
            RecordedRegion bulk = recording.regions().get(1);
            assertThat(sequential.parent()).isEqualTo(RecordedRegion.NONE);
            assertThat(bulk.parent()).isEqualTo(sequential.id());
            assertThat(List.of(sequential.opened(), bulk.opened(), bulk.launched(), bulk.ended(), sequential.ended()))
                    .isSorted();
            assertThat(named(recording, "copy 1").region()).isEqualTo(bulk.id());
            assertThat(named(recording, "add").region()).isEqualTo(sequential.id());
            assertThat(recording.taskCount()).isEqualTo(4);
            RecordedTask barrier = IntStream.range(0, 4)
                    .mapToObj(recording::task)
                    .filter(RecordedTask::barrier)
                    .findFirst()
                    .orElseThrow();
            assertThat(barrier.state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(edges(recording))
                    .containsExactlyInAnyOrder(
                            "copy 1 BARRIER " + barrier.name(),
                            "copy 2 BARRIER " + barrier.name(),
                            barrier.name() + " SEQUENTIAL add");
            for (int i = 0; i < recording.edgeCount(); i++) {
                assertThat(recording.edge(i).region()).isEqualTo(sequential.id());
            }
        }
    }

    @Test
    @DisplayName("notes which task spawned which")
    void spawners() throws Exception {
        try (RunRecorder recorder = RunRecorder.of(runtime)) {
            runtime.call(() -> spawn("outer", () -> spawn("inner", () -> 1).join()))
                    .join();

            RunRecording recording = recorder.recording();

            assertThat(named(recording, "inner").spawnedBy())
                    .isEqualTo(named(recording, "outer").id());
            assertThat(named(recording, "outer").spawnedBy()).isEqualTo(RecordedTask.NO_TASK);
        }
    }

    @Test
    @DisplayName("tells failed, skipped, cancelled and abandoned apart")
    void outcomes() throws Exception {
        try (RunRecorder recorder = RunRecorder.of(runtime)) {
            runtime.run(() -> {
                Task<Integer> failing = spawn("failing", () -> {
                    throw new IllegalStateException("no");
                });
                Tasks.builder().name("skipped").requires(failing).spawn(() -> {});
                assertThatThrownBy(() -> Regions.bulk(() -> {
                            spawn("abandoned", () -> 1);
                            throw new IllegalStateException("no");
                        }))
                        .hasMessage("no");
                Regions.bulk(() -> {
                    spawn("cancelled", () -> 1).cancel();
                });
                assertThatThrownBy(failing::join).hasMessageContaining("failing");
            });

            RunRecording recording = recorder.recording();

            assertThat(named(recording, "failing").state()).isEqualTo(TaskState.FAILED);
            assertThat(named(recording, "skipped").state()).isEqualTo(TaskState.SKIPPED);
            assertThat(named(recording, "skipped").started()).isEqualTo(RecordedTask.NEVER);
            assertThat(named(recording, "abandoned").state()).isEqualTo(TaskState.ABANDONED);
            assertThat(named(recording, "abandoned").launched()).isEqualTo(RecordedTask.NEVER);
            assertThat(named(recording, "cancelled").state()).isEqualTo(TaskState.CANCELLED);
        }
    }

    @Test
    @DisplayName("may be asked while tasks run: they are in it as they are then, and later as they are later")
    void whileRunning() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (RunRecorder recorder = RunRecorder.of(runtime)) {
            Task<Integer> last = runtime.call(() -> {
                Task<Integer> first = spawn("first", () -> {
                    running.countDown();
                    go.await();
                    return 1;
                });
                return Tasks.builder().name("last").spawn(first, one -> one + 1);
            });
            running.await();

            RunRecording before = recorder.recording();
            go.countDown();
            last.join();
            RunRecording after = recorder.recording();

            assertThat(named(before, "first").state()).isEqualTo(TaskState.RUNNING);
            assertThat(named(before, "first").finished()).isEqualTo(RecordedTask.NEVER);
            assertThat(named(before, "last").state()).isEqualTo(TaskState.WAITING);
            assertThat(edges(before)).containsExactly("first ARGUMENT last");
            assertThat(CriticalPath.of(before).tasks())
                    .extracting(RecordedTask::name)
                    .containsSubsequence("first");
            assertThat(named(after, "last").state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(edges(after)).containsExactly("first ARGUMENT last");
            assertThat(CriticalPath.of(after).tasks())
                    .extracting(RecordedTask::name)
                    .containsExactly("first", "last");
        }
    }

    @Test
    @DisplayName("that is full counts what it does not keep")
    void capacity() throws Exception {
        try (RunRecorder recorder = RunRecorder.of(runtime, 5)) {
            runtime.run(() -> Regions.joined(() -> {
                for (int i = 0; i < 12; i++) {
                    spawn("task " + i, () -> 1);
                }
            }));

            RunRecording recording = recorder.recording();

            assertThat(recording.taskCount()).isEqualTo(5);
            assertThat(recording.droppedTasks()).isEqualTo(7);
            assertThat(named(recording, "task 4").state()).isEqualTo(TaskState.SUCCEEDED);
        }
        assertThatThrownBy(() -> RunRecorder.of(runtime, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1 task");
    }

    @Test
    @DisplayName("loses nothing of a burst of 200,000 tasks in one region, each with an edge")
    void burst() throws Exception {
        int tasks = 200_000;
        try (RunRecorder recorder = RunRecorder.of(runtime)) {
            Task<Integer> last = runtime.call(() -> Regions.bulk(() -> {
                Task<Integer> before = spawn("first", () -> 1);
                for (int i = 1; i < tasks; i++) {
                    before = Tasks.spawn(before, sum -> sum + 1);
                }
                return before;
            }));
            assertThat(last.join()).isEqualTo(tasks);

            RunRecording recording = recorder.recording();

            assertThat(recording.droppedEvents()).isZero();
            assertThat(recording.taskCount()).isEqualTo(tasks);
            assertThat(recording.edgeCount()).isEqualTo(tasks - 1);
            assertThat(CriticalPath.of(recording).tasks()).hasSize(tasks);
        }
    }

    @Test
    @DisplayName("that is closed still has what it recorded, and nothing of what comes later")
    void closed() throws Exception {
        RunRecorder recorder = RunRecorder.of(runtime);
        runtime.call(() -> spawn("before", () -> 1)).join();
        recorder.close();
        recorder.close();
        runtime.call(() -> spawn("after", () -> 1)).join();

        RunRecording recording = recorder.recording();

        assertThat(recording.taskCount()).isEqualTo(1);
        assertThat(recording.name(0)).isEqualTo("before");
    }

    @Test
    @DisplayName("of a random graph in nested regions has every task and edge, and what is made of it is sound")
    void random() throws Exception {
        long seed = System.nanoTime();
        System.out.println("random graph of seed " + seed);
        Random random = new Random(seed);
        int tasks = 2_000;
        List<String> expected = new ArrayList<>();
        try (RunRecorder recorder = RunRecorder.of(runtime)) {
            runtime.run(() -> Regions.joined(() -> {
                List<Task<?>> spawned = new ArrayList<>();
                while (spawned.size() < tasks) {
                    Regions.withLimit(Limit.of("places", 3), () -> {
                        int many = Math.min(tasks - spawned.size(), 1 + random.nextInt(50));
                        for (int i = 0; i < many; i++) {
                            int id = spawned.size();
                            var builder = Tasks.builder().name("task " + id);
                            for (int edge = random.nextInt(4); edge > 0 && id > 0; edge--) {
                                int before = random.nextInt(id);
                                boolean hard = random.nextBoolean();
                                builder = hard
                                        ? builder.requires(spawned.get(before))
                                        : builder.after(spawned.get(before));
                                expected.add("task " + before + (hard ? " REQUIRES " : " AFTER soft ") + "task " + id);
                            }
                            spawned.add(builder.spawn(() -> {}));
                        }
                    });
                }
            }));

            RunRecording recording = recorder.recording();

            assertThat(recording.taskCount()).isEqualTo(tasks);
            assertThat(edges(recording)).containsExactlyInAnyOrderElementsOf(expected);
            CriticalPath path = CriticalPath.of(recording);
            assertThat(path.nanos()).isGreaterThan(0).isLessThanOrEqualTo(recording.nanos());
            assertThat(path.span()).isLessThanOrEqualTo(path.work());
            for (int id = 0; id < tasks; id++) {
                assertThat(path.slack(id)).isGreaterThanOrEqualTo(0);
                assertThat(recording.state(id)).isEqualTo(TaskState.SUCCEEDED);
            }
            path.tasks().forEach(task -> assertThat(path.slack(task.id())).isZero());
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Timeline.of(recording).writeTo(out);
            TraceEvents trace = TraceEvents.check(out.toByteArray());
            assertThat(trace.wrong).isEmpty();
            assertThat(trace.slices.stream().filter(slice -> slice.name().startsWith("task")))
                    .hasSize(tasks);
        }
    }
}
