package dev.regions.benchmarks;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What all workloads share: they measure the mean time per task, and their {@code ForkJoinPool} has as many threads as
 * there are processors.
 *
 * <p>A workload has one method per peer. Ours is named {@code regions}, other ways to do it with Regions begin with
 * that name. {@code sequential}, where there is one, is the same work done by one thread without any tasks. The size is
 * a field, which the tests make small; so are the bodies, which the tests replace by ones that leave a trace.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public abstract class Workload {
    final ForkJoinPool pool = new ForkJoinPool();

    /** Ends the peers' threads. */
    @TearDown
    public void close() {
        pool.close();
    }

    final void awaitPool() {
        pool.awaitQuiescence(1, TimeUnit.HOURS);
    }
}
