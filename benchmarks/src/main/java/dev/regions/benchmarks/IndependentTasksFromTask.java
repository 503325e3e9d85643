package dev.regions.benchmarks;

import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinTask;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * A million independent tasks with empty bodies, spawned by one task, until the last has run. Reactor is not here: what
 * runs on its scheduler and subscribes to more does no other than what subscribes outside. {@code CountedCompleter} is
 * not here for the reason said at {@link IndependentTasks}, where {@code sequential} is, too: without tasks there is
 * none that spawns.
 */
@About(
        title = "Independent tasks, from a task",
        text = "A million empty tasks, spawned by one task, until the last has run.")
@OperationsPerInvocation(IndependentTasks.TASKS)
public class IndependentTasksFromTask extends Workload {
    int tasks = IndependentTasks.TASKS;
    Body body = Body.EMPTY;

    /** {@code Tasks.spawn}. */
    @Benchmark
    public void regions() {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> {
                Tasks.spawn(() -> {
                    for (int i = 0; i < tasks; i++) {
                        Tasks.spawn(body);
                    }
                });
            });
        }
    }

    /** Runs it on a thread of the pool, and nowhere else: a thread that awaits quiescence takes tasks, too. */
    private void inPool(Runnable spawning) {
        pool.submit(spawning).join();
    }

    /** {@code ForkJoinPool.execute}. */
    @Benchmark
    public void forkJoinPool() {
        inPool(() -> {
            for (int i = 0; i < tasks; i++) {
                pool.execute(body);
            }
        });
        awaitPool();
    }

    /** {@code ForkJoinTask.fork}. */
    @Benchmark
    public void forkJoinTask() {
        inPool(() -> {
            for (int i = 0; i < tasks; i++) {
                ForkJoinTask.adapt(body).fork();
            }
        });
        awaitPool();
    }

    /** {@code CompletableFuture.runAsync}. */
    @Benchmark
    public void completableFuture() {
        inPool(() -> {
            for (int i = 0; i < tasks; i++) {
                CompletableFuture.runAsync(body, pool);
            }
        });
        awaitPool();
    }

    /** {@code Executors.newVirtualThreadPerTaskExecutor}. */
    @Benchmark
    public void virtualThreadPerTask() throws InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Thread.startVirtualThread(() -> {
                        for (int i = 0; i < tasks; i++) {
                            threads.execute(body);
                        }
                    })
                    .join();
        }
    }
}
