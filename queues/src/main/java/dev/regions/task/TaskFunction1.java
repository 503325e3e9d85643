package dev.regions.task;

import org.jspecify.annotations.Nullable;

/**
 * The body of a task that takes one argument. It may throw any exception, which is then the task's failure.
 *
 * @param <A> the type of the argument
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface TaskFunction1<A extends @Nullable Object, R extends @Nullable Object> {
    /**
     * Runs the body of the task.
     *
     * @param a the result of the task it was spawned with
     * @return the result of the task
     * @throws Exception if it fails
     */
    R apply(A a) throws Exception;
}
