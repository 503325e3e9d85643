package dev.regions.task;

/** The body of a task without a result. It may throw anything; what it throws is the task's failure. */
@FunctionalInterface
public interface TaskAction {
    /**
     * Does the work of the task.
     *
     * @throws Exception if it fails
     */
    void run() throws Exception;
}
