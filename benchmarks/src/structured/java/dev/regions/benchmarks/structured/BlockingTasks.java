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

/** The workload {@link dev.regions.benchmarks.BlockingTasks}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(dev.regions.benchmarks.BlockingTasks.TASKS)
public class BlockingTasks {
    int tasks = dev.regions.benchmarks.BlockingTasks.TASKS;
    Runnable body = () -> dev.regions.benchmarks.BlockingTasks.sleep(dev.regions.benchmarks.BlockingTasks.MILLISECONDS);

    /** {@code StructuredTaskScope.fork}. */
    @Benchmark
    public void structuredTaskScope() throws InterruptedException {
        try (var scope = StructuredTaskScope.open()) {
            for (int i = 0; i < tasks; i++) {
                scope.fork(body);
            }
            scope.join();
        }
    }
}
