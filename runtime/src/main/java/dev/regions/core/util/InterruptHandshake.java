package dev.regions.core.util;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One interrupt of a worker's thread, meant for one task: the hand-shake between the canceller, or the timer, that
 * delivers it and the runner, which completes the task.
 *
 * <p>A canceller {@linkplain #begin() begins}, interrupts the thread, and marks the interrupt as
 * {@linkplain #delivered() delivered}. The runner {@linkplain #close() closes} the hand-shake when the body has ended:
 * no interrupt begins after that, and the runner waits for one that has begun, so that it can clear it, and the next
 * task of the thread is not hit. A race would show as an interrupt that the next task sees.
 */
public final class InterruptHandshake {
    private static final int OPEN = 0;
    private static final int BEGUN = 1;
    private static final int DELIVERED = 2;
    private static final int CLOSED = 3;

    private final AtomicInteger state = new AtomicInteger(OPEN);

    /** Begins the interrupt; returns false if another thread has begun it, or the body has ended. */
    public boolean begin() {
        return state.compareAndSet(OPEN, BEGUN);
    }

    public void delivered() {
        state.set(DELIVERED);
    }

    /** Waits for an interrupt that has begun, or is about to. */
    public void awaitDelivered() {
        for (int turns = 0; state.get() < DELIVERED; turns++) {
            Backoff.pause(turns);
        }
    }

    /** Prevents later interrupts from beginning, and waits for one that has begun. */
    public void close() {
        if (!state.compareAndSet(OPEN, CLOSED)) {
            awaitDelivered();
        }
    }
}
