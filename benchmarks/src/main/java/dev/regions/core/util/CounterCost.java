package dev.regions.core.util;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it costs to count one task, where nobody competes: the reason for {@link StripedCounter}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CounterCost {
    private final StripedCounter striped = new StripedCounter();
    private final LongAdder adder = new LongAdder();

    /** Ours. */
    @Benchmark
    public void regions() {
        striped.add(1);
    }

    /** {@code LongAdder}. */
    @Benchmark
    public void longAdder() {
        adder.increment();
    }
}
