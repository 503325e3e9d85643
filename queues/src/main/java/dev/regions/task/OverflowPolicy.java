package dev.regions.task;

/** Decides what a spawn does when the bound on tasks in flight is reached; see {@code TaskRuntime.Builder.maxInFlight}. */
public enum OverflowPolicy {
    /** It waits, on the spawning thread, until there is room. */
    BLOCK,
    /** It throws {@link TooManyTasksException}. */
    REJECT
}
