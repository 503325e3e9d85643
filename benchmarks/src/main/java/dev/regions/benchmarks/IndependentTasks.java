package dev.regions.benchmarks;

import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.benchmarks.About.Goal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A million independent tasks with empty bodies, spawned by one thread outside, until the last has run. Each peer is
 * waited for in the way that costs it nothing per task. {@code CountedCompleter} is not here: these tasks complete
 * nothing, and without that it is what {@code execute} makes of them.
 */
@About(
        title = "Independent tasks",
        text = "A million empty tasks, spawned by one thread outside, until the last has run.",
        goals = {
            @Goal(peer = "forkJoinPool", atMost = 0.5),
            @Goal(peer = "completableFuture", atMost = 0.5),
            @Goal(peer = "virtualThreadPerTask", atMost = 0.1),
            @Goal(
                    atMost = 31,
                    why = "a quarter of the 125 ns that Taskflow takes for an independent silent_async, at the least"),
            @Goal(atMost = 48, bytes = true, why = "an object of 40 bytes, and its share of arrays")
        })
@OperationsPerInvocation(IndependentTasks.TASKS)
public class IndependentTasks extends Workload {
    /** How many tasks are spawned. */
    public static final int TASKS = 1_000_000;

    int tasks = TASKS;
    Body body = Body.EMPTY;

    /** {@code Tasks.spawn}. */
    @Benchmark
    public void regions() {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> {
                for (int i = 0; i < tasks; i++) {
                    Tasks.spawn(body);
                }
            });
        }
    }

    /** {@code ForkJoinPool.execute}. */
    @Benchmark
    public void forkJoinPool() {
        for (int i = 0; i < tasks; i++) {
            pool.execute(body);
        }
        awaitPool();
    }

    /** {@code CompletableFuture.runAsync}. */
    @Benchmark
    public void completableFuture() {
        for (int i = 0; i < tasks; i++) {
            CompletableFuture.runAsync(body, pool);
        }
        awaitPool();
    }

    /** {@code Executors.newVirtualThreadPerTaskExecutor}. */
    @Benchmark
    public void virtualThreadPerTask() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < tasks; i++) {
                threads.execute(body);
            }
        }
    }

    /**
     * Reactor: a {@code Mono} per task on the parallel scheduler, and one {@code Flux} that waits for them all, with as
     * many of them subscribed to at a time as {@code flatMap} has by default. It scans those for completed ones: with a
     * million, a single call was seen to take minutes.
     */
    @Benchmark
    public void reactor() {
        Flux.range(0, tasks)
                .flatMap(i -> Mono.fromRunnable(body).subscribeOn(Schedulers.parallel()))
                .blockLast();
    }

    /** One thread, a loop, and a call per task. */
    @Benchmark
    public void sequential() {
        for (int i = 0; i < tasks; i++) {
            call(body);
        }
    }

    /** Calls a body; kept as a call, for of a loop of empty ones the compiler would leave nothing. */
    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    static void call(Body body) {
        body.run();
    }
}
