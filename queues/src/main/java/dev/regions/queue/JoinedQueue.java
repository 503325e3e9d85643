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
 * Hands everything on at once and remembers it, so that one can wait for all of it, those of nested regions included, and
 * learn of the failures in the order in which the tasks have come.
 *
 * <p>Producers only offer to a JCTools multi-producer queue. The one consumer it allows is whoever holds a lock: who waits,
 * who cancels, and now and then a producer, or who has ended a task that failed, if it happens to get the lock, to drop
 * what needs not be remembered any more. What is remembered so stays in proportion to what is unfinished, not to what was
 * ever spawned.
 *
 * <p>Remembered is not the task but a {@link TrackedTask}, which lets go of a task that completes without a failure: the region
 * keeps no results, not even while its owner waits for the last task. What stays of a completed task, until the list is looked
 * through, is that small object.
 *
 * <p>Tasks that have failed stay reachable, up to a hundred, until {@link #join()} has thrown their failures. Failures past the
 * hundredth in order are only counted; they count as observed, and are not reported as uncaught. So do those of tasks that threw
 * an exception which is kept already: it is reported once, and each of the tasks is counted. An exception is large beside a task:
 * of failures that are not looked through yet, no more than about a thousand, or a thirty-second of what is remembered, stay
 * reachable, and those that come during a look.
 *
 * <p>Who fails to get the lock to drop failures leaves that to the one that has it: a failure is counted, then the lock is
 * tried; who lets go of the lock looks at the count afterwards. So it cannot happen that both leave it to the other.
 *
 * <p>What comes from another thread while the owner {@linkplain #markJoined() claims} what has come is either found by the owner's
 * next look or noted as unjoined: a producer offers the task, by a compare-and-set of the queue's index, then looks at
 * {@code unjoined}; the owner clears that, then looks at the queue.
 *
 * <p>Thread-safe, as any task queue.
 */
public final class JoinedQueue extends ForwardingQueue {
    /** Few tasks: most regions are small, and have one chunk from the start; the bytes: docs/internals/before-and-after.md. */
    private static final int CHUNK = 32;

    private static final int COMPACT_FROM = 1024;
    /** One in so many that has failed is worth a look at all: an exception takes far more memory than a task. */
    private static final int FAILURES_SHARE = 32;

    private final MessagePassingQueue<TrackedTask> arrived = new MpscUnboundedAtomicUnpaddedArrayQueue<>(CHUNK);
    private volatile boolean unjoined;

    // How much has arrived since the last compaction, roughly: producers write it without care for lost updates.
    private int arrivals;
    // How many tasks have failed since the last compaction began.
    private final AtomicInteger failed = new AtomicInteger();

    private final ReentrantLock consumer = new ReentrantLock();
    // Guarded by the lock: what is unfinished or has failed, in the order of arrival.
    private ArrayList<TrackedTask> kept = new ArrayList<>();
    // Guarded by the lock: how many there have been at most in this list, for it does not shrink by itself.
    private int mostKept;
    // Guarded by the lock: all from here on are final.
    private int mayBeUnfinished;
    // Guarded by the lock: how many failures were let go.
    private long omitted;
    // Guarded by the lock: how many tasks, besides those, were let go that threw an exception which is kept.
    private long repeated;
    // Tasks whose failures were let go, and do not count as seen yet.
    private final Queue<Task<?>> dropped = new ConcurrentLinkedQueue<>();

    // Written under the lock, read by producers as a hint.
    private int compactAt = COMPACT_FROM;
    // Written under the lock, read by who ends a task that failed.
    private volatile int tooManyFailed = COMPACT_FROM;

    /**
     * Makes a queue that remembers what passes through it.
     *
     * @param upstream the queue that gets the tasks, usually {@link QueueStack#current()}
     */
    public JoinedQueue(TaskQueue upstream) {
        super(upstream);
    }

    /** Remembers the task. */
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

    /** Lets go of failures past the bound if many have come since somebody looked; tells the upstream queue. */
    @Override
    public void onTaskFailed() {
        failed.incrementAndGet();
        dropFailures();
        super.onTaskFailed();
    }

    /** Lets go of the lock, and does what others have left to who has it. */
    private void unlock() {
        consumer.unlock();
        countAsSeen();
        dropFailures();
    }

    /**
     * Counts as seen what was let go; its number is told. Not under the lock: it takes a monitor of the JDK's cleaner that all
     * who fail want, too, and a virtual thread that waits for one may be off its carrier for long.
     */
    private void countAsSeen() {
        for (Task<?> task; (task = dropped.poll()) != null; ) {
            task.exceptionNow();
        }
    }

    private void dropFailures() {
        while (failed.get() >= tooManyFailed && consumer.tryLock()) {
            try {
                if (failed.get() >= tooManyFailed) { // or another one has just done it
                    compact();
                }
            } finally {
                consumer.unlock();
            }
            countAsSeen();
        }
    }

    /**
     * Waits until everything that was enqueued so far is final.
     *
     * @throws RegionFailedException if any of it failed, or was skipped because of a failure outside
     * @throws InterruptedException if the calling thread is interrupted first
     */
    public void join() throws InterruptedException {
        markJoined();
        await();
        throwIfFailed();
    }

    /**
     * Waits until everything that was enqueued so far is final, however it ends.
     *
     * @throws InterruptedException if the calling thread is interrupted first
     */
    public void await() throws InterruptedException {
        awaitAll(null);
    }

    /**
     * Waits, for some time, until everything that was enqueued so far is final, however it ends. A failure that is waited for
     * here counts as seen: see to it that {@link #throwIfFailed()} is called.
     *
     * @param timeout how long to wait at most; if it is not positive, this only looks
     * @return false if the time ran out before
     * @throws InterruptedException if the calling thread is interrupted first
     */
    public boolean await(Duration timeout) throws InterruptedException {
        return awaitAll(System.nanoTime() + Math.max(0, TimeUnit.NANOSECONDS.convert(timeout)));
    }

    /** Notes that what has come so far is in somebody's care; {@link #join()} does so, too. */
    public void markJoined() {
        unjoined = false;
    }

    /** Tells whether something has come since the last {@link #markJoined()} or {@link #join()}. */
    public boolean hasUnjoined() {
        return unjoined;
    }

    /** Cancels everything that was enqueued so far and is not final; returns how many tasks that were. */
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
     * Tells whether it is a barrier on its way: that ends with what it stands for. If it were about to end well, and were
     * cancelled just before, what comes after would be skipped, though nothing before was cancelled. One that is not launched
     * does not end before that, and nor does what it stands for, which is cancelled by now.
     */
    static boolean endsByItself(PendingTask pending) {
        return pending.isBarrier() && pending.task().taskState() != TaskState.UNLAUNCHED;
    }

    /** Waits until everything that was enqueued so far is final; an interrupt is kept for later. */
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

    /** Returns how many failures were let go without having been told of by {@link #join()} yet. */
    public long omitted() {
        consumer.lock();
        try {
            return omitted;
        } finally {
            unlock();
        }
    }

    /**
     * Waits from the last task to the first: by then most of the others are done, and few waits park the thread. Has no more
     * than one task at a time in its hands, for a list of them would keep what they fail with.
     *
     * @param deadline when to give up, as a {@link System#nanoTime()}; null for never
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

    /** Takes in what has arrived; returns false if all is final. */
    private boolean mayHaveUnfinished() {
        consumer.lock();
        try {
            compact();
            return mayBeUnfinished > 0;
        } finally {
            unlock();
        }
    }

    /** Returns the last task that is not final of what was taken in, null if there is none. Passes by each task once. */
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
     * Takes in all that has arrived until now; lets go of what has ended without a failure, of failures past the bound,
     * and of tasks skipped for a cause that is among those kept already. Looks at each task once, for it may become
     * final any time. Holds the lock.
     *
     * <p>Works in place: under many failures, this is where memory is short. What cuts it short, the lack of it at worst,
     * leaves no task out and none in twice.
     */
    private void compact() {
        failed.set(0); // before the look: what fails meanwhile, and is missed, counts for the next time
        // Not drain(..): that leaves off after 4096, or at a task whose producer is on the way.
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

    /** Returns true if the failure of a completed task is to be reported; a failure that is left out counts as observed. */
    private boolean isToReport(PendingTask pending, TaskState state, FailureCollector failures, long position) {
        FailureCollector.Verdict verdict = failures.add(pending, state, position);
        if (verdict == FailureCollector.Verdict.LEFT_OUT) {
            dropped.add(pending.task());
        }
        return verdict == FailureCollector.Verdict.REPORTED;
    }

    /**
     * Throws what has failed so far, own failures before those that came from outside; once only. Waits for nothing.
     *
     * @throws RegionFailedException if anything has
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
