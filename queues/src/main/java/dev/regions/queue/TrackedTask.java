package dev.regions.queue;

import org.jspecify.annotations.Nullable;

/**
 * A reference to a task for a queue that tracks forwarded tasks, created by {@link PendingTask#track()}. It keeps the
 * task reachable while the task is unfinished, and after it has failed. If the task completes otherwise, the reference
 * discards it, and its result with it. Thread-safe.
 */
@FunctionalInterface
public interface TrackedTask {
    /**
     * Returns the task, or null once it has completed without a failure to report: it has succeeded, was cancelled or
     * abandoned, or was skipped because of such a task. For a moment after its completion, the task may still be
     * returned.
     *
     * <p>Actions in the body of the task happen-before a call of this method returns null.
     */
    @Nullable
    PendingTask pending();
}
