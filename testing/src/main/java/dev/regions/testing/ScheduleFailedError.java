package dev.regions.testing;

import java.util.List;

/**
 * Thrown when a schedule fails: its body threw an exception, which is then the cause, a task's failure was not
 * observed, or nothing moved any more. The message explains how to replay it, and lists the steps in order.
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

    /** Returns the choices made, for {@link Exploration#replay}. */
    public String trace() {
        return trace;
    }

    /** Returns the steps that ran, in order: the name of a task that starts, or a name and "goes on". */
    public List<String> order() {
        return order == null ? List.of() : order;
    }
}
