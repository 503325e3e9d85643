package dev.regions.benchmarks.structured;

import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The workload {@link dev.regions.benchmarks.Skynet}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(dev.regions.benchmarks.Skynet.TASKS)
public class Skynet {
    private static final int FAN = dev.regions.benchmarks.Skynet.FAN;

    int leaves = dev.regions.benchmarks.Skynet.LEAVES;

    /** {@code StructuredTaskScope.fork} and {@code join}, in a scope per inner task. */
    @Benchmark
    public long structuredTaskScope() throws InterruptedException {
        try (var scope = StructuredTaskScope.open()) {
            var root = scope.fork(() -> structuredTaskScope(0, leaves));
            scope.join();
            return root.get();
        }
    }

    private static long structuredTaskScope(long first, int size) throws InterruptedException {
        if (size == 1) {
            return first;
        }
        int each = size / FAN;
        try (var scope = StructuredTaskScope.open(StructuredTaskScope.Joiner.<Long>allSuccessfulOrThrow())) {
            for (int i = 0; i < FAN; i++) {
                long firstOfChild = first + (long) i * each;
                scope.fork(() -> structuredTaskScope(firstOfChild, each));
            }
            return scope.join().mapToLong(StructuredTaskScope.Subtask::get).sum();
        }
    }
}
