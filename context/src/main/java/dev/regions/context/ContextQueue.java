package dev.regions.context;

import dev.regions.queue.ForwardingQueue;
import dev.regions.queue.PendingTask;
import dev.regions.queue.SpawnListener;
import dev.regions.queue.TaskQueue;

/**
 * Wraps each task in the context of its spawner, when it is spawned; forwards enqueued tasks unchanged.
 *
 * <p>Thread-safe, as any task queue.
 */
final class ContextQueue extends ForwardingQueue implements SpawnListener {
    private final ContextPropagation propagation;

    ContextQueue(TaskQueue upstream, ContextPropagation propagation) {
        super(upstream);
        this.propagation = propagation;
    }

    @Override
    public void spawned(PendingTask task) {
        task.wrap(propagation.capture());
    }

    @Override
    public String kind() {
        return upstream().kind();
    }

    /** Returns the string of the upstream queue: as part of a root, that one stands for the runtime in messages. */
    @Override
    public String toString() {
        return upstream().toString();
    }
}
