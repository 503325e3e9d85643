package dev.regions.task;

/**
 * Which of several ready tasks a free worker takes first. It says nothing about tasks that wait for others, nor about those
 * that run. No priority starves: some of a worker's turns begin with the lower ones, see {@code TaskBuilder.priority}.
 */
public enum Priority {
    /** Before the others. */
    HIGH,
    /** What a task has if nothing is said. */
    NORMAL,
    /** After the others. */
    LOW
}
