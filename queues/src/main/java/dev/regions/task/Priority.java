package dev.regions.task;

/**
 * The priority of a task: which of several ready tasks a free worker takes first. It does not affect tasks that wait
 * for others, nor those that run. No priority starves: some of a worker's turns begin with the lower ones, see
 * {@code TaskBuilder.priority}.
 */
public enum Priority {
    /** Before the others. */
    HIGH,
    /** The default. */
    NORMAL,
    /** After the others. */
    LOW
}
