package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A task")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class CancellationTest {

    @Test
    @DisplayName(
            "that is unlaunched is cancelled at once and never runs; hard dependents are skipped, soft dependents run")
    void cancelBeforeLaunch() throws Exception {
        AtomicBoolean ran = new AtomicBoolean();
        List<Task<?>> tasks = new ArrayList<>();

        Regions.bulk(() -> {
            Task<Boolean> cancelled = Tasks.builder().name("cancelled").spawn(() -> {
                ran.set(true);
                return true;
            });
            tasks.add(cancelled);
            tasks.add(Tasks.spawn(cancelled, x -> 1));
            tasks.add(Tasks.builder().requires(cancelled).spawn(() -> 2));
            tasks.add(Tasks.builder().after(cancelled).spawn(() -> 3));
            assertThat(cancelled.cancel()).isTrue();
            assertThat(cancelled.cancel()).isFalse();
            assertThat(cancelled.taskState()).isEqualTo(TaskState.CANCELLED);
        });
        for (Task<?> task : tasks) {
            task.await();
        }

        assertThat(ran).isFalse();
        assertThat(tasks)
                .extracting(Task::taskState)
                .containsExactly(TaskState.CANCELLED, TaskState.SKIPPED, TaskState.SKIPPED, TaskState.SUCCEEDED);
        assertThatThrownBy(() -> tasks.get(0).join())
                .isInstanceOf(CancellationException.class)
                .hasMessageContaining("cancelled");
        assertThatThrownBy(() -> tasks.get(1).join()).hasRootCauseInstanceOf(CancellationException.class);
    }

    @Test
    @DisplayName("that runs is cancelled by an interrupt, and is CANCELLED only when its body has returned or thrown")
    void cancelRunning() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Task<Integer> task = Tasks.builder().name("stubborn").spawn(() -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            await(release);
            return 1;
        });
        Task<Integer> dependent = Tasks.spawn(task, x -> x);
        Task<?> after = Tasks.builder().after(task).spawn(() -> {});
        await(running);

        assertThat(task.cancel()).isTrue();
        assertThat(task.cancel()).isFalse();
        await(interrupted);
        assertThat(task.taskState()).isEqualTo(TaskState.RUNNING);
        assertThat(after.taskState()).isEqualTo(TaskState.WAITING);
        release.countDown();

        after.join();
        assertThat(task.taskState()).isEqualTo(TaskState.CANCELLED);
        assertThat(task.isCancelled()).isTrue();
        assertThat(task.state()).isEqualTo(Future.State.CANCELLED);
        assertThatThrownBy(task::join).isInstanceOf(CancellationException.class).hasMessageContaining("stubborn");
        assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);
        dependent.await();
        assertThat(dependent.taskState()).isEqualTo(TaskState.SKIPPED);
        assertThatThrownBy(() -> task.toCompletableFuture().join()).isInstanceOf(CancellationException.class);
    }

    @Test
    @DisplayName("that runs is not interrupted by cancel(false), and is CANCELLED all the same")
    void cancelWithoutInterrupt() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        Task<Integer> task = Tasks.spawn(() -> {
            running.countDown();
            await(release);
            interrupted.set(Thread.currentThread().isInterrupted());
            return 1;
        });
        await(running);

        assertThat(task.cancel(false)).isTrue();
        release.countDown();

        task.await();
        assertThat(task.taskState()).isEqualTo(TaskState.CANCELLED);
        assertThat(interrupted).isFalse();
    }

    @Test
    @DisplayName("that was cancelled without an interrupt is interrupted by a later cancel(true)")
    void cancelWithInterruptAfterwards() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        AtomicInteger interrupted = new AtomicInteger();
        Task<?> task = Tasks.spawn(() -> runUntilInterrupted(running, interrupted));
        await(running);

        assertThat(task.cancel(false)).isTrue();
        assertThat(task.cancel(true)).isFalse();
        assertThat(task.cancel(true)).isFalse();

        task.await();
        assertThat(task.taskState()).isEqualTo(TaskState.CANCELLED);
        assertThat(interrupted).hasValue(1);
    }

    private static void runUntilInterrupted(CountDownLatch running, AtomicInteger interrupted) {
        running.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.incrementAndGet();
        }
    }

    @Test
    @DisplayName("that was cancelled without an interrupt is interrupted by its deadline, its timeout, and its scope")
    void cancelWithoutInterruptThenTimeIsUp() throws Exception {
        AtomicInteger interrupted = new AtomicInteger();
        List<TaskBuilder> limitedInTime = List.of(
                Tasks.builder().deadline(Duration.ofMillis(50)), Tasks.builder().timeout(Duration.ofMillis(50)));
        for (TaskBuilder builder : limitedInTime) {
            CountDownLatch running = new CountDownLatch(1);
            Task<?> task = builder.spawn(() -> runUntilInterrupted(running, interrupted));
            await(running);

            task.cancel(false);

            task.await();
            assertThat(task.taskState()).isEqualTo(TaskState.CANCELLED);
        }
        CountDownLatch running = new CountDownLatch(1);
        try (var scope = Regions.joined()) {
            Task<?> task = scope.fork(() -> runUntilInterrupted(running, interrupted));
            await(running);
            task.cancel(false);
            assertThatThrownBy(() -> scope.join(Duration.ofMillis(1))).isInstanceOf(TimeoutException.class);
        }

        assertThat(interrupted).hasValue(3);
    }

    @Test
    @DisplayName("with very many dependents is cancelled, and fails, while more are spawned")
    void cancelWhileOthersAreHungOnIt() throws Exception {
        for (boolean fails : new boolean[] {false, true}) {
            CountDownLatch mayEnd = new CountDownLatch(1);
            AtomicBoolean stop = new AtomicBoolean();
            Task<Integer> task = Tasks.spawn(() -> {
                await(mayEnd);
                throw new IllegalStateException("on purpose");
            });
            for (int i = 0; i < 200_000; i++) {
                Tasks.spawn(task, x -> x);
            }
            var spawner = Handshakes.start(() -> {
                while (!stop.get() && !task.isDone()) {
                    Tasks.spawn(task, x -> x);
                }
                return null;
            });

            boolean cancelled = !fails && task.cancel();
            mayEnd.countDown();

            Handshakes.onAnotherThread(() -> {
                task.await();
                return null;
            });
            stop.set(true);
            spawner.get(SECONDS, TimeUnit.SECONDS);
            assertThat(cancelled).isEqualTo(!fails);
            assertThat(task.taskState()).isEqualTo(fails ? TaskState.FAILED : TaskState.CANCELLED);
            assertThat(task.state()).isEqualTo(fails ? Future.State.FAILED : Future.State.CANCELLED);
            task.toCompletableFuture(); // the failure is observed
        }
    }

    @Test
    @DisplayName(
            "that waits is cancelled at once, and its hard dependents are skipped; soft dependents keep their order")
    void cancelWaiting() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Task<?> first = Tasks.spawn(() -> await(release));
        Task<Integer> waiting = Tasks.builder().requires(first).spawn(() -> 1);
        Task<Integer> dependent = Tasks.spawn(waiting, x -> x);
        Task<?> after = Tasks.builder().after(dependent).spawn(() -> {});

        assertThat(waiting.cancel()).isTrue();

        assertThat(waiting.taskState()).isEqualTo(TaskState.CANCELLED);
        assertThat(dependent.taskState()).isEqualTo(TaskState.SKIPPED);
        assertThat(first.taskState()).isIn(TaskState.READY, TaskState.RUNNING);
        assertThat(after.taskState()).isEqualTo(TaskState.WAITING);
        release.countDown();
        after.join();
    }

    @Test
    @DisplayName("that is ready is cancelled at once and never runs; hard dependents are skipped, soft dependents run")
    void cancelReady() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean ran = new AtomicBoolean();
        int carriers = Runtime.getRuntime().availableProcessors();
        CountDownLatch busy = new CountDownLatch(carriers);
        for (int i = 0; i < carriers; i++) {
            Tasks.spawn(() -> {
                busy.countDown();
                while (!stop.get()) {
                    Thread.onSpinWait();
                }
            });
        }
        await(busy);
        Task<Integer> ready = Tasks.spawn(() -> {
            ran.set(true);
            return 1;
        });
        Task<Integer> dependent = Tasks.spawn(ready, x -> x);
        Task<Integer> after = Tasks.builder().after(ready).spawn(() -> 2);
        try {
            assertThat(ready.taskState()).isEqualTo(TaskState.READY);

            assertThat(ready.cancel()).isTrue();

            assertThat(ready.taskState()).isEqualTo(TaskState.CANCELLED);
            assertThat(dependent.taskState()).isEqualTo(TaskState.SKIPPED);
        } finally {
            stop.set(true);
        }
        assertThat(after.join()).isEqualTo(2);
        assertThat(ran).isFalse();
    }

    @Test
    @DisplayName("that has completed, in any state, is not changed by cancel()")
    void cancelFinal() throws Exception {
        List<Task<Integer>> tasks = new ArrayList<>();
        tasks.add(Tasks.spawn(() -> 1));
        tasks.add(Tasks.spawn(() -> {
            throw new IllegalStateException("failed");
        }));
        tasks.add(Tasks.spawn(tasks.get(1), x -> x));
        tasks.add(Tasks.<Integer>completable().task());
        tasks.get(3).cancel();
        assertThatThrownBy(() -> Regions.bulk(() -> {
                    tasks.add(Tasks.spawn(() -> 1));
                    throw new java.io.IOException("given up");
                }))
                .isInstanceOf(java.io.IOException.class);
        for (Task<Integer> task : tasks) {
            task.await();

            assertThat(task.cancel()).as("%s", task).isFalse();
            assertThat(task.cancel(false)).as("%s", task).isFalse();
        }

        assertThat(tasks)
                .extracting(Task::taskState)
                .containsExactly(
                        TaskState.SUCCEEDED,
                        TaskState.FAILED,
                        TaskState.SKIPPED,
                        TaskState.CANCELLED,
                        TaskState.ABANDONED);
        assertThat(Tasks.spawn(tasks.get(0), x -> x + 1).join()).isEqualTo(2);
        assertThat(tasks.get(1).exceptionNow()).hasMessage("failed");
    }

    @Test
    @DisplayName("may cancel itself")
    void cancelSelf() throws Exception {
        AtomicReference<Task<?>> self = new AtomicReference<>();
        CountDownLatch known = new CountDownLatch(1);
        self.set(Tasks.spawn(() -> {
            await(known);
            self.get().cancel();
            return Thread.currentThread().isInterrupted();
        }));
        known.countDown();

        self.get().await();
        assertThat(self.get().taskState()).isEqualTo(TaskState.CANCELLED);
    }

    @RepeatedTest(20)
    @DisplayName("run in place inside another is not interrupted by the cancellation of the outer one")
    void cancelOfOuterSparesInner() throws Exception {
        AtomicInteger hit = new AtomicInteger();
        AtomicInteger inPlace = new AtomicInteger();
        for (int i = 0; i < 300; i++) {
            CountDownLatch innerRuns = new CountDownLatch(1);
            CountDownLatch cancelled = new CountDownLatch(1);
            boolean late = i % 2 == 0;
            Task<Boolean> outer = Tasks.spawn(() -> {
                Thread here = Thread.currentThread();
                Task<Integer> inner = Tasks.spawn(() -> {
                    inPlace.addAndGet(Thread.currentThread() == here ? 1 : 0);
                    innerRuns.countDown();
                    if (late) {
                        while (cancelled.getCount() > 0) { // not await(), which an interrupt would end
                            Thread.onSpinWait();
                        }
                    }
                    hit.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
                    return 1;
                });
                inner.join();
                return Thread.currentThread().isInterrupted();
            });
            await(innerRuns);
            outer.cancel();
            cancelled.countDown();
            outer.await();
        }
        assertThat(hit).hasValue(0);
    }

    @Test
    @DisplayName("is cancelled once: of two threads that cancel it while it cannot complete, exactly one gets true")
    void twoCancelAtOnce() throws Exception {
        for (int i = 0; i < 3000; i++) {
            CountDownLatch runs = new CountDownLatch(1);
            CountDownLatch gate = new CountDownLatch(1);
            Task<?> task = Tasks.spawn(() -> {
                runs.countDown();
                gate.await();
            });
            await(runs);

            Task<Boolean> other = Tasks.spawn(() -> task.cancel(false));
            boolean here = task.cancel(false);
            gate.countDown();
            boolean there = other.join();

            task.await();
            assertThat(here || there).isTrue();
            assertThat(here && there).isFalse();
            assertThat(task.taskState()).isEqualTo(TaskState.CANCELLED);
        }
    }
}
