package dev.regions.task;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by waiting for a task that never ran because something it requires did not succeed. The
 * {@linkplain #getCause() cause} is the root of it: what the body of the failed task threw, or the
 * {@link java.util.concurrent.CancellationException} of the task that was cancelled.
 */
public final class TaskSkippedException extends TaskFailedException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception that says which task was skipped.
     *
     * @param message says which task, and because of which other
     * @param cause the root cause
     */
    public TaskSkippedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
