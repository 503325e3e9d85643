package dev.regions.benchmarks.latency;

import java.util.concurrent.locks.LockSupport;

/**
 * A schedule that does not wait for anybody: times at equal intervals. What begins late because what came before took
 * too long still counts from the time at which it was due; so a stall shows in all that it held up, and not in one
 * figure only.
 */
final class Pace {
    /** A thread that parks is woken late by about this much, so for the rest it spins. */
    private static final long SPIN_NANOS = 100_000;

    private final long intervalNanos;
    private long next;

    Pace(long intervalNanos) {
        this.intervalNanos = intervalNanos;
        this.next = System.nanoTime() + intervalNanos;
    }

    /** Waits until the next time is due, and returns it. */
    long await() {
        long due = next;
        next += intervalNanos;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            if (left > SPIN_NANOS) {
                LockSupport.parkNanos(left - SPIN_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
        return due;
    }
}
