package dev.regions.testing;

/**
 * Thrown when a schedule reaches a point from which nothing moves any more. The message names each waiting actor, and
 * the cause of its wait.
 */
public final class ScheduleStuckException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ScheduleStuckException(String message) {
        super(message);
    }
}
