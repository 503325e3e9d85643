package dev.regions.queue;

/**
 * Sees a region whole: each batch that reaches the root queue of a runtime goes through the runtime's passes, in the order
 * in which they were given, before any of it is launched. A pass may drop edges that follow from others, put several tasks
 * into one, or only look.
 */
@FunctionalInterface
public interface RegionPass {
    /**
     * Returns the batch to launch in place of the one given, or that one. Called on the thread that ends the region;
     * several regions may end at once.
     *
     * <p>A task that is left out must be {@linkplain PendingTask#abandon abandoned}, or made final in some other way. What
     * this throws is thrown where the region ends; nothing of the region runs then.
     */
    TaskBatch rewrite(TaskBatch batch);
}
