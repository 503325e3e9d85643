package dev.regions.core;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One interrupt of a worker's thread, meant for one task: the hand-shake between the canceller, or the timer, that delivers it
 * and the runner, which ends the task.
 *
 * <p>A canceller {@linkplain #begin() begins}, interrupts the thread, and says that the interrupt is {@linkplain #delivered()
 * delivered}. The runner {@linkplain #close() closes} the interruption when the body has ended: no interrupt begins after that, and
 * one that has begun is waited for, so that the runner can clear it and it cannot hit the next task of the thread. A race would show
 * as an interrupt that the next task sees.
 */
final class InterruptHandshake {
    private static final int OPEN = 0;
    private static final int BEGUN = 1;
    private static final int DELIVERED = 2;
    private static final int CLOSED = 3;

    private final AtomicInteger state = new AtomicInteger(OPEN);

    /** Returns true if the caller is to interrupt the thread: no other has begun to, and the body has not ended. */
    boolean begin() {
        return state.compareAndSet(OPEN, BEGUN);
    }

    void delivered() {
        state.set(DELIVERED);
    }

    /** Waits for an interrupt that has begun, or is about to. */
    void awaitDelivered() {
        for (int turns = 0; state.get() < DELIVERED; turns++) {
            Backoff.pause(turns);
        }
    }

    /** Lets no interrupt begin any more, and waits for one that has begun. */
    void close() {
        if (!state.compareAndSet(OPEN, CLOSED)) {
            awaitDelivered();
        }
    }
}
