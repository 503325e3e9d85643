package dev.regions.task;

import org.jspecify.annotations.Nullable;

/** Thrown when waiting for a task whose body threw an exception, which is the {@linkplain #getCause() cause}. */
public class TaskFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception with a message and a cause.
     *
     * @param message names the task, and how it failed
     * @param cause the exception that the task's body threw
     */
    public TaskFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
