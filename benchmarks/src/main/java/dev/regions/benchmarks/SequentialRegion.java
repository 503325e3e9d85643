package dev.regions.benchmarks;

import dev.regions.Regions;
import dev.regions.Tasks;
import dev.regions.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinTask;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A sequential region of 100,000 batches: four independent tasks with empty bodies each, and the next four after all of
 * these. The time is per batch. With Regions and {@code CompletableFuture}, all of it is declared at once; the other
 * peers wait for each batch before the next. {@code ForkJoinPool.execute} is not here: it returns nothing to wait for.
 * {@code CountedCompleter} is at {@link FanOutFanIn}, which is the same with wider batches.
 */
@About(
        title = "Sequential region",
        text = "100,000 batches of four empty tasks, one batch after the other.",
        per = "batch")
@OperationsPerInvocation(SequentialRegion.BATCHES)
public class SequentialRegion extends Workload {
    /** How many batches there are. */
    public static final int BATCHES = 100_000;

    /** How many tasks a batch has. */
    public static final int WIDTH = 4;

    int batches = BATCHES;
    Body body = Body.EMPTY;

    /** Bulk regions in a sequential region. */
    @Benchmark
    public void regions() throws InterruptedException {
        Task<?> last = Regions.sequential(() -> {
            for (int i = 0; i < batches; i++) {
                Regions.bulk(() -> {
                    for (int j = 0; j < WIDTH; j++) {
                        Tasks.spawn(body);
                    }
                });
            }
            return Tasks.spawn(() -> {});
        });
        last.join();
    }

    /** {@code CompletableFuture.thenRunAsync} and {@code allOf}. */
    @Benchmark
    public void completableFuture() {
        CompletableFuture<Void> before = CompletableFuture.completedFuture(null);
        for (int i = 0; i < batches; i++) {
            CompletableFuture<?>[] batch = new CompletableFuture<?>[WIDTH];
            for (int j = 0; j < WIDTH; j++) {
                batch[j] = before.thenRunAsync(body, pool);
            }
            before = CompletableFuture.allOf(batch);
        }
        before.join();
    }

    /** {@code ForkJoinTask.invokeAll}, batch by batch, within one task of the pool. */
    @Benchmark
    public void forkJoinTask() throws InterruptedException, ExecutionException {
        pool.submit(() -> {
                    for (int i = 0; i < batches; i++) {
                        invokeAll(body);
                    }
                })
                .get();
    }

    /** One batch of tasks of the pool that this is called in. */
    static void invokeAll(Body body) {
        List<ForkJoinTask<?>> batch = new ArrayList<>(WIDTH);
        for (int j = 0; j < WIDTH; j++) {
            batch.add(ForkJoinTask.adapt(body));
        }
        ForkJoinTask.invokeAll(batch);
    }

    /** {@code Thread.startVirtualThread}, and a latch per batch. */
    @Benchmark
    public void virtualThreadPerTask() throws InterruptedException {
        Thread.startVirtualThread(() -> {
                    for (int i = 0; i < batches; i++) {
                        runOnVirtualThreads(body);
                    }
                })
                .join();
    }

    /** One batch, each task on a thread of its own. */
    static void runOnVirtualThreads(Body body) {
        CountDownLatch left = new CountDownLatch(WIDTH);
        for (int j = 0; j < WIDTH; j++) {
            Thread.startVirtualThread(() -> {
                body.run();
                left.countDown();
            });
        }
        try {
            left.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody should interrupt this thread", e);
        }
    }

    /** Reactor: {@code Flux.concatMap} to batches, {@code flatMap} within them, on the parallel scheduler. */
    @Benchmark
    public void reactor() {
        Flux.range(0, batches)
                .concatMap(i -> Flux.range(0, WIDTH)
                        .flatMap(j -> Mono.fromRunnable(body).subscribeOn(Schedulers.parallel())))
                .blockLast();
    }

    /** One thread, a loop, and a call per task. */
    @Benchmark
    public void sequential() {
        for (int i = 0; i < batches; i++) {
            for (int j = 0; j < WIDTH; j++) {
                IndependentTasks.call(body);
            }
        }
    }
}
