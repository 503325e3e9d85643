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

/** The workload {@link dev.regions.benchmarks.SequentialRegion}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(dev.regions.benchmarks.SequentialRegion.BATCHES)
public class SequentialRegion {
    int batches = dev.regions.benchmarks.SequentialRegion.BATCHES;
    Runnable body = () -> {};

    /** {@code StructuredTaskScope.fork} and {@code join}, in a scope per batch. */
    @Benchmark
    public void structuredTaskScope() throws InterruptedException {
        for (int i = 0; i < batches; i++) {
            try (var scope = StructuredTaskScope.open()) {
                for (int j = 0; j < dev.regions.benchmarks.SequentialRegion.WIDTH; j++) {
                    scope.fork(body);
                }
                scope.join();
            }
        }
    }
}
