package dev.regions.task;

import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown when launching tasks in a runtime that bounds the tasks in flight, and has no room for them. The tasks are
 * abandoned, and their bodies never run.
 */
public final class TooManyTasksException extends RejectedExecutionException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception with a message.
     *
     * @param message names the runtime and its bound
     */
    public TooManyTasksException(String message) {
        super(message);
    }
}
