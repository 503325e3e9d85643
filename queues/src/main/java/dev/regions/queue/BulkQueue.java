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
 * Collects what is spawned, from any number of threads, and hands it to the upstream queue as one batch when it is
 * {@linkplain #flush() flushed} or {@linkplain #close() closed}. A bulk queue below another one merges into it: the only
 * launch is at the outermost end.
 *
 * <h2>How the end of the region and a late spawn agree</h2>
 *
 * A JCTools multi-producer queue takes the tasks; it cannot be closed by itself. A ticket word beside it can: its low
 * bits count the tasks taken since the last flush, its top bit says closed. A producer first draws a ticket with one
 * atomic increment, and that is the moment at which its task is in or out: a ticket that shows closed is refused, any
 * other is a promise to offer. Whoever ends the region takes the count, again with one atomic operation, and then polls
 * exactly that many tasks. It may have to wait for producers that drew a ticket and have not offered yet, a few
 * instructions each, just as polling the JCTools queue itself waits for a producer that has claimed its slot. A race would
 * show as a task that was taken and is in no batch, or as one that is in a batch although its spawn was refused.
 *
 * <p>A promise is kept in any case. What comes after the ticket may throw: a method of the task, which may be the user's, or the
 * offer, because memory or stack runs out. The producer then counts a <em>broken</em> promise, which takes neither, and the
 * consumer takes one of these where it finds no task. A broken promise may stand in for the task of a slower producer: that
 * task is then part of the next flush.
 *
 * <p>Flushes and the close take turns under a lock, for the JCTools queue allows one consumer; producers never touch it.
 * It is held until the batch is handed on: batches reach the upstream queue in the order in which they were taken, and
 * before {@code close()} returns, so does what a flush on another thread has taken. Who asks what is held takes no part in
 * that: the iterator of the JCTools queue may be used while others offer and poll. Thread-safe, as any task queue.
 */
public final class BulkQueue extends ForwardingQueue {
    private static final long CLOSED = Long.MIN_VALUE;
    /** Few tasks: most regions are small, and have one chunk from the start; the bytes: docs/internals/before-and-after.md. */
    private static final int CHUNK = 32;
    /** How often the consumer looks for a task that was promised before it yields: an offer takes a few instructions. */
    private static final int SPINS = 128;

    private final AtomicLong tickets = new AtomicLong();
    private final MpscUnboundedAtomicUnpaddedArrayQueue<Object> held =
            new MpscUnboundedAtomicUnpaddedArrayQueue<>(CHUNK);
    /** How many tickets were drawn whose producer could not offer its task. */
    private final AtomicInteger broken = new AtomicInteger();

    private final ReentrantLock consumer = new ReentrantLock();
    /** What the upstream queue is being given, which may take long; null if that is nothing. Written under the lock. */
    private volatile @Nullable TaskBatch handingOn;

    /**
     * Makes a queue that launches into another.
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
     * Hands what was collected so far to the upstream queue, as one batch, and goes on collecting. Does nothing if there is
     * nothing.
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

    /** Tells whether nothing is held at the moment; so it is once the queue is closed, whatever it refuses then. */
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

    /** First what is held, then what has left it meanwhile. Misses what is in between for as long as it takes to poll it all. */
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

    /** Takes everything that has a ticket, leaving the ticket word as either zero or closed. */
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

    /** Polls so many promised entries. If there is no memory for a batch of them, abandons all of their tasks. */
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

    /** Returns the next entry, null for a promise that was broken. */
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
