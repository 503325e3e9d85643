package dev.regions.task;

/**
 * Where a task is in its life. A task moves down this list, leaving out what does not apply, and reaches exactly one of
 * the last five states, once.
 */
public enum TaskState {
    /** Created, but still held by the queue of a region: the scheduler has not seen it. */
    UNLAUNCHED,
    /** Launched; at least one task that it depends on is not final yet. */
    WAITING,
    /** Everything it depends on is done; it runs as soon as a worker takes it. */
    READY,
    /** Its body is running. A running task that was asked to cancel stays in this state until its body has ended. */
    RUNNING,
    /** Final: its body returned. */
    SUCCEEDED,
    /** Final: its body threw. */
    FAILED,
    /** Final: it was cancelled before its body ended. */
    CANCELLED,
    /** Final: a task that it requires did not succeed; its body never ran. */
    SKIPPED,
    /** Final: its region was given up before launch; its body never ran. */
    ABANDONED;

    /** Tells whether a task in this state stays in it for good. */
    public boolean isCompleted() {
        return this.compareTo(SUCCEEDED) >= 0;
    }
}
