package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.observe.UncaughtFailure;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.QueueClosedException;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A runtime")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class TaskRuntimeTest {

    @Test
    @DisplayName("is the current one for code that is called in it, and for its tasks")
    void call() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().name("mine").build()) {
            Task<String> thread = runtime.call(() -> Tasks.spawn(
                    () -> Tasks.spawn(() -> Thread.currentThread().getName()).join()));
            assertThat(thread.join()).isEqualTo("mine-worker");
            assertThat(runtime.toString()).contains("mine");
            Regions.bulk(() -> {
                // Regions around the call do not reach into it: this would throw otherwise.
                assertThat(runtime.call(() -> Tasks.spawn(() -> 1)).join()).isEqualTo(1);
            });
        }
    }

    @Test
    @DisplayName("waits on close() for launched tasks and the tasks that they spawn, and refuses new tasks")
    void close() throws Exception {
        TaskRuntime runtime = TaskRuntime.builder().name("closing").build();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        Task<?> parent = runtime.call(() -> Tasks.spawn(() -> {
            running.countDown();
            await(release);
            for (int i = 0; i < 1000; i++) {
                Tasks.spawn(Tasks.spawn(() -> 1), x -> ran.incrementAndGet());
            }
        }));
        await(running);
        AtomicReference<Thread> closer = new AtomicReference<>();
        FutureTask<Void> closing = Handshakes.start(() -> {
            closer.set(Thread.currentThread());
            runtime.close();
            return null;
        });
        Awaitility.await().until(() -> closer.get() != null);
        Handshakes.awaitParked(closer.get());

        assertThatThrownBy(() -> runtime.call(() -> Tasks.spawn(() -> 1)))
                .isInstanceOf(QueueClosedException.class)
                .hasMessageContaining("closing");
        release.countDown();
        closing.get(SECONDS, TimeUnit.SECONDS);

        assertThat(ran).hasValue(1000);
        assertThat(parent.taskState()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(runtime.inFlightCount()).isZero();
        runtime.close();
    }

    @Test
    @DisplayName("cannot be closed by its own task, and the shared one not at all")
    void impossibleCloses() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            Task<?> task = runtime.call(() -> Tasks.spawn(runtime::close));
            assertThatThrownBy(task::join).hasRootCauseInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> TaskRuntime.shared().close()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> TaskRuntime.shared().shutdownNow()).isInstanceOf(UnsupportedOperationException.class);
    }

    @RepeatedTest(10)
    @DisplayName("completes every task and releases every waiter on shutdownNow(), under load")
    void shutdownNow() throws Exception {
        TaskRuntime runtime = TaskRuntime.builder().name("stopping").build();
        Queue<Task<?>> tasks = new ConcurrentLinkedQueue<>();
        AtomicBoolean refused = new AtomicBoolean();
        CountDownLatch underLoad = new CountDownLatch(2000);
        List<FutureTask<Void>> spawners = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            spawners.add(Handshakes.start(() -> runtime.call(() -> {
                try {
                    Task<Integer> previous = Tasks.spawn(() -> 1);
                    while (true) {
                        previous = Tasks.spawn(previous, x -> x + 1);
                        tasks.add(previous);
                        tasks.add(Tasks.spawn(() -> Thread.sleep(10_000)));
                        underLoad.countDown();
                    }
                } catch (QueueClosedException e) {
                    refused.set(true);
                }
                return null;
            })));
        }
        await(underLoad);

        runtime.shutdownNow();
        for (FutureTask<Void> spawner : spawners) {
            spawner.get(SECONDS, TimeUnit.SECONDS);
        }
        runtime.close();

        assertThat(refused).isTrue();
        assertThat(tasks).allMatch(Task::isDone);
        assertThat(runtime.inFlightCount()).isZero();
    }

    @Test
    @DisplayName("cancels the remaining tasks if the thread that closes it is interrupted")
    void interruptedClose() throws Exception {
        TaskRuntime runtime = TaskRuntime.builder().build();
        Task<?> task = runtime.call(() -> Tasks.spawn(() -> new CountDownLatch(1).await()));

        Thread.currentThread().interrupt();
        runtime.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(task.taskState()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    @DisplayName("reports an unobserved failure, with the task's name and region, once the task is unreachable")
    void uncaughtFailure() throws Exception {
        Queue<UncaughtFailure> reported = new ConcurrentLinkedQueue<>();
        try (TaskRuntime runtime =
                TaskRuntime.builder().onUncaughtFailure(reported::add).build()) {
            runtime.run(() -> Regions.sequential(() -> {
                Task<Integer> lost = Tasks.builder().name("lost").spawn(() -> {
                    throw new IllegalStateException("lost");
                });
                Tasks.spawn(lost, x -> x); // skipped, and unobserved as well: one failure, reported once
            }));
            runtime.run(() -> {
                Task<Integer> seen = Tasks.spawn(() -> {
                    throw new IllegalStateException("seen");
                });
                assertThatThrownBy(seen::join).hasRootCauseMessage("seen");
            });

            Awaitility.await().until(() -> {
                System.gc();
                return !reported.isEmpty();
            });
        }

        assertThat(reported).singleElement().satisfies(failure -> {
            assertThat(failure.task()).isEqualTo("lost");
            assertThat(failure.region()).contains("sequential region");
            assertThat(failure.thrown()).hasMessage("lost");
        });
    }

    @Test
    @DisplayName("reports on close() the failures that are unobserved, and logs the exception of a handler that throws")
    void uncaughtFailureOnClose() throws Exception {
        Queue<UncaughtFailure> reported = new ConcurrentLinkedQueue<>();
        List<Task<?>> handles = new ArrayList<>();
        try (LogRecords log = LogRecords.containing("the handler of uncaught failures failed")) {
            try (TaskRuntime runtime = TaskRuntime.builder()
                    .onUncaughtFailure(failure -> {
                        reported.add(failure);
                        throw new IllegalStateException("a handler that throws, on purpose");
                    })
                    .build()) {
                runtime.run(() -> {
                    for (int i = 0; i < 2; i++) {
                        handles.add(Tasks.spawn(() -> {
                            throw new IllegalStateException("unobserved");
                        }));
                    }
                    handles.add(Tasks.spawn(() -> {
                        throw new IllegalStateException("observed by way of a future");
                    }));
                    handles.get(2).toCompletableFuture();
                });
            }
            assertThat(log.await(2).thrown())
                    .allSatisfy(thrown -> assertThat(thrown).hasMessage("a handler that throws, on purpose"));
        }
        assertThat(reported).hasSize(2).allSatisfy(failure -> assertThat(failure.region())
                .isNull());
    }

    @Test
    @DisplayName("sends everything through its root queue last")
    void rootQueue() throws Exception {
        List<String> seen = new ArrayList<>();
        try (TaskRuntime runtime =
                TaskRuntime.builder().root(core -> new Naming(core, seen)).build()) {
            runtime.run(() -> {
                assertThat(Tasks.builder().name("a").spawn(() -> 1).join()).isEqualTo(1);
                Regions.bulk(() -> Tasks.builder().name("b").spawn(() -> 2));
                assertThat(Tasks.spawn(() ->
                                        Tasks.builder().name("c").spawn(() -> 3).join())
                                .join())
                        .isEqualTo(3);
            });
        }
        assertThat(seen).contains("a", "b", "c").hasSize(4);
    }

    private record Naming(TaskQueue upstream, List<String> seen) implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {
            seen.add(task.name());
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            batch.tasks().forEach(task -> seen.add(task.name()));
            upstream.enqueue(batch);
        }
    }

    @Test
    @DisplayName("shows each region whole to its passes, in order, before anything of it is launched")
    void passes() throws Exception {
        List<String> seen = new ArrayList<>();
        try (TaskRuntime runtime = TaskRuntime.builder()
                .pass(batch -> {
                    assertThat(batch.tasks()).allMatch(task -> task.task().taskState() == TaskState.UNLAUNCHED);
                    seen.add("first saw " + batch.size());
                    return new TaskBatch(batch.tasks().subList(0, 2));
                })
                .pass(batch -> {
                    seen.add("second saw " + batch.size());
                    return batch;
                })
                .build()) {
            List<Task<?>> tasks = new ArrayList<>();
            runtime.run(() -> Regions.bulk(() -> {
                for (int i = 0; i < 3; i++) {
                    tasks.add(Tasks.spawn(() -> 1));
                }
            }));
            tasks.get(0).await();
            tasks.get(1).await();
            assertThat(tasks.get(2).taskState()).isEqualTo(TaskState.UNLAUNCHED);
        }
        assertThat(seen).containsExactly("first saw 3", "second saw 2");
    }

    @Test
    @DisplayName("launches no task of a region whose pass throws")
    void throwingPass() {
        List<Task<?>> tasks = new ArrayList<>();
        try (TaskRuntime runtime = TaskRuntime.builder()
                .pass(batch -> {
                    throw new IllegalStateException("pass");
                })
                .build()) {
            assertThatThrownBy(() -> runtime.run(() -> Regions.bulk(() -> tasks.add(Tasks.spawn(() -> 1)))))
                    .hasMessage("pass");
        }
        assertThat(tasks).allMatch(task -> task.taskState() == TaskState.ABANDONED);
    }

    @Test
    @DisplayName("refuses a parallelism below one")
    void badParallelism() {
        assertThatThrownBy(() -> TaskRuntime.builder().parallelism(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0");
    }

    @Test
    @DisplayName("lets edges cross to tasks of another runtime")
    void acrossRuntimes() throws Exception {
        try (TaskRuntime one = TaskRuntime.builder().name("one").build();
                TaskRuntime two = TaskRuntime.builder().name("two").build()) {
            CountDownLatch release = new CountDownLatch(1);
            Task<Integer> first = one.call(() -> Tasks.spawn(() -> {
                await(release);
                return 1;
            }));
            Task<String> second = two.call(
                    () -> Tasks.spawn(first, x -> x + Thread.currentThread().getName()));
            release.countDown();
            assertThat(second.join()).isEqualTo("1two-worker");
        }
    }

    @Test
    @DisplayName("gets what its task spawns, though a join runs that in place where another runtime is in force")
    void inPlaceWhereAnotherIsInForce() throws Exception {
        boolean inPlace = false;
        try (TaskRuntime one = TaskRuntime.builder().name("one").build();
                TaskRuntime two = TaskRuntime.builder().name("two").build()) {

            // Whether a join runs the task in place depends on whether a worker was faster, so try until one was not.
            for (int attempt = 0; attempt < 10_000 && !inPlace; attempt++) {
                inPlace = one.call(() -> Tasks.spawn(() -> {
                            Thread here = Thread.currentThread();
                            Task<Boolean> inner = Tasks.spawn(() -> {
                                Task<String> spawned =
                                        Tasks.spawn(() -> Thread.currentThread().getName());
                                assertThat(spawned.join()).isEqualTo("one-worker");
                                return Thread.currentThread() == here;
                            });
                            return two.call(inner::join);
                        }))
                        .join();
            }
        }

        assertThat(inPlace).as("a join ran a task in place").isTrue();
    }
}
