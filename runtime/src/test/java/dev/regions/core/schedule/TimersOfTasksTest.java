package dev.regions.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.Regions;
import dev.regions.Tasks;
import dev.regions.core.diagnostics.Diagnostics;
import dev.regions.core.util.TimerService;
import dev.regions.core.util.TimerServiceTest;
import dev.regions.queue.QueueStack;
import dev.regions.queue.RegionBody;
import dev.regions.task.OverflowPolicy;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimersOfTasksTest {
    private static final Duration SHORT = Duration.ofMillis(2);
    private static final Duration LONG = Duration.ofHours(1);

    private abstract static class OneCore {
        final DagCore core;

        OneCore(TimerService timers) {
            core = new DagCore(
                    "test",
                    1,
                    List.of(),
                    UnaryOperator.identity(),
                    f -> {},
                    0,
                    OverflowPolicy.BLOCK,
                    Diagnostics::new,
                    timers);
        }

        <R, X extends Throwable> R call(RegionBody<R, X> body) throws X {
            return QueueStack.callElsewhere(core.root(), core, body);
        }

        @AfterEach
        void close() throws InterruptedException {
            core.close();
            core.awaitTerminated();
            assertThat(core.inFlight()).isZero();
        }
    }

    private static int spinPast(Duration time) {
        long end = System.nanoTime() + 2 * time.toNanos();
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        return 1;
    }

    @Nested
    @DisplayName("Where the timer comes late, or never")
    class Late extends OneCore {
        Late() {
            super(TimerServiceTest.thatNeverCome());
        }

        @Test
        @DisplayName("a body that has taken longer than its timeout has failed all the same")
        void timeout() throws Exception {
            Task<Integer> late = call(() -> Tasks.builder().timeout(SHORT).spawn(() -> spinPast(SHORT)));

            assertThatThrownBy(late::join).hasCauseInstanceOf(TimeoutException.class);
        }

        @Test
        @DisplayName("so has each attempt of a task that is tried again, and one that throws by then")
        void attempts() throws Exception {
            Task<Integer> late = call(() -> Tasks.builder().timeout(SHORT).spawn(() -> {
                spinPast(SHORT);
                throw new IllegalStateException("too late");
            }));

            assertThatThrownBy(late::join).cause().isInstanceOfSatisfying(TimeoutException.class, timeout -> assertThat(
                            timeout.getSuppressed())
                    .singleElement()
                    .isInstanceOf(IllegalStateException.class));
        }

        @Test
        @DisplayName("a body that has ended after the deadline of its task has failed, and is not tried again")
        void deadline() throws Exception {
            AtomicInteger runs = new AtomicInteger();
            Task<Integer> late = call(() -> Tasks.builder()
                    .deadline(SHORT)
                    .retry(RetryPolicy.maxAttempts(3))
                    .spawn(() -> {
                        runs.incrementAndGet();
                        return spinPast(SHORT);
                    }));

            assertThatThrownBy(late::join).hasCauseInstanceOf(TimeoutException.class);
            assertThat(runs).hasValue(1);
        }

        @Test
        @DisplayName("one that has ended in time has succeeded")
        void inTime() throws Exception {
            Task<Integer> early =
                    call(() -> Tasks.builder().timeout(LONG).deadline(LONG).spawn(() -> 1));

            assertThat(early.join()).isEqualTo(1);
        }
    }

    @Nested
    @DisplayName("Where no thread can be made for the timer")
    class NoThreads extends OneCore {
        NoThreads() {
            super(new TimerService(TimerServiceTest.none(), 0));
        }

        @Test
        @DisplayName("a task with a timeout fails with that error, and never runs")
        void timeout() throws Exception {
            AtomicBoolean ran = new AtomicBoolean();
            Task<?> task = call(() -> Tasks.builder().timeout(LONG).spawn(() -> ran.set(true)));

            assertThatThrownBy(task::join).hasCauseInstanceOf(OutOfMemoryError.class);
            assertThat(ran).isFalse();
        }

        @Test
        @DisplayName(
                "a task that is to be tried again after a while fails with its last failure; the error is suppressed")
        void backoff() throws Exception {
            IllegalStateException failure = new IllegalStateException("on purpose");
            Task<?> task =
                    call(() -> Tasks.builder().retry(RetryPolicy.maxAttempts(3)).spawn(() -> {
                        throw failure;
                    }));

            assertThatThrownBy(task::join).hasCause(failure);
            assertThat(failure.getSuppressed()).singleElement().isInstanceOf(OutOfMemoryError.class);
        }

        @Test
        @DisplayName("a spawn with a deadline throws it, in a region, too; nothing is left")
        void deadline() {
            assertThatThrownBy(() -> call(() -> Tasks.builder().deadline(LONG).spawn(() -> 1)))
                    .isInstanceOf(OutOfMemoryError.class);
            assertThatThrownBy(() -> call(() ->
                            Regions.bulk(() -> Tasks.builder().deadline(LONG).spawn(() -> 1))))
                    .isInstanceOf(OutOfMemoryError.class);
            assertThatThrownBy(() -> call(() -> Regions.withDeadline(LONG, () -> Tasks.spawn(() -> 1))))
                    .isInstanceOf(OutOfMemoryError.class);
            assertThatThrownBy(() -> call(() -> Tasks.builder().deadline(LONG).completable()))
                    .isInstanceOf(OutOfMemoryError.class);

            Awaitility.await().until(() -> core.inFlight() == 0);
            assertThat(core.waitingOutside()).isZero();
        }

        @Test
        @DisplayName("all else goes on")
        void others() throws Exception {
            Task<Integer> task = call(() -> Tasks.spawn(() -> 1));

            assertThat(task.join()).isEqualTo(1);
            assertThat(task.taskState()).isEqualTo(TaskState.SUCCEEDED);
        }
    }
}
