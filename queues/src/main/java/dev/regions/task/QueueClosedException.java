package dev.regions.task;

import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown by handing a task to a queue that takes no more: its region has ended, or its runtime is closed. The task is
 * abandoned; nothing of it runs.
 */
public final class QueueClosedException extends RejectedExecutionException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception with a message.
     *
     * @param message names the queue and says why it takes no more
     */
    public QueueClosedException(String message) {
        super(message);
    }
}
