package dev.regions.core.graph;

import dev.regions.queue.PendingTask;

/**
 * A gate that a ready task passes before it is scheduled: the graph's view of a {@code LimitGate}.
 *
 * <p>An abstract class with one implementation, so that each call is direct. Thread-safe.
 */
public abstract class Gate {
    /** Its position in the order in which all tasks pass their gates. */
    public abstract long number();

    /** Admits a ready task, now or when there is a permit for it. */
    public abstract void request(PendingTask ready);

    /** Returns the permit of a task, if the task has one. */
    public abstract void release(PendingTask task);

    /** Notes that a task that waits here was withdrawn. */
    public abstract void giveUp();
}
