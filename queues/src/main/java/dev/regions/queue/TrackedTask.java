package dev.regions.queue;

import org.jspecify.annotations.Nullable;

/**
 * A reference to a task for a queue that remembers what passed through it, made by {@link PendingTask#track()}. It keeps the task
 * reachable while the task is unfinished, and after it has failed; a task that completes otherwise is let go, and its result
 * with it. Thread-safe.
 */
@FunctionalInterface
public interface TrackedTask {
    /**
     * Returns the task, null once it has completed and there is no failure to report: it has succeeded, was cancelled or abandoned,
     * or was skipped because of a task that was. A moment after its completion, the task may still be returned.
     *
     * <p>Actions in the body of the task happen-before a call of this method returns null.
     */
    @Nullable
    PendingTask pending();
}
