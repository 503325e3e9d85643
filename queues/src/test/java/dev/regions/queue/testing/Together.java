package dev.regions.queue.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.function.Executable;

/** Runs the parts of a test on several threads at once. */
public final class Together {
    private Together() {}

    /**
     * Runs these, each on a thread of its own, from the moment at which all threads have started; waits until all have
     * ended.
     *
     * @throws AssertionError if any of them throws; what they threw is suppressed
     */
    public static void run(List<? extends Executable> parts) throws InterruptedException {
        AtomicInteger missing = new AtomicInteger(parts.size());
        Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (Executable part : parts) {
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                try {
                    missing.decrementAndGet();
                    awaitThat(() -> missing.get() == 0);
                    part.execute();
                } catch (Throwable t) {
                    thrown.add(t);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!thrown.isEmpty()) {
            AssertionError error = new AssertionError("thrown by threads that ran together: " + thrown);
            thrown.forEach(error::addSuppressed);
            throw error;
        }
    }

    /**
     * Spins until a condition holds.
     *
     * @throws AssertionError if it does not within a minute
     */
    public static void awaitThat(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > TimeUnit.MINUTES.toNanos(1)) {
                throw new AssertionError("what was waited for has not come to pass in a minute");
            }
            Thread.yield();
        }
    }
}
