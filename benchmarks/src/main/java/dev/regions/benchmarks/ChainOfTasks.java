package dev.regions.benchmarks;

import dev.regions.Regions;
import dev.regions.Tasks;
import dev.regions.task.Task;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A chain of a million dependent tasks with empty bodies, until the last has run. Regions and {@code CompletableFuture} are
 * told of each task and its predecessor while the chain runs; the other peers know no dependencies, so there each task starts
 * the next one, and nobody holds a handle.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(ChainOfTasks.TASKS)
public class ChainOfTasks {
    static final int TASKS = 1_000_000;

    private final ForkJoinPool pool = new ForkJoinPool();

    /** Ends the peer's threads. */
    @TearDown
    public void close() {
        pool.close();
    }

    /** {@code Tasks.spawn} with the predecessor as argument. */
    @Benchmark
    public void regions() throws InterruptedException {
        Task<Object> last = Tasks.spawn(() -> this);
        for (int i = 1; i < TASKS; i++) {
            last = Tasks.spawn(last, same -> same);
        }
        last.join();
    }

    /** The same, told to the runtime in one bulk region: built first, then run. */
    @Benchmark
    public void regionsInBulk() throws InterruptedException {
        try (var scope = Regions.bulk()) {
            Task<Object> last = scope.fork(() -> this);
            for (int i = 1; i < TASKS; i++) {
                last = scope.fork(last, same -> same);
            }
            scope.launch();
            last.join();
        }
    }

    /** {@code CompletableFuture.thenRunAsync}. */
    @Benchmark
    public void completableFuture() {
        CompletableFuture<Void> last = CompletableFuture.runAsync(() -> {}, pool);
        for (int i = 1; i < TASKS; i++) {
            last = last.thenRunAsync(() -> {}, pool);
        }
        last.join();
    }

    /** {@code ForkJoinPool.execute} by each task of the next. */
    @Benchmark
    public void forkJoinPool() throws InterruptedException {
        runLinks(pool::execute);
    }

    /** {@code Thread.startVirtualThread} by each task of the next. */
    @Benchmark
    public void virtualThreadPerTask() throws InterruptedException {
        runLinks(Thread::startVirtualThread);
    }

    private static void runLinks(Consumer<Runnable> starter) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        starter.accept(new ChainLink(TASKS, starter, done));
        done.await();
    }

    private record ChainLink(int left, Consumer<Runnable> starter, CountDownLatch done) implements Runnable {
        @Override
        public void run() {
            if (left == 1) {
                done.countDown();
            } else {
                starter.accept(new ChainLink(left - 1, starter, done));
            }
        }
    }
}
