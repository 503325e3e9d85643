package dev.regions.task;

import org.jspecify.annotations.Nullable;

/** Thrown by waiting for a task whose body threw; the {@linkplain #getCause() cause} is what the body threw. */
public class TaskFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception that says which task failed.
     *
     * @param message says which task, and how
     * @param cause what the task's body threw
     */
    public TaskFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
