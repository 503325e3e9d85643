package dev.regions.core;

import dev.regions.Priority;
import dev.regions.RetryPolicy;
import dev.regions.queue.TaskQueue;
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
final class Terms extends Label {
    Priority priority = Priority.NORMAL;
    /** How long each attempt may run, in nanoseconds; 0 for as long as it likes. */
    long timeoutNanos;

    @Nullable
    RetryPolicy retry;
    /** When the task must be final, by {@link System#nanoTime()}; of no meaning unless {@code hasDeadline}. */
    long deadline;

    boolean hasDeadline;
    /** In the order of their numbers, which all tasks follow, so that two tasks never hold what the other waits for. */
    private Admission[] limits = {};

    /** How many of the limits the task has passed. Written, then a queue is entered; who ends the task reads it last. */
    private volatile int admitted;
    /** Whether the task is counted as standing in a queue. */
    private final AtomicBoolean inQueue = new AtomicBoolean();

    /** How many attempts have begun. */
    int attempts;

    volatile @Nullable Alarm deadlineAlarm;
    volatile @Nullable Alarm timeoutAlarm;
    volatile @Nullable Alarm backoffAlarm;

    Terms(@Nullable String name, @Nullable TaskQueue region, @Nullable Observation observation) {
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
    void limitBy(List<Admission> more) {
        if (more.isEmpty()) {
            return;
        }
        Admission[] all = Arrays.copyOf(limits, limits.length + more.size());
        for (int i = 0; i < more.size(); i++) {
            all[limits.length + i] = more.get(i);
        }
        limits = Arrays.stream(all)
                .distinct()
                .sorted(Comparator.comparingLong(admission -> admission.number))
                .toArray(Admission[]::new);
    }

    /** Returns the next limit to pass, null if the task has passed them all. */
    @Nullable
    Admission nextLimit() {
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

    void passedLimit() {
        admitted = admitted + 1; // one thread at a time has the task
    }

    /** Gives back whatever the task was admitted by. */
    void leaveLimits(Node node) {
        int passed = admitted;
        admitted = 0;
        for (int i = 0; i < passed; i++) {
            limits[i].release(node);
        }
    }

    /** Takes a task that ended while it was ready out of the queue of the limit that it waits for, if any. */
    void giveUpPlace(Node node) {
        Admission limit = nextLimit();
        if (limit != null && limit.giveUp(node)) {
            leaveLimits(node);
        }
    }

    boolean isLimited() {
        return limits.length > 0;
    }

    boolean hasPassedLimits() {
        return admitted > 0;
    }

    /** Tells whether time alone may yet change what becomes of the task. */
    boolean hasAlarmPending() {
        return isPending(deadlineAlarm) || isPending(timeoutAlarm) || isPending(backoffAlarm);
    }

    private static boolean isPending(@Nullable Alarm alarm) {
        return alarm != null && alarm.isPending();
    }

    List<Admission> limits() {
        return List.of(limits);
    }
}
