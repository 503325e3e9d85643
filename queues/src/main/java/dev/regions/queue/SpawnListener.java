package dev.regions.queue;

/**
 * A {@link TaskQueue} that wants to know of a task when it is spawned, not when it arrives, which is later if a region in
 * between holds tasks back. To be implemented by the queue itself; it is told of what is spawned while it is
 * {@linkplain QueueStack on the stack} of the spawning thread, as the root queue of a runtime or the queue of a region.
 *
 * <p>Barriers and other tasks that queues make themselves are not spawned; nobody is told of them.
 */
public interface SpawnListener {
    /**
     * Called for a task that nobody else has seen yet, before the innermost region gets it, on the thread that spawns it. The
     * task may be changed, in particular {@linkplain PendingTask#wrap wrapped}, but not handed on. What this throws is thrown
     * by the spawn, and the task is abandoned.
     *
     * <p>May be called on several threads at once.
     */
    void spawned(PendingTask task);
}
