package dev.regions.core.util;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A one-shot timer: either its action runs at a later time, or the timer is called off before. Thread-safe. */
public final class Timer extends AtomicReference<Timer.State> implements Runnable {
    private static final long serialVersionUID = 1L;

    public enum State {
        SET,
        CALLED_OFF,
        /** The action runs, or is about to. */
        GONE_OFF,
        DONE
    }

    /** The service in which it is set, null for none. */
    private final transient @Nullable TimerService timers;
    /** When it is due, by {@link System#nanoTime()}. */
    private final transient long due;

    private transient @Nullable Runnable action;

    /** Creates a timer that the caller runs. */
    public Timer(Runnable action) {
        this(null, 0, action);
    }

    /** Creates a timer to be set in the given service. */
    Timer(@Nullable TimerService timers, long due, Runnable action) {
        super(State.SET);
        this.timers = timers;
        this.due = due;
        this.action = action;
    }

    /** Returns when it is due, by {@link System#nanoTime()}. */
    long due() {
        return due;
    }

    /** Returns true if it belongs to the given service. */
    public boolean isOf(TimerService others) {
        return timers == others;
    }

    /**
     * Calls the timer off; returns false if it has gone off, or is called off already. Takes no lock; does not throw.
     */
    public boolean callOff() {
        if (!compareAndSet(State.SET, State.CALLED_OFF)) {
            return false;
        }
        action = null;
        if (timers != null) {
            timers.calledOff();
        }
        return true;
    }

    /** Returns the time until it is due, in nanoseconds; 0 if it is due, or not set. */
    public long remainingNanos() {
        return isSet() && timers != null ? Math.max(0, due - System.nanoTime()) : 0;
    }

    @Override
    public void run() {
        Runnable todo = action;
        if (todo != null && compareAndSet(State.SET, State.GONE_OFF)) {
            action = null;
            if (timers != null) {
                timers.goneOff();
            }
            try {
                todo.run();
            } finally {
                set(State.DONE);
            }
        }
    }

    /** Returns true if it has neither gone off nor been called off. */
    boolean isSet() {
        return get() == State.SET;
    }

    /** Returns true if its action may still run, or be running. */
    public boolean isPending() {
        State now = get();
        return now == State.SET || now == State.GONE_OFF;
    }
}
