package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static dev.regions.Handshakes.onAnotherThread;
import static dev.regions.Handshakes.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.BulkQueue;
import dev.regions.queue.ChainPolicy;
import dev.regions.queue.JoinedQueue;
import dev.regions.queue.PendingTask;
import dev.regions.queue.RegionAction;
import dev.regions.queue.SequentialQueue;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.QueueClosedException;
import dev.regions.task.Task;
import dev.regions.task.TaskSkippedException;
import dev.regions.task.TaskState;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What upstream got wrong or fixed later, row by row. */
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class LaterFixesTest {

    @Test
    @DisplayName("D1 Bulk body throws: nothing runs, every handle is ABANDONED, waiters on other threads are released")
    void bulkBodyThrows() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        List<Task<?>> tasks = new ArrayList<>();
        AtomicReference<FutureTask<String>> waiter = new AtomicReference<>();

        assertThatThrownBy(() -> Regions.bulk(() -> {
                    tasks.add(Tasks.spawn(ran::incrementAndGet));
                    Regions.sequential(() -> tasks.add(Tasks.spawn(ran::incrementAndGet)));
                    tasks.add(Tasks.spawn(tasks.get(0), x -> ran.incrementAndGet()));
                    waiter.set(startParked(() -> outcomeOf(tasks.get(0))));
                    throw new java.io.IOException("on purpose");
                }))
                .isInstanceOf(java.io.IOException.class);

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

    /** Starts something on another thread that waits, and returns once it does. */
    private static <T> FutureTask<T> startParked(java.util.concurrent.Callable<T> body) {
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
    @DisplayName("D2 A batch is published atomically: no task of a million has started while any is not wired")
    void batchIsPublishedAtomically() throws Exception {
        int count = 1_000_000;
        AtomicInteger unlaunchedSeen = new AtomicInteger();
        AtomicReference<Task<?>> last = new AtomicReference<>();
        AtomicInteger ran = new AtomicInteger();

        try (TaskRuntime runtime = TaskRuntime.builder().name("D2").build()) {
            runtime.run(() -> Regions.bulk(() -> {
                for (int i = 0; i < count; i++) {
                    last.set(Tasks.spawn(() -> {
                        // The last task is wired last. If it is launched but its guard is still on, wiring is not over.
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
    @DisplayName("D2 A batch that cannot be launched as a whole launches nothing of it")
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
    @DisplayName("D3 An empty batch leaves a sequential chain intact")
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
    @DisplayName("D4 1000 tasks after 1000 tasks in a sequential region: about 2000 edges, not a million")
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
        // from
        // barrier to barrier.
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
    @DisplayName("D5 cancel() on an unlaunched task: it never runs, hard dependents are skipped, soft dependents run")
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
    @DisplayName("D5 A task cancelled in the middle of a sequence does not let its successor overtake its predecessor")
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
    @DisplayName("A task that runs in place, and joins another in place, leaves the scope of the outermost task open")
    void inPlaceInsideInPlaceInsideScope() throws Exception {
        for (int i = 0; i < 1000; i++) { // each join may run its task in place, or find it taken
            Task<Integer> outermost = Tasks.spawn(() -> {
                try (RegionScope scope = Regions.joined()) {
                    Task<Integer> inner = scope.fork(() -> Tasks.spawn(() -> 1).join() + 1);
                    scope.join();
                    return inner.join() + 1;
                }
            });

            assertThat(outermost.join()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName(
            "Of two threads that cancel a task which cannot end meanwhile, one is told that it did, and the task is cancelled")
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

    @Test
    @DisplayName(
            "A chain that continues, and then does not: a failure in a batch skips what comes next, as that of a task does")
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
        }
    }

    @Test
    @DisplayName("D8 A handle dropped by the user: the task still runs, and dependents still get its result")
    void droppedHandle() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Task<Integer> dependent = Tasks.spawn(
                Tasks.spawn(() -> {
                    await(release);
                    return 41;
                }),
                x -> x + 1);
        CountDownLatch effect = new CountDownLatch(1);
        Tasks.builder().after(dependent).spawn(effect::countDown);

        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        release.countDown();

        assertThat(dependent.join()).isEqualTo(42);
        await(effect);
    }

    @Test
    @DisplayName("D8 What is spent is let go of: a result is kept by its handle alone")
    void spentInputsAreLetGo() throws Exception {
        Task<byte[]> big = Tasks.spawn(() -> new byte[1 << 20]);
        WeakReference<byte[]> result = new WeakReference<>(big.join());
        Task<Integer> size = Tasks.spawn(big, bytes -> bytes.length);
        assertThat(size.join()).isEqualTo(1 << 20);

        big = null;

        Awaitility.await().until(() -> {
            System.gc();
            return result.get() == null;
        });
        assertThat(size.join()).isEqualTo(1 << 20);
    }

    @RepeatedTest(20)
    @DisplayName(
            "D10 A predecessor that fails while its edge is made: the dependent is skipped, never run, never stuck")
    void failureWhileTheEdgeIsMade() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        List<Task<?>> dependents = new ArrayList<>();

        for (int i = 0; i < 500; i++) {
            AtomicBoolean go = new AtomicBoolean();
            Task<Integer> failing = Tasks.spawn(() -> {
                while (!go.get()) {
                    Thread.onSpinWait();
                }
                throw new IllegalStateException("on purpose");
            });
            go.set(true);
            for (int spins = i % 50; spins > 0; spins--) {
                Thread.onSpinWait();
            }
            dependents.add(Tasks.spawn(failing, x -> ran.incrementAndGet()));
            dependents.add(Tasks.builder().requires(failing).spawn(() -> ran.incrementAndGet()));
        }
        for (Task<?> dependent : dependents) {
            assertThatThrownBy(dependent::join)
                    .isInstanceOf(TaskSkippedException.class)
                    .hasRootCauseMessage("on purpose");
            assertThat(dependent.taskState()).isEqualTo(TaskState.SKIPPED);
        }
        assertThat(ran).hasValue(0);
    }

    @Test
    @DisplayName(
            "D12 A ready task is not stuck behind its submitter: one that spins forever does not keep it from running")
    void spinningSubmitter() throws Exception {
        CountDownLatch ran = new CountDownLatch(2);
        AtomicBoolean stop = new AtomicBoolean();

        Task<?> spinning = Tasks.spawn(() -> {
            Tasks.spawn(ran::countDown);
            Tasks.spawn(Tasks.spawn(() -> 1), x -> {
                ran.countDown();
                return x;
            });
            while (!stop.get()) {
                Thread.onSpinWait();
            }
        });
        await(ran);
        stop.set(true);

        spinning.await();
    }

    @Test
    @DisplayName("D13 The collection of edges is copied: changing it afterwards changes nothing")
    void edgesAreCopied() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Task<Integer> first = Tasks.spawn(() -> {
            await(release);
            return 1;
        });
        List<Task<Integer>> arguments = new ArrayList<>(List.of(first));
        List<Task<?>> edges = new ArrayList<>(List.of(first));

        Task<Integer> sum =
                Tasks.spawn(arguments, ones -> ones.stream().mapToInt(x -> x).sum());
        Task<?> required = Tasks.builder().requires(edges).spawn(() -> {});
        Task<?> after = Tasks.builder().after(edges).spawn(() -> {});
        arguments.clear();
        edges.clear();
        edges.add(Tasks.spawn(() -> {
            throw new IllegalStateException("nobody depends on this");
        }));
        assertThat(List.of(sum, required, after)).allMatch(task -> task.taskState() == TaskState.WAITING);
        release.countDown();

        assertThat(sum.join()).isEqualTo(1);
        required.await();
        after.await();
        assertThat(List.of(required, after)).allMatch(task -> task.taskState() == TaskState.SUCCEEDED);
        edges.get(0).cancel();
        edges.get(0).toCompletableFuture();
    }

    @RepeatedTest(20)
    @DisplayName("D14 Several threads spawn into a sequential region that another queue parts from the one around it")
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

    @RepeatedTest(20)
    @DisplayName("D14 Several threads spawn into one region: nothing is lost, and each thread's own order holds")
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

    /** Lets several regions share one queue: the end of one of them does not end it. */
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

    @Test
    @DisplayName("D15 Enqueueing into a queue that has ended throws; nothing hangs")
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

    @Test
    @DisplayName("A region that is given up on another thread ends, though a bulk region around it holds a batch of it")
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

    @RepeatedTest(20)
    @DisplayName("D16 An interrupt meant for one task is never seen by the next on that thread")
    void interruptsDoNotLeak() throws Exception {
        AtomicInteger leaked = new AtomicInteger();
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
    @DisplayName("D16 A task that interrupts itself does not interrupt the next one")
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
