package dev.regions.core;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Something to be done at a later time, unless it is called off before: exactly one of the two happens. Thread-safe. */
final class Timer extends AtomicReference<Timer.State> implements Runnable {
    private static final long serialVersionUID = 1L;

    enum State {
        SET,
        CALLED_OFF,
        /** What is to be done is being done, or about to be. */
        GONE_OFF,
        DONE
    }

    /** Where it is set, null for nowhere. */
    private final transient @Nullable TimerService timers;
    /** When it is due, by {@link System#nanoTime()}. */
    private final transient long due;

    private transient @Nullable Runnable action;

    /** Creates one that the caller runs. */
    Timer(Runnable action) {
        this(null, 0, action);
    }

    /** Creates one of these timers, which are to be given it. */
    Timer(@Nullable TimerService timers, long due, Runnable action) {
        super(State.SET);
        this.timers = timers;
        this.due = due;
        this.action = action;
    }

    /** Returns when it is due. */
    long due() {
        return due;
    }

    /** Returns true if it is an alarm of these timers. */
    boolean isOf(TimerService others) {
        return timers == others;
    }

    /** Calls the alarm off; returns false if it is too late, or was done before. Takes no lock, and does not throw. */
    boolean callOff() {
        if (!compareAndSet(State.SET, State.CALLED_OFF)) {
            return false;
        }
        action = null;
        if (timers != null) {
            timers.calledOff();
        }
        return true;
    }

    /** Returns for how long it will not go off yet, in nanoseconds; 0 if it is due, or not set. */
    long remainingNanos() {
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

    /** Tells whether it may yet do what it is there for. */
    boolean isPending() {
        State now = get();
        return now == State.SET || now == State.GONE_OFF;
    }
}
