package dev.regions.benchmarks;

import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Ten thousand independent tasks of about 1, 10 and 100 microseconds of work each, spawned by one thread outside, until the
 * last has run. The work is a fixed number of operations, the same for all peers; {@code sequential} says how long it really
 * takes on this machine. On P processors the least possible time per task is that divided by P.
 */
@About(
        title = "Tasks with work",
        text =
                "10,000 independent tasks of about 1, 10 and 100 microseconds of work. The least possible is the sequential time divided by the processors.")
@OperationsPerInvocation(TasksWithWork.TASKS)
public class TasksWithWork extends Workload {
    /** How many tasks are spawned. */
    public static final int TASKS = 10_000;

    /** How much {@link Blackhole#consumeCPU} takes about a microsecond. */
    public static final long TOKENS_PER_MICROSECOND = 400;

    int tasks = TASKS;

    /** About how long a task works. */
    @Param({"1", "10", "100"})
    public int microseconds = 1;

    Body body = Body.EMPTY;

    /** Makes the body. */
    @Setup
    public void setBody() {
        long tokens = microseconds * TOKENS_PER_MICROSECOND;
        body = () -> Blackhole.consumeCPU(tokens);
    }

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

    /** Reactor: a {@code Mono} per task on the parallel scheduler. */
    @Benchmark
    public void reactor() {
        Flux.range(0, tasks)
                .flatMap(i -> Mono.fromRunnable(body).subscribeOn(Schedulers.parallel()), Integer.MAX_VALUE)
                .blockLast();
    }

    /** One thread, a loop. */
    @Benchmark
    public void sequential() {
        for (int i = 0; i < tasks; i++) {
            body.run();
        }
    }
}
