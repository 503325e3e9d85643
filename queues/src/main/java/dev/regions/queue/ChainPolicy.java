package dev.regions.queue;

/** What a failure in a sequential region does to the tasks that come after it. */
public enum ChainPolicy {
    /** The rest of the chain is skipped. The default. */
    SKIP_REST(Dependency.Kind.HARD),
    /** The rest of the chain runs, in order, whatever became of the tasks before. */
    CONTINUE(Dependency.Kind.SOFT);

    private final Dependency.Kind edge;

    ChainPolicy(Dependency.Kind edge) {
        this.edge = edge;
    }

    Dependency.Kind edge() {
        return edge;
    }
}
