package dev.regions.task;

/**
 * The effect of a spawn if the runtime's bound on tasks in flight is reached; see
 * {@code TaskRuntime.Builder.maxInFlight}.
 */
public enum OverflowPolicy {
    /** The spawning thread waits until there is room. */
    BLOCK,
    /** The spawn throws {@link TooManyTasksException}. */
    REJECT
}
