package dev.regions.core;

import java.util.concurrent.Delayed;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Something to be done at a later time, unless it is called off before: exactly one of the two happens. Thread-safe. */
final class Alarm extends AtomicReference<Alarm.State> implements Runnable {
    private static final long serialVersionUID = 1L;

    enum State {
        SET,
        CALLED_OFF,
        /** What is to be done is being done, or about to be. */
        GONE_OFF,
        DONE
    }

    private transient @Nullable Runnable action;
    private transient volatile @Nullable Future<?> timer;

    Alarm(Runnable action) {
        super(State.SET);
        this.action = action;
    }

    /** Says what will run this, once that is known. */
    void setBy(Future<?> timer) {
        this.timer = timer;
        if (get() != State.SET) {
            timer.cancel(false);
        }
    }

    /** Calls the alarm off; returns false if it is too late, or was done before. */
    boolean callOff() {
        if (!compareAndSet(State.SET, State.CALLED_OFF)) {
            return false;
        }
        action = null;
        Future<?> by = timer;
        if (by != null) {
            by.cancel(false);
        }
        return true;
    }

    /** Returns for how long it will not go off yet, in nanoseconds; 0 if it is due, or not set. */
    long remainingNanos() {
        return get() == State.SET && timer instanceof Delayed delayed
                ? Math.max(0, delayed.getDelay(TimeUnit.NANOSECONDS))
                : 0;
    }

    @Override
    public void run() {
        Runnable due = action;
        if (due != null && compareAndSet(State.SET, State.GONE_OFF)) {
            action = null;
            try {
                due.run();
            } finally {
                set(State.DONE);
            }
        }
    }

    /** Tells whether it may yet do what it is there for. */
    boolean isPending() {
        State now = get();
        return now == State.SET || now == State.GONE_OFF;
    }
}
