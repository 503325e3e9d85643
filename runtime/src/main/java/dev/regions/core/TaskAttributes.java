package dev.regions.core;

import dev.regions.queue.TaskQueue;
import dev.regions.task.Priority;
import dev.regions.task.RetryPolicy;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The terms on which a task runs, where there are any: how long it may take, how often it is tried, what it is admitted by,
 * before what others it runs. Whatever looks for them asks {@link Node#flags} first, so that tasks without terms pay for one
 * comparison with zero.
 *
 * <p>What is said of the task is written before its launch; {@code attempts} by the worker that runs it, {@code admitted} by
 * whoever admits it, each handing over with the task. The alarms are written by who sets them and read by who ends the task:
 * the one writes the alarm, then looks whether the task is final, the other makes it final, then looks for an alarm, and
 * whether the alarm is called off is decided by the alarm itself.
 */
final class TaskAttributes extends TaskMetadata {
    Priority priority = Priority.NORMAL;
    /** How long each attempt may run, in nanoseconds; 0 for as long as it likes. */
    long timeoutNanos;

    @Nullable
    RetryPolicy retry;
    /** When the task must be final, by {@link System#nanoTime()}; of no meaning unless {@code hasDeadline}. */
    long deadline;

    boolean hasDeadline;
    /** The deadline that the alarm is set for. Used by who has the task before its launch. */
    long alarmDeadline;
    /** In the order of their numbers, which all tasks follow, so that two tasks never hold what the other waits for. */
    private LimitGate[] limits = {};

    /** How many of the limits the task has passed in this attempt. Written by the one thread that has the task. */
    private volatile int admitted;
    /** Whether the task is counted as standing in a queue. */
    private final AtomicBoolean inQueue = new AtomicBoolean();

    /** How many attempts have begun. */
    int attempts;

    volatile @Nullable Timer deadlineAlarm;
    volatile @Nullable Timer timeoutAlarm;
    volatile @Nullable Timer backoffAlarm;

    TaskAttributes(@Nullable String name, @Nullable TaskQueue region, @Nullable TaskRecord observation) {
        super(name, region, observation);
    }

    /** Sets the deadline, unless there is an earlier one. */
    void expireAt(long nanoTime) {
        if (!hasDeadline || nanoTime - deadline < 0) {
            deadline = nanoTime;
            hasDeadline = true;
        }
    }

    /** Adds limits; one that is there already counts once. */
    void limitBy(List<LimitGate> more) {
        if (more.isEmpty()) {
            return;
        }
        LimitGate[] all = Arrays.copyOf(limits, limits.length + more.size());
        for (int i = 0; i < more.size(); i++) {
            all[limits.length + i] = more.get(i);
        }
        Arrays.sort(all, new ByNumber());
        int distinct = 0;
        for (LimitGate each : all) {
            if (distinct == 0 || all[distinct - 1] != each) {
                all[distinct++] = each;
            }
        }
        limits = Arrays.copyOf(all, distinct);
    }

    private static final class ByNumber implements Comparator<LimitGate> {
        @Override
        public int compare(LimitGate one, LimitGate other) {
            return Long.compare(one.number, other.number);
        }
    }

    /** Returns the next limit to pass, null if the task has passed them all. */
    @Nullable
    LimitGate nextLimit() {
        return admitted < limits.length ? limits[admitted] : null;
    }

    /** Notes that the task enters the queue of a limit. */
    void entersQueue() {
        inQueue.set(true);
    }

    /** Notes that the task leaves the queue; returns false if that was noted before. */
    boolean leavesQueue() {
        return inQueue.compareAndSet(true, false);
    }

    private boolean isInQueue() {
        return inQueue.get();
    }

    void passedLimit() {
        admitted = admitted + 1; // one thread at a time has the task
    }

    /** Called by the worker when an attempt has ended: gives the places back, so that the next attempt begins at the first limit. */
    void leaveLimits(Node node) {
        admitted = 0;
        givePlacesBack(node);
    }

    /** Gives back each place that the task has; see {@link LimitGate} for why two threads may do so at once. */
    void givePlacesBack(Node node) {
        for (LimitGate limit : limits) {
            limit.release(node);
        }
    }

    /** Called by the thread that has withdrawn the task while it was ready: it may be inside some limits, and wait at the next. */
    void giveUpPlaces(Node node) {
        LimitGate next = nextLimit();
        givePlacesBack(node);
        if (next != null && isInQueue()) {
            next.noteDead();
        }
    }

    boolean isLimited() {
        return limits.length > 0;
    }

    /** Tells whether time alone may yet change what becomes of the task. */
    boolean hasAlarmPending() {
        return isPending(deadlineAlarm) || isPending(timeoutAlarm) || isPending(backoffAlarm);
    }

    private static boolean isPending(@Nullable Timer alarm) {
        return alarm != null && alarm.isPending();
    }

    List<LimitGate> limits() {
        return List.of(limits);
    }
}
