package dev.regions.observe;

import dev.regions.queue.Dependency;
import dev.regions.queue.EdgeReason;
import org.jspecify.annotations.Nullable;

/**
 * An edge of the graph and the reason for it, as seen from the task that waits. Immutable.
 *
 * @param predecessor the {@linkplain TaskInfo#id() number} of the task that is waited for, 0 if that is not observed: it was
 *     spawned before anybody observed
 * @param predecessorName the name of that task
 * @param kind what its outcome means to the one that waits
 * @param reason why the edge is there
 * @param region the region whose queue has added the edge; null if it comes from the spawning code, or from a queue that is no
 *     region's or did not say
 */
public record TaskEdge(
        long predecessor,
        String predecessorName,
        Dependency.Kind kind,
        EdgeReason reason,
        @Nullable RegionInfo region) {}
