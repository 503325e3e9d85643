package dev.regions.context;

import dev.regions.queue.PendingTask;
import dev.regions.queue.SpawnListener;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.QueueClosedException;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Wraps each task in the context of its spawner, when it is spawned; what arrives, it hands on as it is.
 *
 * <p>Thread-safe, as any task queue.
 */
final class ContextQueue implements TaskQueue, SpawnListener {
    private final TaskQueue above;
    private final ContextPropagation propagation;
    private volatile boolean closed;

    ContextQueue(TaskQueue above, ContextPropagation propagation) {
        this.above = Objects.requireNonNull(above, "above");
        this.propagation = propagation;
    }

    @Override
    public void spawned(PendingTask task) {
        task.wrap(propagation.capture());
    }

    @Override
    public void enqueue(PendingTask task) {
        Objects.requireNonNull(task, "task");
        ensureOpen();
        above.enqueue(task);
    }

    @Override
    public void enqueue(TaskBatch batch) {
        Objects.requireNonNull(batch, "batch");
        ensureOpen();
        above.enqueue(batch);
    }

    @Override
    public void taskFailed() {
        above.taskFailed();
    }

    /** Holds nothing; but where this is a root, nobody else asks the queue behind it. */
    @Override
    public void forEachHeld(Consumer<? super PendingTask> action) {
        above.forEachHeld(action);
    }

    private void ensureOpen() {
        if (closed) {
            throw new QueueClosedException(this + " has ended and takes no more tasks");
        }
    }

    /** Refuses what comes later, where this is the queue of a region; nobody closes a root. */
    @Override
    public void close() {
        closed = true;
    }

    /** As the queue above: that one stands for the runtime, in messages. */
    @Override
    public String toString() {
        return above.toString();
    }
}
