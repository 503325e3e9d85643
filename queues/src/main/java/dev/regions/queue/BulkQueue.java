package dev.regions.queue;

import dev.regions.internal.Suppressed;
import dev.regions.task.QueueClosedException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jctools.queues.atomic.unpadded.MpscUnboundedAtomicUnpaddedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Collects tasks, from any number of threads, and forwards them to the upstream queue as one batch when it is
 * {@linkplain #flush() flushed} or {@linkplain #close() closed}. A bulk queue below another one merges into it: the
 * only launch is at the end of the outermost region.
 *
 * <h2>How the end of the region and a late spawn agree</h2>
 *
 * A JCTools multi-producer queue takes the tasks; it cannot be closed by itself. A ticket word beside it can: its low
 * bits count the tasks taken since the last flush, its top bit marks it as closed. A producer first draws a ticket with
 * one atomic increment, which decides whether its task is accepted. A ticket that shows closed is refused, any other is
 * a promise to offer. The thread that ends the region takes the count, again with one atomic operation, and then polls
 * exactly that many tasks. It may have to wait for producers that drew a ticket and have not offered yet, a few
 * instructions each, just as polling the JCTools queue itself waits for a producer that has claimed its slot. A race
 * would show as a task that was taken and is in no batch, or as one that is in a batch although its spawn was refused.
 *
 * <p>A promise is always kept. The steps after the ticket may throw: a method of the task, which may be user code, or
 * the offer, if memory or stack runs out. The producer then counts a <em>broken</em> promise, which requires neither,
 * and the consumer takes one of these where it finds no task. A broken promise may stand in for the task of a slower
 * producer: that task is then part of the next flush.
 *
 * <p>Flushes and the close take turns under a lock, because the JCTools queue allows one consumer; producers never
 * touch it. The lock is held until the batch is forwarded. Therefore batches reach the upstream queue in the order in
 * which they were taken, and a batch that a flush on another thread has taken reaches it before {@code close()}
 * returns. {@link #forEachHeld} does not take the lock: the iterator of the JCTools queue may be used during offers and
 * polls. Thread-safe, as any task queue.
 */
public final class BulkQueue extends ForwardingQueue {
    private static final long CLOSED = Long.MIN_VALUE;
    /**
     * Few tasks, because most regions are small, and have one chunk from the start. Bytes:
     * docs/internals/before-and-after.md.
     */
    private static final int CHUNK = 32;
    /** The number of polls for a promised task before the consumer yields: an offer takes a few instructions. */
    private static final int SPINS = 128;

    private final AtomicLong tickets = new AtomicLong();
    private final MpscUnboundedAtomicUnpaddedArrayQueue<Object> held =
            new MpscUnboundedAtomicUnpaddedArrayQueue<>(CHUNK);
    /** The number of tickets whose producer could not offer its task. */
    private final AtomicInteger broken = new AtomicInteger();

    private final ReentrantLock consumer = new ReentrantLock();
    /** The batch that is being forwarded, which may take long; null if there is none. Written under the lock. */
    private volatile @Nullable TaskBatch handingOn;

    /**
     * Creates a queue that launches into another.
     *
     * @param upstream the queue that gets the batch, usually {@link QueueStack#current()}
     */
    public BulkQueue(TaskQueue upstream) {
        super(upstream);
    }

    @Override
    public void enqueue(PendingTask task) {
        Objects.requireNonNull(task, "task");
        drawTicket();
        boolean offered = false;
        try {
            task.heldBy(this);
            offered = held.offer(task);
        } finally {
            keepPromise(offered);
        }
    }

    @Override
    public void enqueue(TaskBatch batch) {
        if (batch.isEmpty()) {
            return;
        }
        drawTicket();
        boolean offered = false;
        try {
            batch.tasks().forEach(task -> task.heldBy(this));
            offered = held.offer(batch);
        } finally {
            keepPromise(offered);
        }
    }

    private void drawTicket() {
        if (tickets.get() < 0 || tickets.getAndIncrement() < 0) {
            throw new QueueClosedException(this + " has ended and takes no more tasks");
        }
    }

    private void keepPromise(boolean offered) {
        if (!offered) {
            broken.incrementAndGet();
        }
    }

    /**
     * Forwards the tasks collected so far to the upstream queue, as one batch, and goes on collecting. Does nothing if
     * there are none.
     *
     * @throws QueueClosedException if the upstream queue takes no more; the tasks are abandoned then
     */
    @Override
    public void flush() {
        launch(0);
    }

    @Override
    public void close() {
        launch(CLOSED);
    }

    @Override
    public void abandon(Throwable reason) {
        take(CLOSED).abandon(reason);
    }

    /** Returns true if no tasks are held, in particular once the queue is closed. */
    public boolean isEmpty() {
        return tickets.get() <= 0;
    }

    @Override
    public boolean holdsUntilClosed() {
        return true;
    }

    @Override
    public boolean holdsTasks() {
        return !isEmpty();
    }

    /**
     * Visits the held tasks, then those being forwarded. Misses tasks in between these two states, for as long as it
     * takes to poll them all.
     */
    @Override
    public void forEachHeld(Consumer<? super PendingTask> action) {
        held.iterator().forEachRemaining(entry -> forEachTask(entry, action));
        TaskBatch leaving = handingOn;
        if (leaving != null) {
            leaving.tasks().forEach(action);
        }
    }

    private void launch(long flag) {
        consumer.lock();
        try {
            TaskBatch batch = take(flag);
            if (!batch.isEmpty()) {
                handOn(batch);
            }
        } finally {
            consumer.unlock();
        }
    }

    private void handOn(TaskBatch batch) {
        handingOn = batch;
        try {
            upstream().enqueue(batch);
        } catch (Throwable refused) {
            abandon(batch, refused);
            throw refused;
        } finally {
            handingOn = null;
        }
    }

    private static void abandon(TaskBatch batch, Throwable reason) {
        try {
            batch.abandon(reason);
        } catch (Throwable another) {
            Suppressed.add(reason, another);
        }
    }

    /** Takes all entries that have a ticket, leaving the ticket word as either zero or closed. */
    private TaskBatch take(long flag) {
        consumer.lock();
        try {
            long before = tickets.getAndUpdate(word -> word & CLOSED | flag);
            if (before < 0) {
                return new TaskBatch(List.of());
            }
            return collect(before);
        } finally {
            consumer.unlock();
        }
    }

    /**
     * Polls the given number of promised entries. If there is no memory for a batch of them, abandons all of their
     * tasks.
     */
    private TaskBatch collect(long promised) {
        long left = promised;
        Object entry = null;
        TaskList.Builder tasks = null;
        try {
            tasks = new TaskList.Builder(promised);
            for (; left > 0; left--) {
                entry = nextHeld();
                add(entry, tasks);
                entry = null;
            }
            return new TaskBatch(tasks.build());
        } catch (Throwable exhausted) {
            Consumer<PendingTask> abandon = task -> abandon(TaskBatch.of(task), exhausted);
            if (tasks != null) {
                tasks.forEach(abandon);
            }
            forEachTask(entry, abandon); // perhaps for the second time, which does nothing
            for (long missing = entry == null ? left : left - 1; missing > 0; missing--) {
                forEachTask(nextHeld(), abandon);
            }
            throw exhausted;
        }
    }

    private static void add(@Nullable Object entry, TaskList.Builder tasks) {
        if (entry instanceof TaskBatch batch) {
            batch.tasks().forEach(tasks::add);
        } else if (entry != null) {
            tasks.add((PendingTask) entry);
        }
    }

    private static void forEachTask(@Nullable Object entry, Consumer<? super PendingTask> action) {
        if (entry instanceof TaskBatch batch) {
            batch.tasks().forEach(action);
        } else if (entry != null) {
            action.accept((PendingTask) entry);
        }
    }

    /** Returns the next entry, null for a broken promise. */
    private @Nullable Object nextHeld() {
        for (int looks = 1; ; looks++) {
            Object entry = held.poll();
            if (entry != null) {
                return entry;
            }
            if (broken.get() > 0) {
                broken.decrementAndGet(); // by one thread at a time
                return null;
            }
            if (looks < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    @Override
    protected boolean isClosed() {
        return tickets.get() < 0;
    }

    @Override
    public String kind() {
        return "bulk";
    }
}
