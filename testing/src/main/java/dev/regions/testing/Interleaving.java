package dev.regions.testing;

/** The points at which one task, or the explored code itself, may give way to another. */
public enum Interleaving {
    /**
     * Only where bodies end or begin to wait: the schedules are the orders in which bodies start. A body that has
     * waited for a task goes on as soon as that is completed, before anything else starts, and a spawned task does not
     * start before its spawner waits or ends.
     */
    BODIES,
    /**
     * Also after each spawn, and when a wait could end: a spawned task may start at once, and a waiting body may go on
     * late. Includes everything that {@link #BODIES} explores.
     */
    STEPS
}
