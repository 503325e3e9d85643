package dev.regions.task;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when waiting for a task that never ran because a task it requires did not succeed. The {@linkplain #getCause()
 * cause} is the root cause: the exception of the failed task's body, or the
 * {@link java.util.concurrent.CancellationException} of the cancelled task.
 */
public final class TaskSkippedException extends TaskFailedException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception with a message and a cause.
     *
     * @param message names the skipped task, and the task because of which it was skipped
     * @param cause the root cause
     */
    public TaskSkippedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
