package dev.regions.report;

import dev.regions.task.TaskState;

/**
 * The record of one task. Times are in nanoseconds since the recording began, or {@link #NEVER}.
 *
 * @param id the index of the task in the recording, from 0 on, in spawn order
 * @param name the name of the task
 * @param barrier whether it is a task without a body, which a queue created to order others by
 * @param region the region it was spawned in, {@link RecordedRegion#NONE} if it was outside of all
 * @param state the last state observed
 * @param spawned when it was spawned
 * @param launched when the scheduler got it
 * @param ready when its last predecessor completed
 * @param started when its body began; the last attempt, if there were several
 * @param finished when it completed
 * @param worker the thread that ran it, as an index into {@link RunRecording#workers()}; {@link #NO_WORKER} if there is
 *     none
 * @param spawnedBy the id of the task whose body spawned this one, {@link #NO_TASK} if it was none of the recording
 */
public record RecordedTask(
        int id,
        String name,
        boolean barrier,
        int region,
        TaskState state,
        long spawned,
        long launched,
        long ready,
        long started,
        long finished,
        int worker,
        int spawnedBy) {
    /** The time of an event that did not happen. */
    public static final long NEVER = -1;

    /** Stands for no task. */
    public static final int NO_TASK = -1;

    /** The worker of a task that did not run. */
    public static final int NO_WORKER = -1;

    /** Returns the time that it waited for other tasks, in nanoseconds; 0 if it was never launched and ready. */
    public long waitedForTasks() {
        return between(launched, ready);
    }

    /** Returns the time that it was ready and waited for a thread, in nanoseconds; 0 if it never started. */
    public long waitedForThread() {
        return between(ready, started);
    }

    /** Returns the time that its body ran, in nanoseconds; 0 if it never did, or has not ended. */
    public long ran() {
        return between(started, finished);
    }

    /**
     * Returns the time from one event to another, 0 if one of them did not happen, or they were recorded in the wrong
     * order.
     */
    static long between(long from, long to) {
        return from == NEVER || to == NEVER ? 0 : Math.max(0, to - from);
    }
}
