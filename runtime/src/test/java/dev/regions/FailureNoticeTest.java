package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.onAnotherThread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.queue.ChainPolicy;
import dev.regions.queue.Joiner;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.RegionFailedException;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskAction;
import dev.regions.task.TaskState;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The queue of a region is notified")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class FailureNoticeTest {
    private static final TaskAction FAILING = () -> {
        throw new IllegalStateException("on purpose");
    };

    private final TaskRuntime runtime =
            TaskRuntime.builder().onUncaughtFailure(failure -> {}).build();
    private final AtomicInteger told = new AtomicInteger();

    /** Counts its notifications. */
    private class Told implements TaskQueue {
        private final TaskQueue upstream;

        Told(TaskQueue upstream) {
            this.upstream = upstream;
        }

        @Override
        public void enqueue(PendingTask task) {
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            upstream.enqueue(batch);
        }

        @Override
        public void onTaskFailed() {
            told.incrementAndGet();
        }
    }

    private void inRegion(TaskAction body) throws Exception {
        runtime.run(() -> Regions.withQueue(Told::new, body::run));
    }

    private void assertTold(int times) throws Exception {
        Awaitility.await().until(() -> told.get() >= times);
        close();
        assertThat(told).hasValue(times);
    }

    @AfterEach
    void close() throws Exception {
        onAnotherThread(() -> {
            runtime.close();
            return null;
        });
    }

    @Test
    @DisplayName("of a task whose body throws; not of one that is skipped for it, cancelled, or succeeds")
    void onlyFailures() throws Exception {
        CountDownLatch never = new CountDownLatch(1);

        inRegion(() -> {
            Task<?> failing = Tasks.spawn(FAILING);
            Task<?> skipped = Tasks.spawn(failing, nothing -> nothing);
            Task<?> blocked = Tasks.spawn(() -> never.await());
            Task<?> cancelled = Tasks.spawn(blocked, nothing -> nothing);
            cancelled.cancel();
            blocked.cancel();
            Task<?> succeeding = Tasks.spawn(() -> 1);
            for (Task<?> task : new Task<?>[] {failing, skipped, blocked, cancelled, succeeding}) {
                task.await();
            }
        });

        assertTold(1);
    }

    @Test
    @DisplayName("of a task that misses its deadline, whether it runs or waits")
    void deadlines() throws Exception {
        CountDownLatch never = new CountDownLatch(1);

        inRegion(() -> {
            Task<?> blocked = Tasks.spawn(() -> never.await());
            TaskBuilder late = Tasks.builder().deadline(Duration.ofMillis(1));
            Task<?> waiting = late.spawn(blocked, nothing -> nothing);
            Task<?> running = late.spawn(() -> never.await());
            waiting.await();
            running.await();
            assertThat(waiting.taskState()).isEqualTo(TaskState.FAILED);
            assertThat(running.taskState()).isEqualTo(TaskState.FAILED);
            blocked.cancel();
        });

        assertTold(2);
    }

    @Test
    @DisplayName("of the last attempt of a task, not of those before")
    void lastAttempt() throws Exception {
        inRegion(() ->
                Tasks.builder().retry(RetryPolicy.maxAttempts(3)).spawn(FAILING).await());

        assertTold(1);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("of a failure in a region inside it, of each kind")
    void inner(Kind kind) throws Exception {
        inRegion(() -> {
            try {
                kind.run();
            } catch (RegionFailedException expected) {
                assertThat(expected.getSuppressed()).isEmpty();
            }
        });

        assertTold(1);
    }

    enum Kind {
        BULK {
            @Override
            void run() {
                Regions.bulk(() -> Tasks.spawn(FAILING));
            }
        },
        SEQUENTIAL {
            @Override
            void run() {
                Regions.sequential(ChainPolicy.CONTINUE, () -> Tasks.spawn(FAILING));
            }
        },
        JOINED {
            @Override
            void run() throws Exception {
                Regions.joined(() -> Tasks.spawn(FAILING));
            }
        },
        JUDGED {
            @Override
            void run() throws Exception {
                Regions.joined(Joiner.allCompleted(), () -> Tasks.spawn(FAILING));
            }
        },
        WITHIN {
            @Override
            void run() {
                Regions.withDeadline(Duration.ofDays(1), () -> Tasks.spawn(FAILING));
            }
        },
        LIMITED {
            @Override
            void run() {
                Regions.withLimit(Limit.of("limit", 1), () -> Tasks.spawn(FAILING));
            }
        },
        SCOPE {
            @Override
            void run() throws Exception {
                try (var scope = Regions.bulk()) {
                    scope.fork(FAILING);
                    scope.join();
                }
            }
        };

        abstract void run() throws Exception;
    }

    @Test
    @DisplayName("and if it throws then, tasks after the failed one run all the same, and the exception is logged")
    void throwing() throws Exception {
        try (LogRecords log = LogRecords.containing("a callback of a completed task has failed")) {
            failInThrowingQueue();
            assertThat(log.await(1).thrown()).singleElement().satisfies(thrown -> assertThat(thrown)
                    .hasMessage("by the queue"));
        }

        assertTold(1);
    }

    private void failInThrowingQueue() throws Exception {
        runtime.run(() -> {
            TaskQueue throwing = new Told(TaskRuntime.currentQueue()) {
                @Override
                public void onTaskFailed() {
                    super.onTaskFailed();
                    throw new IllegalStateException("by the queue");
                }
            };
            Regions.withQueue(upstream -> throwing, () -> {
                Task<?> failing = Tasks.spawn(FAILING);
                Task<Integer> after = Tasks.builder().after(failing).spawn(() -> 1);
                assertThat(after.join()).isEqualTo(1);
                assertThat(failing.taskState()).isEqualTo(TaskState.FAILED);
            });
        });
    }
}
