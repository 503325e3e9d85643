package dev.regions.task;

/**
 * The state of a task. A task moves down this list, leaving out states that do not apply, and reaches exactly one of
 * the last five states, once. Only a retry moves a task back, from {@link #RUNNING} to {@link #WAITING}.
 */
public enum TaskState {
    /** Created, but still held by the queue of a region: the scheduler has not seen it. */
    UNLAUNCHED,
    /** Launched; at least one task that it depends on is not completed yet. */
    WAITING,
    /** All its dependencies are completed; it runs as soon as a worker takes it. */
    READY,
    /** Its body is running. A running task with a cancel request stays in this state until its body has ended. */
    RUNNING,
    /** Completed: its body returned. */
    SUCCEEDED,
    /** Completed: its body threw an exception. */
    FAILED,
    /** Completed: it was cancelled before its body ended. */
    CANCELLED,
    /** Completed: a task that it requires did not succeed; its body never ran. */
    SKIPPED,
    /** Completed: its region was abandoned before launch; its body never ran. */
    ABANDONED;

    /** Returns true for the last five states, which a task never leaves. */
    public boolean isCompleted() {
        return this.compareTo(SUCCEEDED) >= 0;
    }
}
