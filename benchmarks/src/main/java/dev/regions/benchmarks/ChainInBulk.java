package dev.regions.benchmarks;

import dev.regions.Regions;
import dev.regions.task.Task;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * A chain of a million dependent tasks with empty bodies that is described first and then run, until the last has run.
 * {@code CompletableFuture} does so behind a first future that is completed at the end; the other peers cannot be told of a
 * task that may not start yet.
 */
@About(title = "Chain, told first", text = "The same chain, told as a whole before the first task may start.")
@OperationsPerInvocation(ChainOfTasks.TASKS)
public class ChainInBulk extends Workload {
    int tasks = ChainOfTasks.TASKS;
    Step step = Step.SAME;

    /** A bulk region, and each task with its predecessor as argument. */
    @Benchmark
    public Object regions() throws InterruptedException {
        try (var scope = Regions.bulk()) {
            Task<Object> last = scope.fork(() -> step.apply(0));
            for (int i = 1; i < tasks; i++) {
                last = scope.fork(last, step);
            }
            scope.launch();
            return last.join();
        }
    }

    /** {@code CompletableFuture.thenApplyAsync} on a future that is completed last. */
    @Benchmark
    public Object completableFuture() {
        CompletableFuture<Object> gate = new CompletableFuture<>();
        CompletableFuture<Object> last = gate;
        for (int i = 0; i < tasks; i++) {
            last = last.thenApplyAsync(step, pool);
        }
        gate.complete(0);
        return last.join();
    }
}
