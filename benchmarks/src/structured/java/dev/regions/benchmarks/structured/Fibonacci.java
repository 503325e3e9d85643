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

/** The workload {@link dev.regions.benchmarks.Fibonacci}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(dev.regions.benchmarks.Fibonacci.SPAWNS)
public class Fibonacci {
    int n = dev.regions.benchmarks.Fibonacci.N;

    /** {@code StructuredTaskScope.fork} and {@code join}, in a scope per call. */
    @Benchmark
    public int structuredTaskScope() throws InterruptedException {
        try (var scope = StructuredTaskScope.open()) {
            var root = scope.fork(() -> structuredTaskScope(n));
            scope.join();
            return root.get();
        }
    }

    private static int structuredTaskScope(int n) throws InterruptedException {
        if (n < 2) {
            return n;
        }
        try (var scope = StructuredTaskScope.open()) {
            var other = scope.fork(() -> structuredTaskScope(n - 1));
            int one = structuredTaskScope(n - 2);
            scope.join();
            return one + other.get();
        }
    }
}
