package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskSkippedException;
import dev.regions.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A limit of time")
@Timeout(60)
class TimeoutTest {
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofHours(1);

    private static void sleepForEver() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    /** A timer is cancelled a moment after the completion of its task is visible. */
    private static void awaitNoTimers(TaskRuntime runtime) {
        org.awaitility.Awaitility.await().until(() -> runtime.timersSet() == 0);
    }

    @Test
    @DisplayName(
            "interrupts a body that takes longer; the task fails with a TimeoutException that names it and the time")
    void timeout() {
        Task<?> slow = Tasks.builder().name("slow").timeout(SHORT).spawn(TimeoutTest::sleepForEver);

        assertThatThrownBy(slow::join)
                .isInstanceOf(TaskFailedException.class)
                .cause()
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("'slow'")
                .hasMessageContaining("PT0.02S");
        assertThat(slow.taskState()).isEqualTo(TaskState.FAILED);
    }

    @Test
    @DisplayName("that is not reached changes nothing, and leaves no timer behind")
    void notReached() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> {
                List<Task<Integer>> tasks = new ArrayList<>();
                for (int i = 0; i < 1000; i++) {
                    int number = i;
                    tasks.add(Tasks.builder().timeout(LONG).deadline(LONG).spawn(() -> number));
                }
                for (int i = 0; i < 1000; i++) {
                    assertThat(tasks.get(i).join()).isEqualTo(i);
                }
            });
            awaitNoTimers(runtime);
        }
    }

    @Test
    @DisplayName("frees the worker: the next task on it is not interrupted")
    void freesTheWorker() throws Exception {
        for (int round = 0; round < 50; round++) {
            Task<?> slow = Tasks.builder().timeout(Duration.ofMillis(1)).spawn(TimeoutTest::sleepForEver);
            Task<Boolean> next = Tasks.builder().after(slow).spawn(() -> Thread.currentThread()
                    .isInterrupted());

            assertThat(next.join()).isFalse();
            assertThat(slow.exceptionNow()).isInstanceOf(TimeoutException.class);
        }
    }

    @Test
    @DisplayName("gives the worker back: when all tasks have run out of time, no worker is left")
    void leavesNoWorker() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            List<Task<?>> slow = new ArrayList<>();
            runtime.run(() -> {
                for (int i = 0; i < 100; i++) {
                    TaskBuilder timed = i % 2 == 0
                            ? Tasks.builder().timeout(SHORT)
                            : Tasks.builder().deadline(SHORT);
                    slow.add(timed.spawn(TimeoutTest::sleepForEver));
                }
            });
            for (Task<?> task : slow) {
                assertThatThrownBy(task::join).hasCauseInstanceOf(TimeoutException.class);
            }

            org.awaitility.Awaitility.await().until(() -> runtime.workerCount() == 0);
        }
    }

    @Test
    @DisplayName("takes no thread of its own: 10,000 of them that count at the same time have one thread together")
    void oneThreadForAll() throws Exception {
        int before = Thread.getAllStackTraces().size();
        try (TaskRuntime runtime = TaskRuntime.builder().name("timed").build()) {
            CompletableTask<Integer> gate = Tasks.completable();
            List<Task<Integer>> tasks = new ArrayList<>();
            runtime.run(() -> {
                for (int i = 0; i < 10_000; i++) {
                    tasks.add(Tasks.builder().deadline(LONG).spawn(gate.task(), x -> x));
                }
            });
            try {
                assertThat(runtime.timersSet()).isEqualTo(10_000);
                assertThat(Thread.getAllStackTraces().keySet())
                        .hasSizeLessThan(before + 100)
                        .filteredOn(thread -> thread.getName().equals("timed-timer"))
                        .hasSize(1);
                assertThat(runtime.workerCount()).isLessThan(10);
            } finally {
                gate.complete(1);
            }

            for (Task<Integer> task : tasks) {
                assertThat(task.join()).isEqualTo(1);
            }
            awaitNoTimers(runtime);
        }
    }

    @Test
    @DisplayName("counts from the start of the body, not from the spawn")
    void countsFromTheStart() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch expired = new CountDownLatch(1);
        Task<?> before = Tasks.spawn(() -> Handshakes.await(release));
        Task<String> waiting =
                Tasks.builder().requires(before).timeout(Duration.ofSeconds(20)).spawn(() -> "ran");
        Tasks.builder()
                .timeout(SHORT)
                .spawn(TimeoutTest::sleepForEver)
                .toCompletableFuture()
                .whenComplete((r, t) -> expired.countDown());

        Handshakes.await(expired);
        release.countDown();

        assertThat(waiting.join()).isEqualTo("ran");
    }

    @Test
    @DisplayName(
            "of a body that ignores it makes the task fail when the body ends; the exception of the body is suppressed")
    void ignored() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Task<?> stubborn = Tasks.builder().timeout(SHORT).spawn(() -> {
            try {
                sleepForEver();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            throw new IllegalStateException("too late");
        });

        Handshakes.await(interrupted);

        assertThatThrownBy(stubborn::join).cause().isInstanceOfSatisfying(TimeoutException.class, timeout -> assertThat(
                        timeout.getSuppressed())
                .singleElement()
                .isInstanceOf(IllegalStateException.class));
    }

    @Test
    @DisplayName("on spinning tasks, as many as there are processors, still comes")
    void spinning() {
        List<Task<?>> spinning = new ArrayList<>();
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
            spinning.add(Tasks.builder().timeout(SHORT).spawn(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
            }));
        }

        for (Task<?> task : spinning) {
            assertThatThrownBy(task::join).hasCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    @DisplayName(
            "from the spawn on ends a task that waits: it never runs, hard dependents are skipped, soft dependents run")
    void deadlineOfWaiting() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean ran = new AtomicBoolean();
        Task<?> before = Tasks.spawn(() -> Handshakes.await(release));
        Task<?> late =
                Tasks.builder().name("late").requires(before).deadline(SHORT).spawn(() -> ran.set(true));
        Task<?> dependent = Tasks.builder().requires(late).spawn(() -> {});
        Task<String> after = Tasks.builder().after(late).spawn(() -> "after");

        assertThatThrownBy(late::join)
                .hasCauseInstanceOf(TimeoutException.class)
                .hasMessageContaining("late");
        assertThatThrownBy(dependent::join)
                .isInstanceOf(TaskSkippedException.class)
                .hasCauseInstanceOf(TimeoutException.class);
        release.countDown();

        assertThat(after.join()).isEqualTo("after");
        assertThat(ran).isFalse();
        assertThat(late.taskState()).isEqualTo(TaskState.FAILED);
    }

    @Test
    @DisplayName("from the spawn on interrupts a task that runs")
    void deadlineOfRunning() {
        Task<?> late = Tasks.builder().deadline(SHORT).spawn(TimeoutTest::sleepForEver);

        assertThatThrownBy(late::join).hasCauseInstanceOf(TimeoutException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("from the spawn on ends a task that a region holds: it fails then, and never runs")
    void deadlineOfHeld(boolean byRegion) throws Exception {
        AtomicBoolean ran = new AtomicBoolean();
        Task<Integer> after = Regions.bulk(() -> {
            Task<?> late = byRegion
                    ? Regions.withDeadline(SHORT, () -> Tasks.spawn(() -> ran.set(true)))
                    : Tasks.builder().deadline(SHORT).spawn(() -> ran.set(true));
            Task<Integer> last = Tasks.builder().after(late).spawn(() -> 1);

            assertThat(Handshakes.onAnotherThread(() -> {
                        late.await();
                        return late.taskState();
                    }))
                    .isEqualTo(TaskState.FAILED);
            assertThatThrownBy(late::join).hasCauseInstanceOf(TimeoutException.class);
            return last;
        });

        assertThat(after.join()).isEqualTo(1);
        assertThat(ran).isFalse();
    }

    @Test
    @DisplayName("from the spawn on fails a region that joins the task that it holds")
    void deadlineOfHeldInJoinedRegion() {
        assertThatThrownBy(() -> Regions.joined(() -> Regions.bulk(() -> {
                    Task<?> late = Tasks.builder().deadline(SHORT).spawn(() -> {});
                    Awaitility.await().until(late::isDone);
                })))
                .isInstanceOf(RegionFailedException.class)
                .hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    @DisplayName(
            "from the spawn on wakes a thread that joins the task or a dependent, though tasks keep all carriers busy")
    void deadlineWhileCarriersAreBusy() throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        AtomicBoolean spin = new AtomicBoolean(true);
        CountDownLatch spinning = new CountDownLatch(processors);
        List<Task<?>> busy = new ArrayList<>();
        for (int i = 0; i < processors; i++) {
            busy.add(Tasks.spawn(() -> {
                spinning.countDown();
                while (spin.get()) {
                    Thread.onSpinWait();
                }
            }));
        }
        Handshakes.await(spinning);

        try {
            Task<?> late = Tasks.builder().deadline(SHORT).after(busy.get(0)).spawn(() -> {});
            Task<?> dependent = Tasks.builder().requires(late).spawn(() -> {});

            FutureTask<Void> joiner = Handshakes.start(() -> {
                dependent.await();
                return null;
            });
            late.await();
            joiner.get(Handshakes.SECONDS, TimeUnit.SECONDS);

            assertThat(late.taskState()).isEqualTo(TaskState.FAILED);
            assertThat(dependent.taskState()).isEqualTo(TaskState.SKIPPED);
            late.toCompletableFuture(); // marks its failure as observed
        } finally {
            spin.set(false);
        }
    }

    @Test
    @DisplayName("must be positive")
    void positive() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tasks.builder().timeout(Duration.ZERO))
                .withMessageContaining("PT0S");
        assertThatIllegalArgumentException().isThrownBy(() -> Tasks.builder().deadline(Duration.ofSeconds(-1)));
    }

    @Test
    @DisplayName("for a task that was skipped, cancelled or abandoned is called off")
    void calledOff() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> {
                Task<?> failing = Tasks.spawn(() -> {
                    throw new IllegalStateException("fails");
                });
                Task<?> skipped =
                        Tasks.builder().requires(failing).deadline(LONG).spawn(() -> {});
                CompletableTask<String> external =
                        Tasks.builder().deadline(LONG).completable();
                Task<?> cancelled =
                        Tasks.builder().requires(external.task()).deadline(LONG).spawn(() -> {});
                cancelled.cancel();
                external.task().cancel();

                skipped.await();
                failing.toCompletableFuture(); // marks its failure as observed
                cancelled.await();
                external.task().await();
            });
            awaitNoTimers(runtime);
        }
    }

    @Test
    @DisplayName("and a cancel may meet: the task completes once, and the worker goes on")
    void meetsCancel() throws Exception {
        AtomicInteger cancelled = new AtomicInteger();
        for (int round = 0; round < 300; round++) {
            AtomicReference<Thread> runner = new AtomicReference<>();
            Task<?> task = Tasks.builder()
                    .timeout(Duration.ofNanos(200_000))
                    .deadline(Duration.ofMillis(1))
                    .spawn(() -> {
                        runner.set(Thread.currentThread());
                        sleepForEver();
                    });
            if (round % 3 > 0) {
                task.cancel();
            }
            task.await();
            task.toCompletableFuture(); // marks its failure as observed
            TaskState state = task.taskState();
            if (state == TaskState.CANCELLED) {
                cancelled.incrementAndGet();
            } else {
                assertThat(state).isEqualTo(TaskState.FAILED);
            }
            assertThat(Tasks.spawn(() -> Thread.currentThread().isInterrupted()).join())
                    .isFalse();
            assertThat(task.taskState()).isEqualTo(state);
        }
        assertThat(cancelled.get()).isLessThanOrEqualTo(200);
    }

    @Test
    @DisplayName("ends a task that joins a ready one: it does not first run that one in place")
    void timeoutWhileJoiningReady() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Task<?>[] inner = new Task<?>[1];
        Task<?> outer = Tasks.builder().timeout(Duration.ofMillis(50)).spawn(() -> {
            inner[0] = Tasks.spawn(() -> Handshakes.await(end));
            inner[0].join();
        });

        assertThatThrownBy(outer::join).hasRootCauseInstanceOf(TimeoutException.class);
        end.countDown();
        inner[0].join();
    }
}
