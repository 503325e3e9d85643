package dev.regions.report;

import dev.regions.queue.EdgeReason;

/**
 * An edge between two tasks, and its reason.
 *
 * @param predecessor the id of the awaited task
 * @param successor the id of the waiting task
 * @param reason the reason for the edge
 * @param soft whether the edge is about order alone: the successor runs even if the predecessor fails
 * @param region the region that made the edge, {@link RecordedRegion#NONE} if the program did
 */
public record RecordedEdge(int predecessor, int successor, EdgeReason reason, boolean soft, int region) {}
