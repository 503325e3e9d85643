package dev.regions.queue;

/** The reason for an edge of the graph. */
public enum EdgeReason {
    /** The result of the predecessor is an argument of the successor. */
    ARGUMENT("takes the result of"),
    /** The spawning code declared that the successor requires the predecessor. */
    REQUIRES("requires"),
    /** The spawning code declared that the successor comes after the predecessor. */
    AFTER("comes after"),
    /** A sequential region put the successor behind the predecessor. */
    SEQUENTIAL("is behind, in sequence,"),
    /** The successor is a barrier, a task without a body, which stands for a batch that contains the predecessor. */
    BARRIER("is the end of a batch with"),
    /** Another queue added the edge without a reason. */
    QUEUE("was put behind, by a queue,");

    private final String description;

    EdgeReason(String description) {
        this.description = description;
    }

    /** Returns a phrase that fits between the names of the successor and of the predecessor. */
    public String description() {
        return description;
    }
}
