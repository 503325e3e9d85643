package dev.regions.benchmarks.latency;

import dev.regions.benchmarks.Body;
import dev.regions.benchmarks.latency.Peer.Cancellable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/** Measures one peer. The calling thread is the one that spawns, and should be a platform thread. */
final class Meter {
    /** Three significant digits, whatever the size. */
    static final int DIGITS = 3;

    private Meter() {}

    static Histogram measure(Measure measure, Peer peer, int count, long intervalNanos) throws Exception {
        return switch (measure) {
            case SPAWN_TO_START -> spawnToStart(peer, count, intervalNanos);
            case SPAWN_TO_JOINED -> spawnToJoined(peer, count, intervalNanos);
            case CANCEL_WAITING, CANCEL_RUNNING -> cancelToReleased(measure, peer, count, intervalNanos);
        };
    }

    private static Histogram spawnToStart(Peer peer, int count, long intervalNanos) throws InterruptedException {
        AtomicLongArray took = new AtomicLongArray(count);
        CountDownLatch left = new CountDownLatch(count);
        Pace pace = new Pace(intervalNanos);
        for (int i = 0; i < count; i++) {
            int place = i;
            long due = pace.await();
            peer.spawn(() -> {
                took.setPlain(place, System.nanoTime() - due);
                left.countDown();
            });
        }
        left.await();
        Histogram histogram = new Histogram(DIGITS);
        for (int i = 0; i < count; i++) {
            histogram.recordValue(Math.max(1, took.get(i)));
        }
        return histogram;
    }

    private static Histogram spawnToJoined(Peer peer, int count, long intervalNanos) throws Exception {
        Histogram histogram = new Histogram(DIGITS);
        Pace pace = new Pace(intervalNanos);
        for (int i = 0; i < count; i++) {
            long due = pace.await();
            peer.spawnAndJoin(Body.EMPTY);
            histogram.recordValue(Math.max(1, System.nanoTime() - due));
        }
        return histogram;
    }

    /**
     * To bring somebody to wait for a task takes longer than the task's cancelling, and how long it takes says nothing
     * about that. So there is no schedule here; what took longer than an interval is entered with what it would have
     * held up.
     */
    private static Histogram cancelToReleased(Measure measure, Peer peer, int count, long intervalNanos)
            throws InterruptedException {
        Histogram histogram = new Histogram(DIGITS);
        Waiter waiter = new Waiter();
        for (int i = 0; i < count; i++) {
            Cancellable task;
            if (measure == Measure.CANCEL_RUNNING) {
                CountDownLatch started = new CountDownLatch(1);
                task = peer.spawnBlocking(started);
                started.await();
            } else {
                task = peer.spawnWaiting();
            }
            waiter.letWait(task);
            long cancelled = System.nanoTime();
            task.cancel();
            long took = waiter.released() - cancelled;
            histogram.recordValueWithExpectedInterval(Math.max(1, took), intervalNanos);
        }
        waiter.stop();
        return histogram;
    }

    /** A platform thread that waits for one task after the other. */
    private static final class Waiter {
        private final SynchronousQueue<Cancellable> tasks = new SynchronousQueue<>();
        private final SynchronousQueue<Long> releases = new SynchronousQueue<>();
        private final Thread thread;
        private volatile boolean waiting;

        Waiter() {
            thread = Thread.ofPlatform().name("waiter").daemon().start(() -> {
                try {
                    while (true) {
                        Cancellable task = tasks.take();
                        waiting = true;
                        task.awaitReleased();
                        long now = System.nanoTime();
                        waiting = false;
                        releases.put(now);
                    }
                } catch (InterruptedException e) {
                    // Told to stop.
                }
            });
        }

        /** Returns when the thread waits for the task, or is about to within a few instructions. */
        void letWait(Cancellable task) throws InterruptedException {
            tasks.put(task);
            while (!waiting || thread.getState() == Thread.State.RUNNABLE) {
                Thread.onSpinWait();
            }
        }

        long released() throws InterruptedException {
            return releases.take();
        }

        void stop() throws InterruptedException {
            thread.interrupt();
            thread.join();
        }
    }
}
