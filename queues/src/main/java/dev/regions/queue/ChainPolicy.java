package dev.regions.queue;

/** Effect of a failure in a sequential region on the tasks after it. */
public enum ChainPolicy {
    /** Skips the rest of the chain. The default. */
    SKIP_REST(Dependency.Kind.HARD),
    /** Runs the rest of the chain, in order, whether or not the tasks before it succeed. */
    CONTINUE(Dependency.Kind.SOFT);

    private final Dependency.Kind edge;

    ChainPolicy(Dependency.Kind edge) {
        this.edge = edge;
    }

    Dependency.Kind edge() {
        return edge;
    }
}
