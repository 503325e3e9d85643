package dev.regions.queue;

import dev.regions.task.Task;
import java.util.Objects;

/**
 * An edge of the graph, as seen from the task that waits.
 *
 * @param predecessor the task that is waited for
 * @param kind what its outcome means to the one that waits
 */
public record Dependency(Task<?> predecessor, Kind kind) {

    /** What the outcome of the predecessor means to its successor. */
    public enum Kind {
        /** The predecessor must succeed; if it does not, the successor is skipped. */
        HARD,
        /** The predecessor must be final, however it ended. */
        SOFT
    }

    /** Makes an edge. */
    public Dependency {
        Objects.requireNonNull(predecessor, "predecessor");
        Objects.requireNonNull(kind, "kind");
    }
}
