package dev.regions;

import dev.regions.task.TooManyTasksException;

/** What becomes of a spawn that finds as many tasks in flight as the runtime allows; see {@link TaskRuntime.Builder#maxInFlight}. */
public enum OverflowPolicy {
    /** It waits, on the spawning thread, until there is room. */
    BLOCK,
    /** It throws {@link TooManyTasksException}. */
    REJECT
}
