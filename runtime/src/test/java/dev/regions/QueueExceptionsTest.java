package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.onAnotherThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A task queue that throws leaves the runtime working: the exception,")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class QueueExceptionsTest {
    private final Set<Call> throwing = EnumSet.noneOf(Call.class);
    private final TaskRuntime runtime = TaskRuntime.builder()
            .name("throwing")
            .root(core -> new Throwing(core, Call.ROOT_TASK, Call.ROOT_BATCH))
            .onUncaughtFailure(failure -> {})
            .build();

    private enum Call {
        ROOT_TASK,
        ROOT_BATCH,
        TASK,
        BATCH,
        CLOSE,
        ABANDON,
        TO_STRING
    }

    private static final class OnPurposeError extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Throws in the calls that are listed in {@code throwing}. */
    private final class Throwing implements TaskQueue {
        private final TaskQueue upstream;
        private final Call task;
        private final Call batch;

        Throwing(TaskQueue upstream, Call task, Call batch) {
            this.upstream = upstream;
            this.task = task;
            this.batch = batch;
        }

        private void maybeThrow(Call call) {
            if (throwing.contains(call)) {
                throw new OnPurposeError();
            }
        }

        @Override
        public void enqueue(PendingTask one) {
            maybeThrow(task);
            upstream.enqueue(one);
        }

        @Override
        public void enqueue(TaskBatch some) {
            maybeThrow(batch);
            upstream.enqueue(some);
        }

        @Override
        public void close() {
            maybeThrow(Call.CLOSE);
        }

        @Override
        public void abandon(Throwable reason) {
            maybeThrow(Call.ABANDON);
        }

        @Override
        public String toString() {
            maybeThrow(Call.TO_STRING);
            return "a queue that throws";
        }
    }

    private TaskQueue inner() {
        return new Throwing(TaskRuntime.currentQueue(), Call.TASK, Call.BATCH);
    }

    /** After each test the runtime runs the next task, has no task in flight, and closes. */
    @AfterEach
    void runtimeGoesOn() throws Exception {
        throwing.clear();
        assertThat(runtime.call(() -> Tasks.spawn(Tasks.spawn(() -> 1), x -> x)).get(SECONDS, TimeUnit.SECONDS))
                .isEqualTo(1);
        assertThat(runtime.call(() -> Regions.bulk(() -> Tasks.spawn(() -> 1))).get(SECONDS, TimeUnit.SECONDS))
                .isEqualTo(1);
        Awaitility.await().until(() -> runtime.inFlightCount() == 0);
        onAnotherThread(() -> {
            runtime.close();
            return null;
        });
    }

    @ParameterizedTest(name = "in {0}, given one task, reaches the submitter, and no task has run")
    @EnumSource(names = {"ROOT_TASK", "TASK"})
    void enqueueOfOneTask(Call call) {
        Queue<String> ran = new ConcurrentLinkedQueue<>();
        throwing.add(call);

        assertThatThrownBy(() -> runtime.call(
                        () -> Regions.withQueue(upstream -> inner(), () -> Tasks.spawn(() -> ran.add("ran")))))
                .isInstanceOf(OnPurposeError.class);

        throwing.clear();
        assertThat(ran).isEmpty();
    }

    @ParameterizedTest(
            name = "in {0}, given a batch, reaches the thread that closes the region, and the whole batch is ABANDONED")
    @EnumSource(names = {"ROOT_BATCH", "BATCH"})
    void enqueueOfABatch(Call call) {
        List<Task<?>> tasks = new ArrayList<>();
        throwing.add(call);

        assertThatThrownBy(() -> runtime.run(() -> Regions.withQueue(
                        upstream -> inner(),
                        () -> Regions.bulk(() -> {
                            tasks.add(Tasks.spawn(() -> 1));
                            Regions.sequential(() -> {
                                tasks.add(Tasks.spawn(() -> 2));
                                tasks.add(Tasks.spawn(() -> 3));
                            });
                        }))))
                .isInstanceOf(OnPurposeError.class);

        assertThat(tasks).hasSize(3).allMatch(task -> task.taskState() == TaskState.ABANDONED);
    }

    @Test
    @DisplayName(
            "in the root, given a batch of a sequential region, abandons its tasks, which are no part of the sequence")
    void enqueueOfAStep() throws Exception {
        List<Task<?>> tasks = new ArrayList<>();
        throwing.add(Call.ROOT_BATCH);

        runtime.run(() -> Regions.sequential(() -> {
            assertThatThrownBy(() -> Regions.bulk(() -> {
                        tasks.add(Tasks.spawn(() -> 1));
                        tasks.add(Tasks.spawn(() -> 2));
                    }))
                    .isInstanceOf(OnPurposeError.class);
            tasks.add(Tasks.spawn(() -> 3));
        }));

        for (Task<?> task : tasks) {
            onAnotherThread(() -> {
                task.await();
                return null;
            });
        }
        assertThat(tasks)
                .extracting(Task::taskState)
                .containsExactly(TaskState.ABANDONED, TaskState.ABANDONED, TaskState.SUCCEEDED);
    }

    @Test
    @DisplayName("in close() reaches the thread that closes the region; spawned tasks run")
    void close() throws Exception {
        List<Task<Integer>> tasks = new ArrayList<>();
        throwing.add(Call.CLOSE);

        assertThatThrownBy(() -> runtime.run(
                        () -> Regions.withQueue(upstream -> inner(), () -> tasks.add(Tasks.spawn(() -> 1)))))
                .isInstanceOf(OnPurposeError.class);

        assertThat(tasks.get(0).get(SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    @DisplayName("in abandon() is suppressed under the exception of the body")
    void abandon() throws Exception {
        List<Task<Integer>> tasks = new ArrayList<>();
        throwing.add(Call.ABANDON);

        assertThatThrownBy(() -> runtime.run(() -> Regions.withQueue(upstream -> inner(), () -> {
                    tasks.add(Tasks.spawn(() -> 1));
                    throw new java.io.IOException("on purpose");
                })))
                .isInstanceOf(java.io.IOException.class)
                .satisfies(thrown ->
                        assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(OnPurposeError.class));

        assertThat(tasks.get(0).get(SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    @DisplayName("in abandon(), which throws its reason again, is the exception of the body")
    void abandonRethrows() {
        IllegalStateException reason = new IllegalStateException("on purpose");
        record Rethrowing(TaskQueue upstream) implements TaskQueue {
            @Override
            public void enqueue(PendingTask task) {
                upstream.enqueue(task);
            }

            @Override
            public void enqueue(TaskBatch batch) {
                upstream.enqueue(batch);
            }

            @Override
            public void abandon(Throwable reason) {
                throw (RuntimeException) reason;
            }
        }

        assertThatThrownBy(() -> runtime.run(() -> Regions.withQueue(Rethrowing::new, () -> {
                    throw reason;
                })))
                .isSameAs(reason);
    }

    @Test
    @DisplayName("in abandon() or close() of a scope: the scope still cancels and awaits the forked tasks")
    void abandonOfAScope() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        List<Task<?>> tasks = new ArrayList<>();
        throwing.add(Call.ABANDON);

        assertThatThrownBy(() -> runtime.run(() -> {
                    try (var scope = Regions.withQueue(upstream -> new Throwing(upstream, Call.TASK, Call.BATCH))) {
                        tasks.add(scope.fork(() -> {
                            runs.countDown();
                            new CountDownLatch(1).await();
                        }));
                        Handshakes.await(runs);
                    }
                }))
                .isInstanceOf(Throwable.class);

        try {
            assertThat(tasks.get(0).taskState()).isEqualTo(TaskState.CANCELLED);
        } finally {
            tasks.get(0).cancel();
        }
    }

    /** Throws the reason for which it is abandoned. */
    private record Rethrowing(TaskQueue upstream) implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            upstream.enqueue(batch);
        }

        @Override
        public void abandon(Throwable reason) {
            throw (RuntimeException) reason;
        }
    }

    @Test
    @DisplayName(
            "in abandon() of a scope, which throws its reason again: the scope still cancels and awaits running tasks")
    void abandonOfAScopeRethrows() {
        CountDownLatch runs = new CountDownLatch(1);
        List<Task<?>> tasks = new ArrayList<>();

        assertThatThrownBy(() -> runtime.run(() -> {
                    try (var scope = Regions.withQueue(upstream -> new Rethrowing(upstream))) {
                        tasks.add(scope.fork(() -> {
                            runs.countDown();
                            new CountDownLatch(1).await();
                        }));
                        Handshakes.await(runs);
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed without join()");

        assertThat(tasks.get(0).taskState()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    @DisplayName(
            "in abandon() of a scope left open in a task: its running tasks are cancelled and awaited, the task fails")
    void abandonOfAScopeLeftOpenRethrows() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        List<Task<?>> tasks = new ArrayList<>();

        Task<Void> leaving = runtime.call(() -> Tasks.spawn(() -> {
            var scope = Regions.withQueue(upstream -> new Rethrowing(upstream));
            tasks.add(scope.fork(() -> {
                runs.countDown();
                new CountDownLatch(1).await();
            }));
            Handshakes.await(runs);
        }));

        assertThatThrownBy(leaving::join).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(leaving.exceptionNow()).hasMessageContaining("was left open");
        assertThat(tasks.get(0).taskState()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    @DisplayName("in toString(): a task of its region that fails is completed, and its dependent is skipped")
    void description() throws Exception {
        throwing.add(Call.TO_STRING);
        CountDownLatch release = new CountDownLatch(1);
        List<Task<?>> tasks = new ArrayList<>();

        runtime.run(() -> Regions.withQueue(upstream -> inner(), () -> {
            Task<Integer> failing = Tasks.spawn(() -> {
                Handshakes.await(release);
                throw new IllegalStateException("on purpose");
            });
            tasks.add(failing);
            tasks.add(Tasks.spawn(failing, x -> x));
        }));
        release.countDown();

        Awaitility.await().until(() -> tasks.stream().allMatch(Task::isDone));
        assertThat(tasks).extracting(Task::taskState).containsExactly(TaskState.FAILED, TaskState.SKIPPED);
    }

    @Test
    @DisplayName("in toString(), for a task that fails: the task fails with its own exception")
    void regionWithoutName() {
        Task<?>[] task = new Task<?>[1];
        Regions.withQueue(
                around -> new dev.regions.queue.TaskQueue() {
                    private final dev.regions.queue.TaskQueue upstream = TaskRuntime.currentQueue();

                    @Override
                    public void enqueue(dev.regions.queue.PendingTask pending) {
                        upstream.enqueue(pending);
                    }

                    @Override
                    public void enqueue(dev.regions.queue.TaskBatch batch) {
                        upstream.enqueue(batch);
                    }

                    @Override
                    public String toString() {
                        throw new IllegalStateException("no name");
                    }
                },
                () -> {
                    task[0] = Tasks.spawn(() -> {
                        throw new IOException("mine");
                    });
                });

        assertThatThrownBy(task[0]::join)
                .isInstanceOf(TaskFailedException.class)
                .hasRootCauseMessage("mine");
    }
}
