package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.queue.ChainPolicy;
import dev.regions.queue.PendingTask;
import dev.regions.queue.RegionAction;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A sequential region")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class SequentialRegionTest {

    @Test
    @DisplayName("is left intact by an empty batch")
    void emptyBatchInAChain() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicReference<Task<?>> second = new AtomicReference<>();
        Queue<Integer> ran = new ConcurrentLinkedQueue<>();

        Regions.sequential(() -> {
            Tasks.spawn(() -> {
                await(release);
                ran.add(1);
            });
            Regions.bulk(() -> {});
            TaskRuntime.currentQueue().enqueue(TaskBatch.of());
            second.set(Tasks.spawn(() -> ran.add(2)));
        });
        assertThat(second.get().taskState()).isEqualTo(TaskState.WAITING);
        release.countDown();

        second.get().await();
        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    @DisplayName("with two batches of 1000 tasks has about 3000 edges, not a million")
    void barrierBetweenBatches() throws Exception {
        AtomicLong edges = new AtomicLong();
        AtomicInteger first = new AtomicInteger();
        AtomicInteger early = new AtomicInteger();

        Regions.joined(() -> Regions.withQueue(upstream -> new EdgeCount(upstream, edges), () -> {
            Regions.sequential(() -> {
                Regions.bulk(() -> {
                    for (int i = 0; i < 1000; i++) {
                        Tasks.spawn(first::incrementAndGet);
                    }
                });
                Regions.bulk(() -> {
                    for (int i = 0; i < 1000; i++) {
                        Tasks.spawn(() -> {
                            if (first.get() < 1000) {
                                early.incrementAndGet();
                            }
                        });
                    }
                });
            });
        }));

        // 1000 into the barrier after the first batch, 1000 out of it; 1000 into the barrier after the second, and one
        // from barrier to barrier.
        assertThat(edges).hasValue(3001);
        assertThat(early).hasValue(0);
    }

    private record EdgeCount(TaskQueue upstream, AtomicLong edges) implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {
            edges.addAndGet(task.dependencies().size());
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            batch.tasks().forEach(task -> edges.addAndGet(task.dependencies().size()));
            upstream.enqueue(batch);
        }
    }

    @Test
    @DisplayName("keeps its order around a cancelled task: the successor does not overtake the predecessor")
    void cancelledTaskKeepsItsPlace() throws Exception {
        for (boolean beforeLaunch : List.of(true, false)) {
            CountDownLatch firstRuns = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            List<Task<?>> tasks = new ArrayList<>();

            Regions.bulk(() -> {
                Regions.sequential(ChainPolicy.CONTINUE, () -> {
                    tasks.add(Tasks.spawn(() -> {
                        firstRuns.countDown();
                        await(release);
                    }));
                    tasks.add(Tasks.spawn(() -> {}));
                    tasks.add(Tasks.spawn(() -> {}));
                });
                if (beforeLaunch) {
                    tasks.get(1).cancel();
                }
            });
            await(firstRuns);
            tasks.get(1).cancel();
            assertThat(tasks.get(1).taskState()).isEqualTo(TaskState.CANCELLED);
            assertThat(tasks.get(2).taskState()).isEqualTo(TaskState.WAITING);
            release.countDown();

            tasks.get(2).await();
            assertThat(tasks.get(2).taskState()).isEqualTo(TaskState.SUCCEEDED);
        }
    }

    @Test
    @DisplayName(
            "that continues skips a nested region that does not, after a failure in a batch as after one of a task")
    void failureOfBatchBeforeFailChain() throws Exception {
        for (boolean inBatch : List.of(true, false)) {
            List<Task<?>> tasks = new ArrayList<>();

            Regions.sequential(ChainPolicy.CONTINUE, () -> {
                RegionAction<RuntimeException> failing = () -> tasks.add(Tasks.spawn(() -> {
                    throw new IllegalStateException("on purpose");
                }));
                if (inBatch) {
                    Regions.bulk(failing);
                } else {
                    failing.run();
                }
                Regions.sequential(ChainPolicy.SKIP_REST, () -> tasks.add(Tasks.spawn(() -> {})));
                tasks.add(Tasks.spawn(() -> {}));
            });
            for (Task<?> task : tasks) {
                task.await();
            }

            assertThat(tasks)
                    .extracting(Task::taskState)
                    .containsExactly(TaskState.FAILED, TaskState.SKIPPED, TaskState.SUCCEEDED);
            assertThat(tasks.get(0).exceptionNow()).hasMessage("on purpose");
        }
    }
}
