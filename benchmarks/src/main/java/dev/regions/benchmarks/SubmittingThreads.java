package dev.regions.benchmarks;

import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A million independent tasks with empty bodies, spawned by several platform threads at the same time, each its share,
 * until the last has run. {@code StructuredTaskScope} is not here: only the thread that opened a scope may fork in it.
 * {@code CountedCompleter} is not here for the reason said at {@link IndependentTasks}, where {@code sequential} is,
 * too: one thread cannot be several.
 */
@About(
        title = "Several submitting threads",
        text = "A million empty tasks, spawned by several platform threads at once.")
@OperationsPerInvocation(IndependentTasks.TASKS)
public class SubmittingThreads extends Workload {
    int tasks = IndependentTasks.TASKS;
    Body body = Body.EMPTY;

    /** How many threads spawn. */
    @Param({"1", "2", "4", "8"})
    public int threads = 1;

    private final ExecutorService submitters = Executors.newCachedThreadPool();

    /** Ends the threads that spawn. */
    @TearDown
    public void closeSubmitters() {
        submitters.close();
    }

    private void onEachThread(Runnable share) throws InterruptedException {
        Callable<Object> call = Executors.callable(share);
        for (Future<Object> submitted : submitters.invokeAll(Collections.nCopies(threads, call))) {
            try {
                submitted.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a submitting thread failed", e.getCause());
            }
        }
    }

    /** {@code Tasks.spawn}. */
    @Benchmark
    public void regions() throws InterruptedException {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            onEachThread(() -> runtime.run(() -> {
                for (int i = 0; i < tasks / threads; i++) {
                    Tasks.spawn(body);
                }
            }));
        }
    }

    /** {@code ForkJoinPool.execute}. */
    @Benchmark
    public void forkJoinPool() throws InterruptedException {
        onEachThread(() -> {
            for (int i = 0; i < tasks / threads; i++) {
                pool.execute(body);
            }
        });
        awaitPool();
    }

    /** {@code CompletableFuture.runAsync}. */
    @Benchmark
    public void completableFuture() throws InterruptedException {
        onEachThread(() -> {
            for (int i = 0; i < tasks / threads; i++) {
                CompletableFuture.runAsync(body, pool);
            }
        });
        awaitPool();
    }

    /** {@code Executors.newVirtualThreadPerTaskExecutor}. */
    @Benchmark
    public void virtualThreadPerTask() throws InterruptedException {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            onEachThread(() -> {
                for (int i = 0; i < tasks / threads; i++) {
                    executor.execute(body);
                }
            });
        }
    }

    /** Reactor: what {@link IndependentTasks#reactor} does, on each thread with its share. */
    @Benchmark
    public void reactor() throws InterruptedException {
        onEachThread(() -> Flux.range(0, tasks / threads)
                .flatMap(i -> Mono.fromRunnable(body).subscribeOn(Schedulers.parallel()))
                .blockLast());
    }
}
