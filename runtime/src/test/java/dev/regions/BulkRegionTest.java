package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.onAnotherThread;
import static dev.regions.Handshakes.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.JoinedQueue;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A bulk region")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class BulkRegionTest {

    @Test
    @DisplayName("whose body throws runs nothing: each handle is ABANDONED, and waiters on other threads are released")
    void bulkBodyThrows() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        List<Task<?>> tasks = new ArrayList<>();
        AtomicReference<FutureTask<String>> waiter = new AtomicReference<>();

        assertThatThrownBy(() -> Regions.bulk(() -> {
                    tasks.add(Tasks.spawn(ran::incrementAndGet));
                    Regions.sequential(() -> tasks.add(Tasks.spawn(ran::incrementAndGet)));
                    tasks.add(Tasks.spawn(tasks.get(0), x -> ran.incrementAndGet()));
                    waiter.set(startParked(() -> outcomeOf(tasks.get(0))));
                    throw new IOException("on purpose");
                }))
                .isInstanceOf(IOException.class);

        assertThat(waiter.get().get(SECONDS, TimeUnit.SECONDS))
                .contains("abandoned")
                .contains("on purpose");
        assertThat(tasks).allMatch(task -> task.taskState() == TaskState.ABANDONED);
        assertThat(ran).hasValue(0);
    }

    private static String outcomeOf(Task<?> task) throws Exception {
        try {
            return "result " + task.join();
        } catch (CancellationException cancelled) {
            return cancelled.getMessage();
        }
    }

    /** Starts a body on another thread, and returns once that thread is parked. */
    private static <T> FutureTask<T> startParked(Callable<T> body) {
        AtomicReference<Thread> thread = new AtomicReference<>();
        FutureTask<T> running = start(() -> {
            thread.set(Thread.currentThread());
            return body.call();
        });
        Awaitility.await().until(() -> thread.get() != null);
        Handshakes.awaitParked(thread.get());
        return running;
    }

    @Test
    @DisplayName(
            "that is abandoned while a task that it depends on runs elsewhere fails with the exception of its body")
    void abandonedBesideRunning() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Task<Integer> running = Tasks.spawn(() -> {
            Handshakes.await(end);
            return 1;
        });
        Task<?>[] held = new Task<?>[1];

        assertThatThrownBy(() -> Regions.bulk(() -> {
                    held[0] = Tasks.spawn(running, x -> x);
                    throw new IOException("given up");
                }))
                .isInstanceOf(IOException.class)
                .hasNoSuppressedExceptions();
        end.countDown();
        running.join();

        assertThat(held[0].taskState()).isEqualTo(TaskState.ABANDONED);
    }

    @Test
    @DisplayName("is launched atomically: no task of a million starts before all are wired")
    void batchIsPublishedAtomically() throws Exception {
        int count = 1_000_000;
        AtomicInteger unlaunchedSeen = new AtomicInteger();
        AtomicReference<Task<?>> last = new AtomicReference<>();
        AtomicInteger ran = new AtomicInteger();

        try (TaskRuntime runtime = TaskRuntime.builder().name("bulk").build()) {
            runtime.run(() -> Regions.bulk(() -> {
                for (int i = 0; i < count; i++) {
                    last.set(Tasks.spawn(() -> {
                        // The last task is wired last. If it is UNLAUNCHED here, a task has started too early.
                        TaskState state = last.get().taskState();
                        if (state == TaskState.UNLAUNCHED) {
                            unlaunchedSeen.incrementAndGet();
                        }
                        ran.incrementAndGet();
                    }));
                }
            }));
        }

        assertThat(unlaunchedSeen).hasValue(0);
        assertThat(ran).hasValue(count);
    }

    @Test
    @DisplayName("whose batch has a circle of dependencies launches no task of it")
    void batchWithAnErrorLaunchesNothing() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        List<Task<?>> tasks = new ArrayList<>();

        // A queue that makes the first task of each batch wait for the last.
        record Knot(TaskQueue upstream) implements TaskQueue {
            @Override
            public void enqueue(PendingTask task) {
                upstream.enqueue(task);
            }

            @Override
            public void enqueue(TaskBatch batch) {
                PendingTask last = batch.tasks().get(batch.size() - 1);
                batch.tasks().get(0).dependsOn(last.task(), dev.regions.queue.Dependency.Kind.SOFT);
                upstream.enqueue(batch);
            }
        }

        assertThatThrownBy(() -> Regions.withQueue(
                        Knot::new,
                        () -> Regions.bulk(() -> {
                            Task<Integer> a = Tasks.builder().name("a").spawn(ran::incrementAndGet);
                            Task<Integer> b = Tasks.builder().name("b").spawn(a, x -> ran.incrementAndGet());
                            tasks.addAll(List.of(a, b, Tasks.builder().name("c").spawn(b, x -> ran.incrementAndGet())));
                        })))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("->")
                .hasMessageContaining("a")
                .hasMessageContaining("c");

        assertThat(tasks).allMatch(task -> task.taskState() == TaskState.ABANDONED);
        assertThat(ran).hasValue(0);
    }

    @Test
    @DisplayName("holds a batch of an inner region, which is abandoned on another thread and still terminates")
    void givenUpWhileHeldAround() {
        List<Task<?>> tasks = new ArrayList<>();

        Regions.bulk(() -> {
            TaskQueue around = TaskRuntime.currentQueue();
            assertThatThrownBy(
                            () -> onAnotherThread(() -> Regions.withQueue(upstream -> new JoinedQueue(around), () -> {
                                try (RegionScope scope = Regions.withDeadline(Duration.ofHours(1))) {
                                    Regions.sequential(() -> Regions.bulk(() -> tasks.add(Tasks.spawn(() -> 1))));
                                    throw new IllegalArgumentException(scope + " is given up");
                                }
                            })))
                    .hasRootCauseInstanceOf(IllegalArgumentException.class);
        });

        assertThat(tasks).singleElement().extracting(Task::taskState).isEqualTo(TaskState.CANCELLED);
    }
}
