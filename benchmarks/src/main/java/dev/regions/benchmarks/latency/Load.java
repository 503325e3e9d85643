package dev.regions.benchmarks.latency;

import dev.regions.benchmarks.Body;
import dev.regions.benchmarks.TasksWithWork;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Other work for a peer: tasks of about 20 microseconds each, for about a quarter of what the processors can do, in
 * bursts.
 */
final class Load {
    private static final long BURST_NANOS = 1_000_000;
    private static final int TASK_MICROSECONDS = 20;

    private final Thread thread;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean over;

    Load(Peer peer) {
        int tasks = (int) (Runtime.getRuntime().availableProcessors() * BURST_NANOS / 4 / (TASK_MICROSECONDS * 1000));
        Body body = () -> {
            Blackhole.consumeCPU(TASK_MICROSECONDS * TasksWithWork.TOKENS_PER_MICROSECOND);
            inFlight.decrementAndGet();
        };
        this.thread = Thread.ofPlatform().name("load").daemon().start(() -> {
            while (!over) {
                for (int i = 0; i < tasks; i++) {
                    inFlight.incrementAndGet();
                    peer.spawn(body);
                }
                LockSupport.parkNanos(BURST_NANOS);
            }
        });
    }

    /** Ends when the last of its tasks has: the next peer shall not be measured beside them. */
    void stop() {
        over = true;
        try {
            thread.join();
            while (inFlight.get() > 0) {
                LockSupport.parkNanos(BURST_NANOS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
