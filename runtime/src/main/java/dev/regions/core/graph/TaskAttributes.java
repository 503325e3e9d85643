package dev.regions.core.graph;

import dev.regions.core.util.Timer;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Priority;
import dev.regions.task.RetryPolicy;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The optional attributes of a task: timeout, deadline, retry policy, limits and priority. A reader tests
 * {@link Node#flags} first, so that tasks without attributes pay for one comparison with zero.
 *
 * <p>The attributes themselves are written before the launch, {@code attempts} by the worker that runs the task, and
 * {@code admitted} by the thread that admits it; each hands its writes over with the task. A timer is written by the
 * thread that sets it, and read by the thread that completes the task. The former writes the timer, then checks whether
 * the task has completed; the latter completes the task, then reads the timer. The timer itself decides whether it is
 * called off.
 */
public final class TaskAttributes extends TaskMetadata {
    public Priority priority = Priority.NORMAL;
    /** How long each attempt may run, in nanoseconds; 0 for no timeout. */
    public long timeoutNanos;

    @Nullable
    public RetryPolicy retry;
    /** When the task must have completed, by {@link System#nanoTime()}; meaningless unless {@code hasDeadline}. */
    public long deadline;

    public boolean hasDeadline;
    /** The deadline for which the timer is set. Used by the thread that has the task before its launch. */
    public long timerDeadline;
    /**
     * In the order of their numbers, which all tasks follow: no two tasks each hold a permit that the other waits for.
     */
    private Gate[] limits = {};

    /** How many limits the task has passed in this attempt. Written by the one thread that has the task. */
    private volatile int admitted;
    /** Whether the task is counted in the queue of a limit. */
    private final AtomicBoolean inQueue = new AtomicBoolean();

    /** How many attempts have begun. */
    public int attempts;

    public volatile @Nullable Timer deadlineTimer;
    public volatile @Nullable Timer timeoutTimer;
    public volatile @Nullable Timer backoffTimer;

    TaskAttributes(@Nullable String name, @Nullable TaskQueue region, @Nullable TaskProbe observation) {
        super(name, region, observation);
    }

    /** Sets the deadline, unless there is an earlier one. */
    public void expireAt(long nanoTime) {
        if (!hasDeadline || nanoTime - deadline < 0) {
            deadline = nanoTime;
            hasDeadline = true;
        }
    }

    /** Adds limits, except for those that are present. */
    public void limitBy(List<? extends Gate> more) {
        if (more.isEmpty()) {
            return;
        }
        Gate[] all = Arrays.copyOf(limits, limits.length + more.size());
        for (int i = 0; i < more.size(); i++) {
            all[limits.length + i] = more.get(i);
        }
        Arrays.sort(all, new ByNumber());
        int distinct = 0;
        for (Gate each : all) {
            if (distinct == 0 || all[distinct - 1] != each) {
                all[distinct++] = each;
            }
        }
        limits = Arrays.copyOf(all, distinct);
    }

    private static final class ByNumber implements Comparator<Gate> {
        @Override
        public int compare(Gate one, Gate other) {
            return Long.compare(one.number(), other.number());
        }
    }

    /** Returns the next limit to pass, null if the task has passed all. */
    @Nullable
    public Gate nextLimit() {
        return admitted < limits.length ? limits[admitted] : null;
    }

    /** Notes that the task enters the queue of a limit. */
    public void entersQueue() {
        inQueue.set(true);
    }

    /** Notes that the task leaves the queue; returns false if this was noted before. */
    public boolean leavesQueue() {
        return inQueue.compareAndSet(true, false);
    }

    private boolean isInQueue() {
        return inQueue.get();
    }

    public void passedLimit() {
        admitted = admitted + 1; // one thread at a time has the task
    }

    /** Returns the permits to their gates after an attempt, so that the next attempt begins at the first limit. */
    public void leaveLimits(PendingTask task) {
        admitted = 0;
        returnPermits(task);
    }

    /** Returns the permits to their gates; {@code LimitGate} explains why two threads may do so at once. */
    public void returnPermits(PendingTask task) {
        for (Gate limit : limits) {
            limit.release(task);
        }
    }

    /** Called by the thread that has withdrawn the ready task, which may be inside some limits and wait at the next. */
    void returnPermitsOfWithdrawn(PendingTask task) {
        Gate next = nextLimit();
        returnPermits(task);
        if (next != null && isInQueue()) {
            next.giveUp();
        }
    }

    public boolean isLimited() {
        return limits.length > 0;
    }

    /** Returns true if the mere passing of time may still affect the task. */
    public boolean hasTimerPending() {
        return isPending(deadlineTimer) || isPending(timeoutTimer) || isPending(backoffTimer);
    }

    private static boolean isPending(@Nullable Timer timer) {
        return timer != null && timer.isPending();
    }

    public List<Gate> limits() {
        return List.of(limits);
    }
}
