package dev.regions;

import dev.regions.core.schedule.LimitGate;
import java.util.Objects;

/**
 * A named limit of the number of tasks that run at the same time, shared by tasks of any regions and runtimes: at most
 * four calls to that service, one writer of that file.
 *
 * {@snippet file="SnippetsTest.java" region="limit"}
 *
 * <p>Ready tasks get permits in the order in which they become ready. A waiting task costs no thread. A cancelled task
 * leaves the queue. A task releases its permit when its body has ended, normally or not, and needs another for the next
 * attempt. A task with several limits needs a permit of each. It acquires them in the order in which the limits were
 * created, so that tasks do not block each other.
 *
 * <p>Thread-safe.
 */
public final class Limit {
    private final LimitGate admission;

    private Limit(LimitGate admission) {
        this.admission = admission;
    }

    /**
     * Creates a limit.
     *
     * @param name for messages
     * @param permits the largest number of tasks that run under it at the same time
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

    /** Returns the largest number of tasks that run under this limit at the same time. */
    public int permits() {
        return admission.permits();
    }

    /** Returns the number of permits in use. A snapshot. */
    public int inUse() {
        return admission.inUse();
    }

    /** Returns the number of tasks that wait for a permit; some that were just cancelled may be counted. A snapshot. */
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
