package dev.regions.benchmarks;

import dev.regions.Regions;
import dev.regions.Tasks;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * A task that opens a joined region, spawns four tasks with empty bodies in it and joins them, 25,000 times: the
 * fan-out of a service, where a structured task scope is at home. The time is per region. Reactor is not here: to block
 * in a task of its scheduler is an error. {@code ForkJoinPool.execute} is not here: it returns nothing to wait for.
 * {@code CountedCompleter} is at {@link FanOutFanIn}, which is the same with wider batches.
 */
@About(
        title = "Joined regions",
        text = "A task that opens a joined region, spawns four empty tasks in it and joins them, again and again.",
        per = "region")
@OperationsPerInvocation(JoinedRegions.REGIONS)
public class JoinedRegions extends Workload {
    /** How many regions there are. */
    public static final int REGIONS = 25_000;

    /** How many tasks a region has. */
    public static final int WIDTH = SequentialRegion.WIDTH;

    int tasks = REGIONS * WIDTH;
    Body body = Body.EMPTY;

    /** {@code Regions.joined}. */
    @Benchmark
    public void regions() throws InterruptedException {
        Tasks.spawn(() -> {
                    for (int i = 0; i < tasks / WIDTH; i++) {
                        try (var region = Regions.joined()) {
                            for (int j = 0; j < WIDTH; j++) {
                                Tasks.spawn(body);
                            }
                            region.join();
                        }
                    }
                })
                .join();
    }

    /** {@code ForkJoinTask.invokeAll}. */
    @Benchmark
    public void forkJoinTask() {
        pool.submit(() -> {
                    for (int i = 0; i < tasks / WIDTH; i++) {
                        SequentialRegion.invokeAll(body);
                    }
                })
                .join();
    }

    /** {@code CompletableFuture.runAsync} and {@code allOf}. */
    @Benchmark
    public void completableFuture() {
        pool.submit(() -> {
                    for (int i = 0; i < tasks / WIDTH; i++) {
                        CompletableFuture<?>[] region = new CompletableFuture<?>[WIDTH];
                        for (int j = 0; j < WIDTH; j++) {
                            region[j] = CompletableFuture.runAsync(body, pool);
                        }
                        CompletableFuture.allOf(region).join();
                    }
                })
                .join();
    }

    /** {@code Thread.startVirtualThread}, and a latch per region, by a virtual thread. */
    @Benchmark
    public void virtualThreadPerTask() throws InterruptedException {
        Thread.startVirtualThread(() -> {
                    for (int i = 0; i < tasks / WIDTH; i++) {
                        SequentialRegion.runOnVirtualThreads(body);
                    }
                })
                .join();
    }

    /** One thread, a loop, and a call per task. */
    @Benchmark
    public void sequential() {
        for (int i = 0; i < tasks; i++) {
            IndependentTasks.call(body);
        }
    }
}
