package dev.regions.benchmarks;

import dev.regions.task.TaskAction;

/** The body of a task in a form that ours and every peer take as it is: the same object for all. */
@FunctionalInterface
public interface Body extends Runnable, TaskAction {
    /** Does nothing. */
    Body EMPTY = () -> {};

    @Override
    void run();
}
