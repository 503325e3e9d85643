package dev.regions.task;

/**
 * Thrown by waiting, inside a region, for tasks that cannot start before that region ends, or that depend on such tasks. End the
 * region first, or wait from another thread.
 */
public final class UnlaunchedTaskException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception with a message.
     *
     * @param message names what was waited for and the region that holds it
     */
    public UnlaunchedTaskException(String message) {
        super(message);
    }
}
