package dev.regions.benchmarks;

import dev.regions.benchmarks.About.Goal;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * How long one thread outside is busy with handing over a million independent tasks with empty bodies, their creation
 * included: until the bulk region has ended, or the last has been submitted. The tasks may run meanwhile, on the other
 * processors; that the last has run is awaited outside of the time. Who is not here is said at {@link BulkWorkload}.
 */
@About(
        title = "Bulk region: hand-over",
        text = "How long the spawning thread is busy with handing over a million empty tasks, creation included.",
        goals = {@Goal(atMost = 40)})
@OperationsPerInvocation(IndependentTasks.TASKS)
public class BulkHandOver extends BulkWorkload {
    /** A bulk region. */
    @Benchmark
    public void regions() {
        spawnInBulk();
    }

    /** {@code Tasks.spawn} without a region. */
    @Benchmark
    public void regionsOneByOne() {
        spawnOneByOne();
    }

    /** {@code ForkJoinPool.execute}. */
    @Benchmark
    public void forkJoinPool() {
        executeOneByOne();
    }

    /** {@code CompletableFuture.runAsync}. */
    @Benchmark
    public void completableFuture() {
        runAsyncOneByOne();
    }

    /** {@code CompletableFuture.thenRunAsync} on a future that is completed last: nothing starts before. */
    @Benchmark
    public void completableFutureInBulk() {
        runAsyncBehindGate();
    }

    /** {@code Executors.newVirtualThreadPerTaskExecutor}. */
    @Benchmark
    public void virtualThreadPerTask() {
        startOneByOne();
    }
}
