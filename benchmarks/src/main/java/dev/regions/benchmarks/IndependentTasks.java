package dev.regions.benchmarks;

import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A million independent tasks with empty bodies, spawned by one thread outside, until the last has run. Each peer is waited
 * for in the way that costs it nothing per task.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(IndependentTasks.TASKS)
public class IndependentTasks {
    static final int TASKS = 1_000_000;

    private final ForkJoinPool pool = new ForkJoinPool();

    /** Ends the peer's threads. */
    @TearDown
    public void close() {
        pool.close();
    }

    /** {@code Tasks.spawn}. */
    @Benchmark
    public void regions() {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> {
                for (int i = 0; i < TASKS; i++) {
                    Tasks.spawn(() -> {});
                }
            });
        }
    }

    /** {@code ForkJoinPool.execute}. */
    @Benchmark
    public void forkJoinPool() {
        for (int i = 0; i < TASKS; i++) {
            pool.execute(() -> {});
        }
        pool.awaitQuiescence(1, TimeUnit.MINUTES);
    }

    /** {@code CompletableFuture.runAsync}. */
    @Benchmark
    public void completableFuture() {
        for (int i = 0; i < TASKS; i++) {
            CompletableFuture.runAsync(() -> {}, pool);
        }
        pool.awaitQuiescence(1, TimeUnit.MINUTES);
    }

    /** {@code Executors.newVirtualThreadPerTaskExecutor}. */
    @Benchmark
    public void virtualThreadPerTask() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < TASKS; i++) {
                threads.execute(() -> {});
            }
        }
    }
}
