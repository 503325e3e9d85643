package dev.regions.queue;

import dev.regions.task.Task;
import java.util.Objects;

/**
 * An edge of the graph, as seen from the waiting task.
 *
 * @param predecessor the awaited task
 * @param kind the effect of the predecessor's outcome on the waiting task
 */
public record Dependency(Task<?> predecessor, Kind kind) {

    /** The effect of the predecessor's outcome on its successor. */
    public enum Kind {
        /** The predecessor must succeed; if it does not, the successor is skipped. */
        HARD,
        /** The predecessor must be completed, successfully or not. */
        SOFT
    }

    /** Creates an edge. */
    public Dependency {
        Objects.requireNonNull(predecessor, "predecessor");
        Objects.requireNonNull(kind, "kind");
    }
}
