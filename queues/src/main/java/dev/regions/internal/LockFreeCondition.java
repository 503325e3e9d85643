package dev.regions.internal;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A condition that threads wait for without a lock. A waiting thread adds itself, then reads the condition; the thread
 * that makes the condition true does so first, then reads which threads wait. Both steps of each are sequentially
 * consistent, so one of the two sees the other (Dekker), and no wake-up is lost.
 *
 * <p>A lock, or a synchronizer of {@code java.util.concurrent}, is no substitute: a thread that overflows its stack
 * inside of one may leave an entry in its queue that is never woken, and that holds up all the entries after it. Here
 * such a thread leaves a reference that {@link #signalAll} unparks in vain.
 *
 * <p>Thread-safe. Once true, the condition is expected to stay true until the waiting threads have seen it.
 */
public abstract class LockFreeCondition {
    private static final long FOR_EVER = Long.MAX_VALUE;

    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

    /** Creates a condition that no thread waits for. */
    protected LockFreeCondition() {}

    /** Returns true if the condition holds. Reads it from volatile state. */
    protected abstract boolean isTrue();

    /** Wakes the waiting threads. Called after the condition has become true; may be called again. */
    public final void signalAll() {
        for (Thread thread : waiting) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Waits until the condition is true.
     *
     * @throws InterruptedException if the calling thread is interrupted first
     */
    public final void await() throws InterruptedException {
        await(FOR_EVER);
    }

    /**
     * Waits until the condition is true, or the time has elapsed.
     *
     * @param nanos the longest time to wait, in nanoseconds
     * @return true if the condition is true
     * @throws InterruptedException if the calling thread is interrupted first
     */
    public final boolean await(long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (isTrue()) {
            return true;
        }
        long start = System.nanoTime();
        Thread thread = Thread.currentThread();
        waiting.add(thread);
        try {
            while (!isTrue()) {
                if (nanos == FOR_EVER) {
                    LockSupport.park(this);
                } else {
                    long left = nanos - (System.nanoTime() - start);
                    if (left <= 0) {
                        return false;
                    }
                    LockSupport.parkNanos(this, left);
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            return true;
        } finally {
            waiting.remove(thread);
        }
    }
}
