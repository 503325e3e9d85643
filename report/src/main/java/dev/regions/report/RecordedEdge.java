package dev.regions.report;

/**
 * One task that waits for another, and why.
 *
 * @param predecessor the id of the task that is waited for
 * @param successor the id of the task that waits
 * @param reason why
 * @param region the region that made the edge, {@link RecordedRegion#NONE} if the program did
 */
public record RecordedEdge(int predecessor, int successor, Reason reason, int region) {

    /** Why one task waits for another. */
    public enum Reason {
        /** The result of the one is an argument of the other. */
        ARGUMENT,
        /** The program said that the one must have succeeded. */
        REQUIRES,
        /** The program said that the one must be over. */
        AFTER,
        /** A sequential region put the one before the other. */
        SEQUENTIAL,
        /** One of the two is a barrier, which stands for many others. */
        BARRIER
    }
}
