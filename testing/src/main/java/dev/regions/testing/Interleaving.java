package dev.regions.testing;

/** Where one task, or the explored code itself, may be made to give way to another. */
public enum Interleaving {
    /**
     * Only where bodies end or begin to wait: the schedules are the orders in which bodies start. What has waited for a task
     * goes on as soon as that is final, before anything else starts, and a task that is spawned does not start before its
     * spawner waits or ends.
     */
    BODIES,
    /**
     * Also after each spawn, and when a wait could end: what was spawned may start at once, and what waited may go on late.
     * Everything that {@link #BODIES} explores, and more.
     */
    STEPS
}
