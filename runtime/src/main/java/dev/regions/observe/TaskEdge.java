package dev.regions.observe;

import dev.regions.queue.Dependency;
import dev.regions.queue.EdgeReason;
import org.jspecify.annotations.Nullable;

/**
 * An edge of the graph and its reason, as seen from the waiting task. Immutable.
 *
 * @param predecessor the {@linkplain TaskInfo#id() number} of the awaited task, 0 if it is not observed, because it was
 *     spawned before the first observer was registered
 * @param predecessorName the name of that task
 * @param kind the effect of its outcome on the waiting task
 * @param reason the reason for the edge
 * @param region the region whose queue has added the edge; null if it comes from the spawning code, or from a queue
 *     that belongs to no region or did not identify itself
 */
public record TaskEdge(
        long predecessor,
        String predecessorName,
        Dependency.Kind kind,
        EdgeReason reason,
        @Nullable RegionInfo region) {}
