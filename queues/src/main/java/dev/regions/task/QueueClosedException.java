package dev.regions.task;

import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown when adding a task to a queue that takes no more: its region is closed, or its runtime. The task is abandoned,
 * and its body never runs.
 */
public final class QueueClosedException extends RejectedExecutionException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception with a message.
     *
     * @param message names the queue, and why it takes no more
     */
    public QueueClosedException(String message) {
        super(message);
    }
}
