package dev.regions.observe;

import dev.regions.task.TaskState;

/**
 * Something that happened to a task, for a {@link TaskObserver}. Immutable.
 *
 * @param kind what happened
 * @param task the task; for one task it is always the same object
 * @param state the state of the task after this
 * @param nanoTime when it happened, as of {@link System#nanoTime()}
 * @param worker the number of the worker on which it happened, for {@code STARTED}, {@code RETRYING}, and {@code FINISHED} if a
 *     worker ran the body; 0 otherwise. At any time, no two workers of a runtime have the same number
 * @param threadId the {@linkplain Thread#threadId() identifier} of the thread on which it happened
 */
public record TaskEvent(Kind kind, TaskInfo task, TaskState state, long nanoTime, int worker, long threadId) {

    /** What can happen to a task. */
    public enum Kind {
        /** See {@link TaskObserver#spawned}. */
        SPAWNED,
        /** See {@link TaskObserver#launched}. */
        LAUNCHED,
        /** See {@link TaskObserver#ready}. */
        READY,
        /** See {@link TaskObserver#started}. */
        STARTED,
        /** See {@link TaskObserver#retrying}. */
        RETRYING,
        /** See {@link TaskObserver#finished}. */
        FINISHED,
        /** See {@link TaskObserver#skipped}. */
        SKIPPED,
        /** See {@link TaskObserver#cancelled}. */
        CANCELLED
    }
}
