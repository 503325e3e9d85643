package dev.regions.benchmarks;

import dev.regions.Regions;
import dev.regions.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A chain of a million dependent tasks with empty bodies that is described first and then run, until the last has run.
 * {@code CompletableFuture} does so behind a first future that is completed at the end, and Reactor with a list of
 * publishers without a subscriber. The other peers cannot declare that one task follows another: the links would be a
 * list of ours, started as in {@link ChainOfTasks}, where {@code sequential} is, too.
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

    /**
     * Reactor: a list of {@code Mono}s, each to run on the parallel scheduler, and {@code Flux.concat}, which
     * subscribes to one when the one before is over. A million operators on top of each other overflow the stack.
     */
    @Benchmark
    public Object reactor() {
        Object[] last = {0};
        Callable<Object> link = () -> last[0] = step.apply(last[0]);
        List<Mono<Object>> links = new ArrayList<>(tasks);
        for (int i = 0; i < tasks; i++) {
            links.add(Mono.fromCallable(link).subscribeOn(Schedulers.parallel()));
        }
        Flux.concat(links).blockLast();
        return last[0];
    }
}
