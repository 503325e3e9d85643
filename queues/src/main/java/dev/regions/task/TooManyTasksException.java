package dev.regions.task;

import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown by handing tasks to a runtime that bounds how many may be in flight, and has no room for them. They are abandoned;
 * nothing of them runs.
 */
public final class TooManyTasksException extends RejectedExecutionException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception with a message.
     *
     * @param message names the runtime and its bound
     */
    public TooManyTasksException(String message) {
        super(message);
    }
}
