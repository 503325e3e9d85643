package dev.regions;

import dev.regions.core.KindOfRegion;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.QueueClosedException;
import java.util.function.Consumer;

/** A queue that marks what passes through it, and changes nothing else. */
final class MarkingQueue implements TaskQueue, KindOfRegion {
    private final TaskQueue above;
    private final String kind;
    private final String description;
    private final Consumer<PendingTask> mark;
    private volatile boolean closed;

    MarkingQueue(TaskQueue above, String kind, String description, Consumer<PendingTask> mark) {
        this.above = above;
        this.kind = kind;
        this.description = description;
        this.mark = mark;
    }

    @Override
    public void enqueue(PendingTask task) {
        ensureOpen();
        mark.accept(task);
        above.enqueue(task);
    }

    @Override
    public void enqueue(TaskBatch batch) {
        ensureOpen();
        batch.tasks().forEach(mark);
        above.enqueue(batch);
    }

    private void ensureOpen() {
        if (closed) {
            throw new QueueClosedException(this + " has ended and takes no more tasks");
        }
    }

    @Override
    public void taskFailed() {
        above.taskFailed();
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return description;
    }
}
