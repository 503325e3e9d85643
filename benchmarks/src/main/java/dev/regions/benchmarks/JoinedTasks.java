package dev.regions.benchmarks;

import dev.regions.Tasks;
import dev.regions.benchmarks.About.Goal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.FutureTask;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * A task that spawns a hundred thousand others with empty bodies and joins each before it spawns the next. Reactor is
 * not here: to block in a task of its scheduler is an error. {@code ForkJoinPool.execute} is not here: it returns
 * nothing to join. {@code CountedCompleter} is not here: joined one by one, it is a {@code ForkJoinTask} that counts
 * nothing.
 */
@About(
        title = "Spawn and join",
        text = "A task that spawns empty tasks and joins each before it spawns the next.",
        goals = {@Goal(atMost = 48, bytes = true, why = "an object of 40 bytes, and its share of arrays")})
@OperationsPerInvocation(JoinedTasks.TASKS)
public class JoinedTasks extends Workload {
    /** How many tasks are spawned. */
    public static final int TASKS = 100_000;

    int tasks = TASKS;
    Body body = Body.EMPTY;

    /** {@code Tasks.spawn} and {@code join}. */
    @Benchmark
    public void regions() throws InterruptedException {
        Tasks.spawn(() -> {
                    for (int i = 0; i < tasks; i++) {
                        Tasks.spawn(body).join();
                    }
                })
                .join();
    }

    /** {@code ForkJoinTask.fork} and {@code join}. */
    @Benchmark
    public void forkJoinTask() {
        pool.submit(() -> {
                    for (int i = 0; i < tasks; i++) {
                        ForkJoinTask.adapt(body).fork().join();
                    }
                })
                .join();
    }

    /** {@code CompletableFuture.runAsync} and {@code join}. */
    @Benchmark
    public void completableFuture() {
        pool.submit(() -> {
                    for (int i = 0; i < tasks; i++) {
                        CompletableFuture.runAsync(body, pool).join();
                    }
                })
                .join();
    }

    /** {@code Thread.startVirtualThread} and {@code join}, by a virtual thread. */
    @Benchmark
    public void virtualThreadPerTask() throws InterruptedException, ExecutionException {
        FutureTask<Object> all = new FutureTask<>(() -> {
            for (int i = 0; i < tasks; i++) {
                Thread.startVirtualThread(body).join();
            }
            return tasks;
        });
        Thread.startVirtualThread(all);
        all.get();
    }

    /** One thread, a loop, and a call per task. */
    @Benchmark
    public void sequential() {
        for (int i = 0; i < tasks; i++) {
            IndependentTasks.call(body);
        }
    }
}
