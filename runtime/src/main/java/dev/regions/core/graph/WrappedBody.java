package dev.regions.core.graph;

import dev.regions.queue.PendingTask;

/**
 * A body in the wrapper of a queue.
 *
 * @param bodyKind of the body, as in {@link BodyKind}
 */
public record WrappedBody(PendingTask.BodyWrapper wrapper, byte bodyKind, Object body) {}
