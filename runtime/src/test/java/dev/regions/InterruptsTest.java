package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("An interrupt meant for one task is never seen by the next on its worker")
@Timeout(value = 4 * SECONDS, unit = TimeUnit.SECONDS)
class InterruptsTest {
    private static final int ROUNDS = 5_000;

    private final TaskRuntime runtime = TaskRuntime.builder().name("interrupts").build();
    /** Counts tasks that started interrupted although they had not been cancelled. */
    private final AtomicInteger leaked = new AtomicInteger();

    private Task<?> innocent(Task<?> before) {
        return Tasks.builder().after(before).spawn(this::look);
    }

    private void look() {
        if (Thread.currentThread().isInterrupted()) {
            leaked.incrementAndGet();
        }
    }

    @AfterEach
    void nothingHasLeaked() {
        runtime.close();
        assertThat(leaked).hasValue(0);
    }

    @Test
    @DisplayName("when a body interrupts itself, and returns or throws")
    void selfInterrupt() throws Exception {
        List<Task<?>> tasks = new ArrayList<>();

        runtime.run(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                boolean throwing = i % 2 == 0;
                Task<?> task = Tasks.spawn(() -> {
                    look();
                    Thread.currentThread().interrupt();
                    if (throwing) {
                        throw new InterruptedException("on purpose");
                    }
                });
                tasks.add(task);
                tasks.add(innocent(task));
                tasks.add(Tasks.spawn(this::look));
            }
        });

        for (int i = 0; i < tasks.size(); i++) {
            tasks.get(i).await();
            TaskState expected = i % 6 == 0 ? TaskState.FAILED : TaskState.SUCCEEDED;
            assertThat(tasks.get(i).taskState()).as("task %s", i).isEqualTo(expected);
        }
        runtime.call(() -> {
            for (Task<?> task : tasks) {
                task.toCompletableFuture(); // marks the failure as observed
            }
            return null;
        });
    }

    @Test
    @DisplayName("when a running task is cancelled about when its body ends")
    void cancelAtTheEnd() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            int spins = i % 100;
            CountDownLatch runs = new CountDownLatch(1);
            Task<?> victim = runtime.call(() -> Tasks.spawn(() -> {
                runs.countDown();
                spin(spins);
            }));
            Task<?> next = runtime.call(() -> innocent(victim));
            await(runs);
            spin(100 - spins);

            boolean cancelled = victim.cancel();

            next.await();
            assertThat(victim.taskState()).isEqualTo(cancelled ? TaskState.CANCELLED : TaskState.SUCCEEDED);
            assertThat(next.taskState()).isEqualTo(TaskState.SUCCEEDED);
        }
    }

    private static void spin(int times) {
        for (int left = times; left > 0; left--) {
            Thread.onSpinWait();
        }
    }

    @Test
    @DisplayName("when a task that blocks is cancelled, while others take turns on its carrier")
    void cancelWhileBlocked() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            CountDownLatch runs = new CountDownLatch(1);
            Task<?> victim = runtime.call(() -> Tasks.spawn(() -> {
                runs.countDown();
                new CountDownLatch(1).await();
            }));
            Task<?> next = runtime.call(() -> innocent(victim));
            Task<?> other = runtime.call(() -> Tasks.spawn(this::look));
            await(runs);

            assertThat(victim.cancel()).isTrue();

            next.await();
            other.await();
            assertThat(victim.taskState()).isEqualTo(TaskState.CANCELLED);
        }
    }

    @Test
    @DisplayName("nor by a task that it runs in place; the cancelled task sees it when it goes on")
    void cancelOuterWhileInnerRuns() throws Exception {
        AtomicInteger missed = new AtomicInteger();
        for (int i = 0; i < ROUNDS; i++) {
            CountDownLatch runs = new CountDownLatch(1);
            AtomicBoolean stop = new AtomicBoolean();
            AtomicBoolean cancelled = new AtomicBoolean();
            Task<?> outer = runtime.call(() -> Tasks.spawn(() -> {
                Task<?> inner = Tasks.spawn(() -> {
                    look();
                    runs.countDown();
                    while (!stop.get()) {
                        Thread.onSpinWait();
                    }
                    look();
                });
                boolean interrupted = false;
                try {
                    inner.await(); // in place, unless another worker was faster
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                if (cancelled.get() && !interrupted && !Thread.currentThread().isInterrupted()) {
                    missed.incrementAndGet();
                }
                stop.set(true);
                inner.await();
            }));
            await(runs);

            assertThat(outer.cancel()).isTrue();
            cancelled.set(true);
            stop.set(true);

            outer.await();
            assertThat(outer.taskState()).isEqualTo(TaskState.CANCELLED);
        }
        assertThat(missed).hasValue(0);
    }

    @Test
    @DisplayName("nor by the task that waits for it in place: an inner task's interrupt ends with it")
    void cancelInnerInPlace() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            CountDownLatch runs = new CountDownLatch(1);
            List<Task<?>> inner = new CopyOnWriteArrayList<>();
            CountDownLatch known = new CountDownLatch(1);
            Task<?> outer = runtime.call(() -> Tasks.spawn(() -> {
                inner.add(Tasks.spawn(() -> {
                    runs.countDown();
                    new CountDownLatch(1).await();
                }));
                known.countDown();
                try {
                    inner.get(0).join();
                } catch (CancellationException expected) {
                    look();
                }
            }));
            await(known);
            await(runs);

            inner.get(0).cancel();

            outer.join();
        }
    }

    @RepeatedTest(20)
    @DisplayName("when a running task is cancelled while it polls for the interrupt, or about when its body ends")
    void interruptsDoNotLeak() throws Exception {
        for (int i = 0; i < 200; i++) {
            CountDownLatch running = new CountDownLatch(1);
            AtomicBoolean stop = new AtomicBoolean();
            Task<?> victim = Tasks.spawn(() -> {
                running.countDown();
                while (!stop.get() && !Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
            });
            Task<?> next = Tasks.builder().after(victim).spawn(() -> {
                if (Thread.currentThread().isInterrupted()) {
                    leaked.incrementAndGet();
                }
            });
            await(running);
            if (i % 2 == 0) {
                stop.set(true); // the body ends by itself, about when the interrupt comes
            }
            victim.cancel();
            next.await();
            assertThat(victim.taskState()).isIn(TaskState.CANCELLED, TaskState.SUCCEEDED);
            assertThat(next.taskState()).isEqualTo(TaskState.SUCCEEDED);
        }
        assertThat(leaked).hasValue(0);
    }

    @Test
    @DisplayName("when each task of a sequential region interrupts itself")
    void selfInterruptDoesNotLeak() throws Exception {
        List<Boolean> seen = new ArrayList<>();

        Regions.joined(() -> Regions.sequential(() -> {
            for (int i = 0; i < 10; i++) {
                Tasks.spawn(() -> {
                    seen.add(Thread.currentThread().isInterrupted());
                    Thread.currentThread().interrupt();
                });
            }
        }));

        assertThat(seen).hasSize(10).containsOnly(false);
    }
}
