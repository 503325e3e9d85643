package dev.regions.queue;

/** Why an edge of the graph is there: what it was that made one task wait for another. */
public enum EdgeReason {
    /** The result of the predecessor is an argument of the successor. */
    ARGUMENT("takes the result of"),
    /** The spawning code said that the successor requires the predecessor. */
    REQUIRES("requires"),
    /** The spawning code said that the successor comes after the predecessor. */
    AFTER("comes after"),
    /** A sequential region put the successor behind the predecessor. */
    SEQUENTIAL("is behind, in sequence,"),
    /** The successor is a barrier, a task without a body, which stands for a batch that the predecessor is in. */
    BARRIER("is the end of a batch with"),
    /** Some other queue has added the edge, and did not say why. */
    QUEUE("was put behind, by a queue,");

    private final String description;

    EdgeReason(String description) {
        this.description = description;
    }

    /** Returns words that fit between the names of the successor and of the predecessor. */
    public String description() {
        return description;
    }
}
