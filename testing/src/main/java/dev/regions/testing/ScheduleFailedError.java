package dev.regions.testing;

import java.util.List;

/**
 * Thrown where a schedule fails: its body threw, which is the cause then, a task failed and nobody was told, or nothing moved
 * any more. The message says how to replay it, and in which order things ran.
 */
public final class ScheduleFailedError extends AssertionError {
    private static final long serialVersionUID = 1;

    private final String trace;
    private final transient List<String> order;

    ScheduleFailedError(String schedule, Trace trace, List<String> order, Throwable cause) {
        super(
                schedule + " fails: " + cause + System.lineSeparator() + "  order: " + String.join(", ", order)
                        + System.lineSeparator() + "  trace: " + trace,
                cause);
        this.trace = trace.toString();
        this.order = List.copyOf(order);
    }

    /** Returns the choices that were made, for {@link Exploration#replay}. */
    public String trace() {
        return trace;
    }

    /** Returns what ran, in order: the name of a task that starts, or a name and "goes on". */
    public List<String> order() {
        return order == null ? List.of() : order;
    }
}
