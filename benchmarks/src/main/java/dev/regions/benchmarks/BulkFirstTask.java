package dev.regions.benchmarks;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/**
 * As {@link BulkHandOver}, but until a thread that waits sees that the first of the tasks runs. Only what nothing
 * starts before its end can be compared here. Reactor cannot: its {@code Mono}s do nothing before they are subscribed
 * to, but that is done one by one, and the first runs meanwhile. Nor can {@code sequential}, which runs the first at
 * once.
 */
@About(title = "Bulk region: first task", text = "The same, until the first task is seen to run.")
@OperationsPerInvocation(IndependentTasks.TASKS)
public class BulkFirstTask extends BulkWorkload {
    volatile boolean started;
    private volatile @Nullable Thread waiting;

    /** Makes the body: the first one to run says so. */
    @Setup(Level.Invocation)
    public void reset() {
        started = false;
        waiting = Thread.currentThread();
        body = () -> {
            if (!started) {
                started = true;
                LockSupport.unpark(waiting);
            }
        };
    }

    private boolean awaitFirst() {
        while (!started) {
            LockSupport.park(this);
        }
        return started;
    }

    /** A bulk region. */
    @Benchmark
    public boolean regions() {
        spawnInBulk();
        return awaitFirst();
    }

    /** {@code CompletableFuture.thenRunAsync} on a future that is completed last. */
    @Benchmark
    public boolean completableFutureInBulk() {
        runAsyncBehindGate();
        return awaitFirst();
    }
}
