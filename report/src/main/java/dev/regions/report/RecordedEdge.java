package dev.regions.report;

import dev.regions.queue.EdgeReason;

/**
 * One task that waits for another, and why.
 *
 * @param predecessor the id of the task that is waited for
 * @param successor the id of the task that waits
 * @param reason why
 * @param soft whether order is all it is about: the successor runs even if the predecessor fails
 * @param region the region that made the edge, {@link RecordedRegion#NONE} if the program did
 */
public record RecordedEdge(int predecessor, int successor, EdgeReason reason, boolean soft, int region) {}
