package dev.regions.benchmarks.structured;

import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** The workload {@link dev.regions.benchmarks.TasksWithWork}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(dev.regions.benchmarks.TasksWithWork.TASKS)
public class TasksWithWork {
    int tasks = dev.regions.benchmarks.TasksWithWork.TASKS;

    /** About how long a task works. */
    @Param({"1", "10", "100"})
    public int microseconds = 1;

    Runnable body = () -> {};

    /** Makes the body. */
    @Setup
    public void setBody() {
        long tokens = microseconds * dev.regions.benchmarks.TasksWithWork.TOKENS_PER_MICROSECOND;
        body = () -> Blackhole.consumeCPU(tokens);
    }

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
