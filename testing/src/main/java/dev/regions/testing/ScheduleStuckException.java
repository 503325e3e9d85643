package dev.regions.testing;

/** Thrown where a schedule comes to a point from which nothing moves any more. The message says who waits for what. */
public final class ScheduleStuckException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ScheduleStuckException(String message) {
        super(message);
    }
}
