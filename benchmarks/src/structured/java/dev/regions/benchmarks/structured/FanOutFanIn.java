package dev.regions.benchmarks.structured;

import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The workload {@link dev.regions.benchmarks.FanOutFanIn}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(dev.regions.benchmarks.FanOutFanIn.ROUNDS * (dev.regions.benchmarks.FanOutFanIn.WIDTH + 1))
public class FanOutFanIn {
    int rounds = dev.regions.benchmarks.FanOutFanIn.ROUNDS;
    int width = dev.regions.benchmarks.FanOutFanIn.WIDTH;
    Function<Object, Object> step = argument -> argument;

    /** {@code StructuredTaskScope.fork} and {@code join}, in a scope per round. */
    @Benchmark
    public Object structuredTaskScope() throws InterruptedException {
        Object gathered = step.apply(0);
        for (int round = 0; round < rounds; round++) {
            Object argument = gathered;
            try (var scope = StructuredTaskScope.open()) {
                StructuredTaskScope.Subtask<Object> last = scope.fork(() -> step.apply(argument));
                for (int i = 1; i < width; i++) {
                    last = scope.fork(() -> step.apply(argument));
                }
                scope.join();
                gathered = step.apply(last.get());
            }
        }
        return gathered;
    }
}
