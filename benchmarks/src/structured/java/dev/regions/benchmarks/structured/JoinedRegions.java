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

/** The workload {@link dev.regions.benchmarks.JoinedRegions}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(dev.regions.benchmarks.JoinedRegions.REGIONS)
public class JoinedRegions {
    int tasks = dev.regions.benchmarks.JoinedRegions.REGIONS * dev.regions.benchmarks.JoinedRegions.WIDTH;
    Runnable body = () -> {};

    /** {@code StructuredTaskScope.fork} and {@code join}, by a subtask. */
    @Benchmark
    public void structuredTaskScope() throws InterruptedException {
        try (var outer = StructuredTaskScope.open()) {
            outer.fork(() -> {
                for (int i = 0; i < tasks / dev.regions.benchmarks.JoinedRegions.WIDTH; i++) {
                    try (var scope = StructuredTaskScope.open()) {
                        for (int j = 0; j < dev.regions.benchmarks.JoinedRegions.WIDTH; j++) {
                            scope.fork(body);
                        }
                        scope.join();
                    }
                }
                return tasks;
            });
            outer.join();
        }
    }
}
