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

/** The workload {@link dev.regions.benchmarks.IndependentTasksFromTask}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(dev.regions.benchmarks.IndependentTasks.TASKS)
public class IndependentTasksFromTask {
    int tasks = dev.regions.benchmarks.IndependentTasks.TASKS;
    Runnable body = () -> {};

    /** {@code StructuredTaskScope.fork} by a subtask, in a scope of its own: nobody may fork in that of another. */
    @Benchmark
    public void structuredTaskScope() throws InterruptedException {
        try (var outer = StructuredTaskScope.open()) {
            outer.fork(() -> {
                try (var scope = StructuredTaskScope.open()) {
                    for (int i = 0; i < tasks; i++) {
                        scope.fork(body);
                    }
                    scope.join();
                }
                return tasks;
            });
            outer.join();
        }
    }
}
