package dev.regions.queue;

/**
 * Rewrites the batches of a runtime. Each batch that reaches the runtime's root queue goes through its passes, in the
 * order in which they were given, before any of it is launched. A pass may drop edges that follow from others, merge
 * several tasks into one, or only inspect the batch.
 */
@FunctionalInterface
public interface RegionPass {
    /**
     * Returns the batch to launch in place of the given one, or the given one. Called on the thread that ends the
     * region; several regions may end at once.
     *
     * <p>A task that is left out must be {@linkplain PendingTask#abandon abandoned}, or completed in some other way. An
     * exception is thrown where the region ends, and nothing of the region runs.
     */
    TaskBatch rewrite(TaskBatch batch);
}
