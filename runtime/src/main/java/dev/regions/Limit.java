package dev.regions;

import dev.regions.core.LimitGate;
import java.util.Objects;

/**
 * A named limit of how many tasks may run at the same time, shared by any tasks of any regions and runtimes: at most four
 * calls to that service, one writer of that file.
 *
 * {@snippet file="SnippetsTest.java" region="limit"}
 *
 * <p>Tasks are let in when they are ready, in the order in which they become so. One that has to wait costs no thread. It
 * gives its place in the order up when it is cancelled, and its place inside when its body has ended, however that was;
 * before another attempt it is let in again. Of several limits on one task all must have room; they are passed in the order
 * in which the limits were made, so that tasks do not block each other.
 *
 * <p>Thread-safe.
 */
public final class Limit {
    private final LimitGate admission;

    private Limit(LimitGate admission) {
        this.admission = admission;
    }

    /**
     * Makes a limit.
     *
     * @param name for messages
     * @param permits how many tasks may run under it at the same time
     * @throws IllegalArgumentException if there is not at least one permit
     */
    public static Limit of(String name, int permits) {
        Objects.requireNonNull(name, "name");
        if (permits < 1) {
            throw new IllegalArgumentException(
                    "limit '" + name + "' needs at least 1 permit, and was given " + permits);
        }
        return new Limit(new LimitGate(name, permits));
    }

    /** Returns the name of this limit. */
    public String name() {
        return admission.name();
    }

    /** Returns how many tasks may run under this limit at the same time. */
    public int permits() {
        return admission.permits();
    }

    /** Returns how many tasks have been let in and have not ended. A snapshot. */
    public int inUse() {
        return admission.inUse();
    }

    /** Returns how many tasks wait to be let in; some that were just cancelled may be counted. A snapshot. */
    public int queueLength() {
        return admission.queueLength();
    }

    LimitGate admission() {
        return admission;
    }

    @Override
    public String toString() {
        return "limit '" + name() + "' (" + inUse() + " of " + permits() + " in use, " + queueLength() + " waiting)";
    }
}
