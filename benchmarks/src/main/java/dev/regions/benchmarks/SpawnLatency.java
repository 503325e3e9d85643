package dev.regions.benchmarks;

import dev.regions.Tasks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Prints how long it takes from a spawn on an idle platform thread to the start of the body, for Regions and its peers, in
 * turn. Each spawn waits for the one before, so nothing queues up and nothing is left out.
 */
public final class SpawnLatency {
    private static final int ROUNDS = 5;
    private static final int WARMUP = 20_000;
    private static final int COUNT = 20_000;

    private SpawnLatency() {}

    /** The program. */
    public static void main(String... arguments) throws InterruptedException {
        Histogram regions = new Histogram(3);
        Histogram futures = new Histogram(3);
        Histogram threads = new Histogram(3);
        for (int round = 0; round < ROUNDS; round++) {
            measure(body -> Tasks.spawn(body::run), regions);
            measure(CompletableFuture::runAsync, futures);
            measure(Thread::startVirtualThread, threads);
        }
        System.out.printf("%-32s %8s %8s %8s%n", "spawn to start, microseconds", "p50", "p99", "p99.9");
        print("regions", regions);
        print("CompletableFuture.runAsync", futures);
        print("Thread.startVirtualThread", threads);
    }

    private static void measure(Consumer<Runnable> spawner, Histogram histogram) throws InterruptedException {
        for (int i = 0; i < WARMUP + COUNT; i++) {
            CountDownLatch started = new CountDownLatch(1);
            long[] at = new long[1];
            long spawned = System.nanoTime();
            spawner.accept(() -> {
                at[0] = System.nanoTime();
                started.countDown();
            });
            started.await();
            if (i >= WARMUP) {
                histogram.recordValue(at[0] - spawned);
            }
        }
    }

    private static void print(String peer, Histogram histogram) {
        System.out.printf(
                "%-32s %8.1f %8.1f %8.1f%n",
                peer,
                histogram.getValueAtPercentile(50) / 1e3,
                histogram.getValueAtPercentile(99) / 1e3,
                histogram.getValueAtPercentile(99.9) / 1e3);
    }
}
