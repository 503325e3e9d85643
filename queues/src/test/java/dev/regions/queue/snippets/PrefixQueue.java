package dev.regions.queue.snippets;

import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.QueueClosedException;
import java.util.Objects;

// @start region=queue
/** Puts a prefix before the name of each task that passes through. */
public final class PrefixQueue implements TaskQueue {
    private final TaskQueue above;
    private final String prefix;
    private volatile boolean closed;

    public PrefixQueue(TaskQueue above, String prefix) {
        this.above = Objects.requireNonNull(above, "above");
        this.prefix = Objects.requireNonNull(prefix, "prefix");
    }

    @Override
    public void enqueue(PendingTask task) {
        ensureOpen();
        rename(task);
        above.enqueue(task);
    }

    @Override
    public void enqueue(TaskBatch batch) {
        ensureOpen();
        batch.tasks().forEach(this::rename);
        above.enqueue(batch);
    }

    private void rename(PendingTask task) {
        task.rename(prefix + task.name());
    }

    private void ensureOpen() {
        if (closed) {
            throw new QueueClosedException("the region of '" + prefix + "' has ended and takes no more tasks");
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
// @end
