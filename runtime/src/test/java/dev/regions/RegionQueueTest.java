package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.onAnotherThread;
import static dev.regions.Handshakes.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.BulkQueue;
import dev.regions.queue.ChainPolicy;
import dev.regions.queue.JoinedQueue;
import dev.regions.queue.PendingTask;
import dev.regions.queue.SequentialQueue;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.QueueClosedException;
import dev.regions.task.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The queue of a region")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class RegionQueueTest {

    @RepeatedTest(20)
    @DisplayName("takes tasks from several threads: none is lost, and the order of each thread holds")
    void severalThreadsInOneRegion() throws Exception {
        int threads = 4;
        int each = 250;
        for (boolean bulk : List.of(false, true)) {
            Queue<int[]> ran = new ConcurrentLinkedQueue<>();
            CyclicBarrier together = new CyclicBarrier(threads);
            JoinedQueue joined = new JoinedQueue(TaskRuntime.currentQueue());
            BulkQueue collected = new BulkQueue(joined);
            SequentialQueue sequence = new SequentialQueue(bulk ? collected : joined, ChainPolicy.SKIP_REST);

            List<FutureTask<Void>> spawning = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                spawning.add(start(() -> Regions.withQueue(upstream -> new Shared(sequence), () -> {
                    together.await(SECONDS, TimeUnit.SECONDS);
                    for (int i = 0; i < each; i++) {
                        int index = i;
                        Tasks.spawn(() -> ran.add(new int[] {thread, index}));
                    }
                    return null;
                })));
            }
            for (FutureTask<Void> spawner : spawning) {
                spawner.get(SECONDS, TimeUnit.SECONDS);
            }
            sequence.close();
            collected.close();
            joined.join();

            assertThat(ran).hasSize(threads * each);
            int[] next = new int[threads];
            for (int[] step : ran) {
                assertThat(step[1]).isEqualTo(next[step[0]]++);
            }
        }
    }

    @RepeatedTest(20)
    @DisplayName("takes tasks from several threads if two chains order them, with another queue between the chains")
    void severalThreadsInTwoChains() throws Exception {
        int threads = 4;
        List<Task<?>> tasks = Collections.synchronizedList(new ArrayList<>());
        for (ChainPolicy policy : ChainPolicy.values()) {
            CyclicBarrier together = new CyclicBarrier(threads);
            Regions.sequential(policy, () -> {
                try (RegionScope scope = Regions.sequential()) {
                    TaskQueue inner = TaskRuntime.currentQueue();
                    List<FutureTask<Void>> spawning = new ArrayList<>();
                    for (int t = 0; t < threads; t++) {
                        spawning.add(start(() -> Regions.withQueue(upstream -> new Shared(inner), () -> {
                            together.await(SECONDS, TimeUnit.SECONDS);
                            for (int i = 0; i < 100; i++) {
                                tasks.add(Tasks.spawn(() -> {}));
                            }
                            return null;
                        })));
                    }
                    for (FutureTask<Void> spawner : spawning) {
                        spawner.get(SECONDS, TimeUnit.SECONDS);
                    }
                    scope.launch();
                }
            });
        }

        for (Task<?> task : tasks) {
            task.get(SECONDS, TimeUnit.SECONDS); // no two of them wait for each other
        }
    }

    @Test
    @DisplayName("refuses tasks once it is closed: enqueueing throws, and nothing hangs")
    void endedQueueRefuses() throws Exception {
        List<TaskQueue> ended = new ArrayList<>();
        Regions.bulk(() -> ended.add(TaskRuntime.currentQueue()));
        Regions.sequential(() -> ended.add(TaskRuntime.currentQueue()));
        Regions.joined(() -> ended.add(TaskRuntime.currentQueue()));
        try (var scope = Regions.bulk()) {
            ended.add(TaskRuntime.currentQueue());
            scope.launch();
        }
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            ended.add(runtime.call(TaskRuntime::currentQueue));
        }
        AtomicInteger ran = new AtomicInteger();

        for (TaskQueue queue : ended) {
            assertThatThrownBy(() ->
                            Regions.withQueue(upstream -> new Shared(queue), () -> Tasks.spawn(ran::incrementAndGet)))
                    .as("%s", queue)
                    .isInstanceOf(QueueClosedException.class);
            assertThatThrownBy(() -> Regions.withQueue(
                            upstream -> new Shared(queue), () -> Regions.bulk(() -> Tasks.spawn(() -> 1))))
                    .as("%s", queue)
                    .isInstanceOf(QueueClosedException.class);
        }
        assertThat(ran).hasValue(0);
        assertThat(onAnotherThread(() -> Tasks.spawn(() -> 1).join())).isEqualTo(1);
    }

    /** Lets several regions share one queue: the end of one of them does not close it. */
    private record Shared(TaskQueue upstream) implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            upstream.enqueue(batch);
        }
    }
}
