package dev.regions.task;

/**
 * Thrown when waiting for a task that cannot start or end before the waiting task does: the wait could never return.
 * The message names the tasks of the cycle, and why each waits for the next.
 */
public final class DeadlockException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception with a message.
     *
     * @param message names the tasks that wait for each other
     */
    public DeadlockException(String message) {
        super(message);
    }
}
