package dev.regions.queue;

import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.atomic.unpadded.MpscUnboundedAtomicUnpaddedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Forwards tasks at once and tracks them, so that a thread can wait for all of them, those of nested regions included.
 * Reports failures in the order of the tasks' arrival.
 *
 * <p>Producers only offer to a JCTools multi-producer queue. The one consumer that it allows is the holder of a lock: a
 * waiting thread, a canceller, and, if it happens to get the lock, a producer or the completing thread of a failed
 * task, which discards entries that are not needed any more. Therefore the number of tracked tasks is proportional to
 * the number of unfinished ones, not to that of all tasks ever spawned.
 *
 * <p>Tasks are tracked by a {@link TrackedTask}, which discards a task that completes without a failure. The region
 * keeps no results, not even while its owner waits for the last task. Until the next scan of the list, only that small
 * object remains of a completed task.
 *
 * <p>Failed tasks stay reachable, up to a hundred, until {@link #join()} has thrown their failures. Failures past the
 * hundredth in order are only counted; they count as observed, and are not reported as uncaught. The same holds for
 * tasks that threw an exception which is kept already: it is reported once, and each of the tasks is counted. An
 * exception is large compared to a task. Therefore at most about a thousand unscanned failures, or a thirty-second of
 * the tracked tasks, stay reachable, and those that arrive during a scan.
 *
 * <p>A thread that fails to get the lock to discard failures leaves that to the lock's holder. It counts the failure,
 * then tries the lock; the holder reads the count after unlocking. Therefore at least one of the two discards it.
 *
 * <p>A task that arrives while the owner {@linkplain #markJoined() marks} the tasks so far as joined is either found by
 * the owner's next scan or noted as unjoined: a producer offers the task, by a compare-and-set of the queue's index,
 * then reads {@code unjoined}; the owner clears that, then reads the queue.
 *
 * <p>Thread-safe, as any task queue.
 */
public final class JoinedQueue extends ForwardingQueue {
    /**
     * Few tasks, because most regions are small, and have one chunk from the start. Bytes:
     * docs/internals/before-and-after.md.
     */
    private static final int CHUNK = 32;

    private static final int COMPACT_FROM = 1024;
    /**
     * The share of failed tasks, one in so many, that triggers a scan: an exception takes far more memory than a task.
     */
    private static final int FAILURES_SHARE = 32;

    private final MessagePassingQueue<TrackedTask> arrived = new MpscUnboundedAtomicUnpaddedArrayQueue<>(CHUNK);
    private volatile boolean unjoined;

    // The approximate number of arrivals since the last compaction: producers may lose updates.
    private int arrivals;
    // The number of tasks that have failed since the last compaction began.
    private final AtomicInteger failed = new AtomicInteger();

    private final ReentrantLock consumer = new ReentrantLock();
    // Guarded by the lock: unfinished and failed tasks, in the order of arrival.
    private ArrayList<TrackedTask> kept = new ArrayList<>();
    // Guarded by the lock: the largest size of this list, which does not shrink by itself.
    private int mostKept;
    // Guarded by the lock: all tasks from this index on are completed.
    private int mayBeUnfinished;
    // Guarded by the lock: the number of discarded failures.
    private long omitted;
    // Guarded by the lock: the number of further discarded tasks, which threw an exception that is kept.
    private long repeated;
    // Tasks of discarded failures that do not count as observed yet.
    private final Queue<Task<?>> dropped = new ConcurrentLinkedQueue<>();

    // Written under the lock, read by producers as a hint.
    private int compactAt = COMPACT_FROM;
    // Written under the lock, read by the completing thread of a failed task.
    private volatile int tooManyFailed = COMPACT_FROM;

    /**
     * Creates a queue that tracks the tasks which pass through it.
     *
     * @param upstream the queue that gets the tasks, usually {@link QueueStack#current()}
     */
    public JoinedQueue(TaskQueue upstream) {
        super(upstream);
    }

    /** Tracks the task. */
    @Override
    protected void onEnqueue(PendingTask task) {
        arrived.offer(task.track());
        if (!unjoined) {
            unjoined = true;
        }
        if (++arrivals >= compactAt && consumer.tryLock()) {
            try {
                compact();
            } finally {
                unlock();
            }
        }
    }

    /** Discards failures past the bound if many have arrived since the last scan; notifies the upstream queue. */
    @Override
    public void onTaskFailed() {
        failed.incrementAndGet();
        dropFailures();
        super.onTaskFailed();
    }

    /** Releases the lock, and does the work that other threads have left to its holder. */
    private void unlock() {
        consumer.unlock();
        countAsSeen();
        dropFailures();
    }

    /**
     * Observes the discarded failures, which are reported as a number. Not under the lock: it takes a monitor of the
     * JDK's cleaner that all failing threads take, too, and a virtual thread that waits for one may be off its carrier
     * for long.
     */
    private void countAsSeen() {
        for (Task<?> task; (task = dropped.poll()) != null; ) {
            task.exceptionNow();
        }
    }

    private void dropFailures() {
        while (failed.get() >= tooManyFailed && consumer.tryLock()) {
            try {
                if (failed.get() >= tooManyFailed) { // or another thread has just done it
                    compact();
                }
            } finally {
                consumer.unlock();
            }
            countAsSeen();
        }
    }

    /**
     * Waits until all tasks enqueued so far are completed.
     *
     * @throws RegionFailedException if any of them failed, or was skipped because of a failure outside
     * @throws InterruptedException if the calling thread is interrupted first
     */
    public void join() throws InterruptedException {
        markJoined();
        await();
        throwIfFailed();
    }

    /**
     * Waits until all tasks enqueued so far are completed, successfully or not.
     *
     * @throws InterruptedException if the calling thread is interrupted first
     */
    public void await() throws InterruptedException {
        awaitAll(null);
    }

    /**
     * Waits up to the given time until all tasks enqueued so far are completed, successfully or not. Waiting counts as
     * observing their failures: the caller must call {@link #throwIfFailed()} afterwards.
     *
     * @param timeout the longest time to wait; if it is not positive, the method does not wait
     * @return false if the time ran out before
     * @throws InterruptedException if the calling thread is interrupted first
     */
    public boolean await(Duration timeout) throws InterruptedException {
        return awaitAll(System.nanoTime() + Math.max(0, TimeUnit.NANOSECONDS.convert(timeout)));
    }

    /** Marks the tasks enqueued so far as joined by the caller; {@link #join()} does so, too. */
    public void markJoined() {
        unjoined = false;
    }

    /** Returns true if a task has arrived since the last {@link #markJoined()} or {@link #join()}. */
    public boolean hasUnjoined() {
        return unjoined;
    }

    /** Cancels all uncompleted tasks enqueued so far, and returns their number. */
    public int cancel() {
        int cancelled = 0;
        Throwable first = null;
        for (TrackedTask tracked : unfinished()) {
            PendingTask pending = tracked.pending();
            if (pending == null) {
                continue;
            }
            try {
                if (!endsByItself(pending)) {
                    pending.task().cancel();
                }
            } catch (Throwable thrown) { // the others are to be cancelled all the same
                first = first == null ? thrown : first;
            }
            cancelled += pending.isBarrier() ? 0 : 1;
        }
        if (first != null) {
            throw TaskBatch.<RuntimeException>unchecked(first);
        }
        return cancelled;
    }

    /**
     * Returns true for a launched barrier, which completes with the tasks it stands for. If it were cancelled just
     * before it succeeds, its successors would be skipped, though no task before it was cancelled. An unlaunched one
     * does not complete before its launch, nor do the tasks it stands for, which are cancelled by now.
     */
    static boolean endsByItself(PendingTask pending) {
        return pending.isBarrier() && pending.task().taskState() != TaskState.UNLAUNCHED;
    }

    /** Waits until all tasks enqueued so far are completed. An interrupt is restored on return. */
    public void awaitUninterruptibly() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    await();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns the number of discarded failures that no {@link #join()} has reported yet. */
    public long omitted() {
        consumer.lock();
        try {
            return omitted;
        } finally {
            unlock();
        }
    }

    /**
     * Waits from the last task to the first: by then most of the others are completed, and few waits park the thread.
     * Refers to one task at a time, because a list of them would keep their failures reachable.
     *
     * @param deadline the {@link System#nanoTime()} at which to give up; null for never
     */
    private boolean awaitAll(@Nullable Long deadline) throws InterruptedException {
        while (mayHaveUnfinished()) {
            for (PendingTask pending; (pending = lastUnfinished()) != null; ) {
                if (deadline == null) {
                    pending.awaitForRegion();
                } else if (!awaitFor(pending.task(), deadline - System.nanoTime())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Drains the arrivals; returns false if all tasks are completed. */
    private boolean mayHaveUnfinished() {
        consumer.lock();
        try {
            compact();
            return mayBeUnfinished > 0;
        } finally {
            unlock();
        }
    }

    /** Returns the last uncompleted task, null if there is none. Passes each task once. */
    private @Nullable PendingTask lastUnfinished() {
        consumer.lock();
        try {
            for (; mayBeUnfinished > 0; mayBeUnfinished--) {
                PendingTask pending = kept.get(mayBeUnfinished - 1).pending();
                if (pending != null && !pending.task().isDone()) {
                    return pending;
                }
            }
            return null;
        } finally {
            unlock();
        }
    }

    private static boolean awaitFor(Task<?> task, long nanos) throws InterruptedException {
        try {
            if (!task.isDone()) {
                task.get(nanos, TimeUnit.NANOSECONDS);
            }
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException | CancellationException ended) {
            return true;
        }
        return true;
    }

    private List<TrackedTask> unfinished() {
        consumer.lock();
        try {
            compact();
            List<TrackedTask> unfinished = new ArrayList<>();
            for (TrackedTask tracked : kept) {
                PendingTask pending = tracked.pending();
                if (pending != null && !pending.task().isDone()) {
                    unfinished.add(tracked);
                }
            }
            return unfinished;
        } finally {
            unlock();
        }
    }

    /**
     * Drains the arrivals; discards tasks that completed without a failure, failures past the bound, and tasks skipped
     * for a cause that is kept already. Reads each task once, because it may complete at any time. Requires the lock.
     *
     * <p>Works in place: under many failures, this is where memory is short. If it is cut short, by an out-of-memory
     * error at worst, no task is left out and none is in the list twice.
     */
    private void compact() {
        failed.set(0); // before the scan: a failure that the scan misses counts for the next one
        // Not drain(..), which stops after 4096 tasks, or at a task that a producer is still offering.
        int left = arrived.size();
        kept.ensureCapacity(kept.size() + left);
        for (; left > 0; left--) {
            kept.add(arrived.poll());
        }
        mostKept = Math.max(mostKept, kept.size());
        FailureCollector failures = new FailureCollector();
        int unfinishedBelow = 0;
        int to = 0;
        int from = 0;
        try {
            for (; from < kept.size(); from++) {
                TrackedTask tracked = kept.get(from);
                PendingTask pending = tracked.pending();
                if (pending == null) {
                    continue;
                }
                TaskState state = pending.task().taskState();
                if (!state.isCompleted() || isToReport(pending, state, failures, from)) {
                    kept.set(to++, tracked);
                    unfinishedBelow = state.isCompleted() ? unfinishedBelow : to;
                }
            }
        } finally {
            kept.subList(to, from).clear();
            mayBeUnfinished = kept.size();
            omitted += failures.omitted();
            repeated += failures.repeated();
        }
        mayBeUnfinished = unfinishedBelow;
        if (kept.size() < mostKept / 4) {
            kept = new ArrayList<>(kept);
            mostKept = kept.size();
        }
        arrivals = 0;
        compactAt = Math.max(COMPACT_FROM, kept.size());
        tooManyFailed = Math.max(COMPACT_FROM, kept.size() / FAILURES_SHARE);
    }

    /**
     * Returns true if the failure of a completed task is to be reported. A failure that is left out counts as observed.
     */
    private boolean isToReport(PendingTask pending, TaskState state, FailureCollector failures, long position) {
        FailureCollector.Verdict verdict = failures.add(pending, state, position);
        if (verdict == FailureCollector.Verdict.LEFT_OUT) {
            dropped.add(pending.task());
        }
        return verdict == FailureCollector.Verdict.REPORTED;
    }

    /**
     * Throws the failures so far, own failures before those from outside; each of them once. Does not wait.
     *
     * @throws RegionFailedException if there are any
     */
    public void throwIfFailed() {
        FailureCollector failures = new FailureCollector();
        List<PendingTask> completed = new ArrayList<>();
        ArrayList<TrackedTask> others = new ArrayList<>();
        long left;
        long again;
        consumer.lock();
        try {
            compact();
            for (TrackedTask tracked : kept) {
                PendingTask pending = tracked.pending();
                if (pending != null && pending.task().isDone() && pending.failure() != null) {
                    completed.add(pending);
                } else if (pending != null) {
                    others.add(tracked);
                }
            }
            kept = others;
            mostKept = others.size();
            mayBeUnfinished = others.size();
            left = omitted;
            omitted = 0;
            again = repeated;
            repeated = 0;
        } finally {
            unlock();
        }
        for (int i = 0; i < completed.size(); i++) {
            PendingTask pending = completed.get(i);
            pending.task().exceptionNow(); // counts as observed from now on
            failures.add(pending, pending.task().taskState(), i);
        }
        failures.throwIfAny(this, left, again);
    }

    @Override
    public String kind() {
        return "joined";
    }
}
