package dev.regions.benchmarks;

import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.benchmarks.About.Goal;
import java.util.concurrent.Executors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * Ten thousand independent tasks that sleep for 10 milliseconds each, spawned by one thread outside, until the last has
 * run. {@code ForkJoinPool}, {@code CompletableFuture} on it and Reactor are not here: a task that blocks holds up one
 * of their few threads, which would take {@code 10,000 × 10 ms} divided by the number of threads. {@code sequential} is
 * not here: one sleep after the other, it would take all of the {@code 10,000 × 10 ms}, 100 seconds.
 */
@About(
        title = "Tasks that sleep",
        text = "10,000 independent tasks that sleep for 10 milliseconds each.",
        goals = {
            @Goal(peer = "virtualThreadPerTask", atMost = 1.0),
            @Goal(peer = "virtualThreadPerTask", atMost = 1.0, bytes = true)
        })
@OperationsPerInvocation(BlockingTasks.TASKS)
public class BlockingTasks extends Workload {
    /** How many tasks are spawned. */
    public static final int TASKS = 10_000;

    /** How long each sleeps. */
    public static final int MILLISECONDS = 10;

    int tasks = TASKS;
    Body body = () -> sleep(MILLISECONDS);

    /** Sleeps, as a body. */
    public static void sleep(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody should interrupt a task here", e);
        }
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

    /** {@code Executors.newVirtualThreadPerTaskExecutor}. */
    @Benchmark
    public void virtualThreadPerTask() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < tasks; i++) {
                threads.execute(body);
            }
        }
    }
}
