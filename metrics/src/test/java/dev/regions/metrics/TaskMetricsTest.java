package dev.regions.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.Limit;
import dev.regions.Regions;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Task metrics")
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TaskMetricsTest {

    private static TaskRuntime runtime() {
        return TaskRuntime.builder()
                .name("counted")
                .onUncaughtFailure(failure -> {})
                .build();
    }

    @Test
    @DisplayName("count tasks by how they end, without the barriers of queues, and attempts")
    void counts() throws Exception {
        AtomicInteger attempt = new AtomicInteger();
        try (TaskRuntime runtime = runtime();
                TaskMetrics metrics = TaskMetrics.of(runtime)) {
            runtime.run(() -> {
                Task<?> failed = Tasks.spawn(() -> {
                    throw new IllegalStateException("no");
                });
                Tasks.builder().requires(failed).spawn(() -> {});
                Task<?> external = Tasks.builder().completable().task();
                external.cancel();
                Tasks.builder()
                        .retry(RetryPolicy.maxAttempts(3))
                        .spawn(() -> {
                            if (attempt.incrementAndGet() < 3) {
                                throw new IllegalStateException("not yet");
                            }
                        })
                        .join();
                Regions.sequential(() -> {
                            Regions.bulk(() -> {
                                Tasks.spawn(() -> {});
                                Tasks.spawn(() -> {});
                            });
                            return Tasks.spawn(() -> {});
                        })
                        .join();
                failed.await();
            });
            metrics.flush();

            MetricsSnapshot snapshot = metrics.snapshot();

            assertThat(snapshot.runtime()).isEqualTo("counted");
            assertThat(snapshot.spawned()).isEqualTo(7);
            assertThat(snapshot.ended())
                    .containsEntry(TaskState.SUCCEEDED, 4L)
                    .containsEntry(TaskState.FAILED, 1L)
                    .containsEntry(TaskState.SKIPPED, 1L)
                    .containsEntry(TaskState.CANCELLED, 1L)
                    .containsEntry(TaskState.ABANDONED, 0L)
                    .hasSize(5);
            assertThat(snapshot.retries()).isEqualTo(2);
            assertThat(snapshot.ran().count()).isEqualTo(5);
            assertThat(snapshot.waitedForEdges().count()).isEqualTo(5);
            assertThat(snapshot.waitedForWorker().count()).isEqualTo(5);
            assertThat(snapshot.droppedEvents()).isZero();
        }
    }

    @Test
    @DisplayName("know how long bodies ran: as long as the task saw itself")
    void times() throws Exception {
        long[] seen = new long[2];
        try (TaskRuntime runtime = runtime();
                TaskMetrics metrics = TaskMetrics.of(runtime)) {
            long before = System.nanoTime();
            runtime.call(() -> Tasks.spawn(() -> {
                        seen[0] = System.nanoTime();
                        seen[1] = System.nanoTime();
                    }))
                    .join();
            metrics.flush();
            long atMost = System.nanoTime() - before;

            Times ran = metrics.snapshot().ran();

            assertThat(ran.count()).isEqualTo(1);
            assertThat(ran.max()).isBetween((long) (0.999 * (seen[1] - seen[0])), (long) (1.001 * atMost));
            assertThat(ran.p50()).isEqualTo(ran.max());
            assertThat(ran.mean()).isBetween(0.99 * ran.max(), 1.01 * ran.max());
            assertThat(ran.toString()).startsWith("1 times: mean ");
        }
    }

    @Test
    @DisplayName("show how full limits are, and what is in flight")
    void depths() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        Limit few = Limit.of("few", 1);
        try (TaskRuntime runtime = runtime();
                TaskMetrics metrics = TaskMetrics.of(runtime, few)) {
            runtime.run(() -> Regions.withLimit(few, () -> {
                Tasks.spawn(() -> {
                    running.countDown();
                    release.await();
                });
                Tasks.spawn(() -> {});
                Tasks.spawn(() -> {});
            }));
            running.await();

            MetricsSnapshot snapshot = metrics.snapshot();
            release.countDown();

            assertThat(snapshot.limits()).containsExactly(new LimitDepth("few", 1, 1, 2));
            assertThat(snapshot.inFlight()).isEqualTo(3);
            assertThat(snapshot.ready()).isZero();
            assertThat(snapshot.workers()).isPositive();
            assertThat(snapshot.ran()).isEqualTo(new Times(0, 0, 0, 0, 0, 0, 0));
        }
    }

    @Test
    @DisplayName("are asked for so")
    void example() throws Exception {
        TaskRuntime runtime = runtime();
        Limit database = Limit.of("database", 4);
        // @start region=metrics
        try (TaskMetrics metrics = TaskMetrics.of(runtime, database)) {
            runtime.call(() -> Tasks.spawn(() -> {})).join();
            metrics.flush();
            MetricsSnapshot now = metrics.snapshot();
            System.out.println(now.ended() + ", ran " + now.ran() + ", " + now.limits());
            // @end
            assertThat(now.ended()).containsEntry(TaskState.SUCCEEDED, 1L);
        }
        runtime.close();
    }
}
