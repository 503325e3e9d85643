package dev.regions.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** As {@link BulkHandOver}, but until the last task has run. Who is not here is said at {@link BulkWorkload}. */
@About(title = "Bulk region: last task", text = "The same, until the last task has run.")
@OperationsPerInvocation(IndependentTasks.TASKS)
public class BulkLastTask extends BulkWorkload {
    /** A bulk region. */
    @Benchmark
    public void regions() {
        spawnInBulk();
        awaitAll();
    }

    /** {@code Tasks.spawn} without a region. */
    @Benchmark
    public void regionsOneByOne() {
        spawnOneByOne();
        awaitAll();
    }

    /** {@code ForkJoinPool.execute}. */
    @Benchmark
    public void forkJoinPool() {
        executeOneByOne();
        awaitAll();
    }

    /** {@code CompletableFuture.runAsync}. */
    @Benchmark
    public void completableFuture() {
        runAsyncOneByOne();
        awaitAll();
    }

    /** {@code CompletableFuture.thenRunAsync} on a future that is completed last: nothing starts before. */
    @Benchmark
    public void completableFutureInBulk() {
        runAsyncBehindGate();
        awaitAll();
    }

    /** {@code Executors.newVirtualThreadPerTaskExecutor}. */
    @Benchmark
    public void virtualThreadPerTask() {
        startOneByOne();
        awaitAll();
    }
}
