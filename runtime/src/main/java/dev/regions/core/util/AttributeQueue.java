package dev.regions.core.util;

import dev.regions.queue.ForwardingQueue;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskQueue;
import java.util.function.Consumer;

/** Adds an attribute, such as a deadline or a limit, to each task that passes. Thread-safe, as all task queues. */
public final class AttributeQueue extends ForwardingQueue {
    private final String kind;
    private final String description;
    private final Consumer<PendingTask> attribute;

    /**
     * Creates a queue.
     *
     * @param kind of region
     * @param description what {@link #toString()} returns
     * @param attribute adds the attribute to a task
     */
    public AttributeQueue(TaskQueue upstream, String kind, String description, Consumer<PendingTask> attribute) {
        super(upstream);
        this.kind = kind;
        this.description = description;
        this.attribute = attribute;
    }

    @Override
    protected void onEnqueue(PendingTask task) {
        attribute.accept(task);
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public String toString() {
        return description;
    }
}
