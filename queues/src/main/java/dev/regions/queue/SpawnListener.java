package dev.regions.queue;

/**
 * A {@link TaskQueue} that is notified of a task when it is spawned. The task arrives later if a region in between
 * holds it back. The queue itself implements this. It is notified of the tasks spawned while it is
 * {@linkplain QueueStack on the stack} of the spawning thread, as the root queue of a runtime or the queue of a region.
 *
 * <p>Barriers and other tasks that queues create are not spawned, and listeners are not notified of them.
 */
public interface SpawnListener {
    /**
     * Called for a new task, before the innermost region gets it, on the thread that spawns it. The task may be
     * changed, in particular {@linkplain PendingTask#wrap wrapped}, but not forwarded. An exception is thrown by the
     * spawn, and the task is abandoned.
     *
     * <p>May be called on several threads at once.
     */
    void spawned(PendingTask task);
}
