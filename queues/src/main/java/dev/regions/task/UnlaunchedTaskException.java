package dev.regions.task;

/**
 * Thrown when waiting, inside a region, for tasks that cannot start before that region ends, or that depend on such
 * tasks. End the region first, or wait from another thread.
 */
public final class UnlaunchedTaskException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception with a message.
     *
     * @param message names the awaited task and the region that holds it
     */
    public UnlaunchedTaskException(String message) {
        super(message);
    }
}
