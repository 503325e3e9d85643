package dev.regions.task;

/** The body of a task without a result. It may throw any exception, which is then the task's failure. */
@FunctionalInterface
public interface TaskAction {
    /**
     * Runs the body of the task.
     *
     * @throws Exception if it fails
     */
    void run() throws Exception;
}
