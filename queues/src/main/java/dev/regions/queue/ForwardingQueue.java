package dev.regions.queue;

import dev.regions.task.QueueClosedException;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Forwards tasks to the upstream queue. The base class of queues that change, order or hold tasks.
 *
 * <p>A subclass that changes each task overrides {@link #onEnqueue}. A subclass that orders or drops tasks overrides
 * the two {@code enqueue} methods, and calls {@link #ensureOpen()} in them. A subclass that holds tasks overrides
 * {@link #flush()}, {@link #abandon}, {@link #holdsUntilClosed()}, {@link #holdsTasks()} and {@link #forEachHeld} as
 * well; it must make the check and the addition of a task atomic with respect to {@link #close()}, for example under a
 * lock of its own.
 *
 * <p>Flushing, closing or abandoning this queue does not affect the upstream queue, which belongs to the enclosing
 * region. Thread-safe, as any task queue.
 */
public abstract class ForwardingQueue implements TaskQueue {
    private final TaskQueue upstream;
    private volatile boolean closed;

    /**
     * Creates an open queue.
     *
     * @param upstream the queue that gets the tasks, usually {@link QueueStack#current()}
     */
    protected ForwardingQueue(TaskQueue upstream) {
        this.upstream = Objects.requireNonNull(upstream, "upstream");
    }

    @Override
    public final TaskQueue upstream() {
        return upstream;
    }

    /**
     * Called with each task, alone or in a batch, before it is forwarded, unless this queue is closed. The default does
     * nothing. If it throws, neither the task nor any other task of its batch is forwarded.
     *
     * <p>May be called on several threads at once.
     */
    protected void onEnqueue(PendingTask task) {}

    @Override
    public void enqueue(PendingTask task) {
        Objects.requireNonNull(task, "task");
        ensureOpen();
        onEnqueue(task);
        upstream.enqueue(task);
    }

    @Override
    public void enqueue(TaskBatch batch) {
        Objects.requireNonNull(batch, "batch");
        ensureOpen();
        for (PendingTask task : batch.tasks()) {
            onEnqueue(task);
        }
        upstream.enqueue(batch);
    }

    /** Closes this queue: later tasks are refused, and held tasks are {@linkplain #flush() flushed}. */
    @Override
    public void close() {
        closed = true;
        flush();
    }

    /** Returns true if this queue was closed, or abandoned. */
    protected boolean isClosed() {
        return closed;
    }

    /**
     * Ensures that this queue is open.
     *
     * @throws QueueClosedException if it is closed
     */
    protected final void ensureOpen() {
        if (isClosed()) {
            throw new QueueClosedException(this + " has ended and takes no more tasks");
        }
    }

    @Override
    public void onTaskFailed() {
        upstream.onTaskFailed();
    }

    /**
     * Visits the tasks that the upstream queue holds, or none if this queue {@linkplain #holdsUntilClosed() holds
     * tasks} itself.
     */
    @Override
    public void forEachHeld(Consumer<? super PendingTask> action) {
        if (!holdsUntilClosed()) {
            upstream.forEachHeld(action);
        }
    }

    /** Returns the kind, and a number that distinguishes regions of one kind. */
    @Override
    public String toString() {
        return kind() + " region @" + Integer.toHexString(System.identityHashCode(this));
    }
}
