package dev.regions.task;

import org.jspecify.annotations.Nullable;

/**
 * The body of a task that takes three arguments. It may throw any exception, which is then the task's failure.
 *
 * @param <A> the type of the first argument
 * @param <B> the type of the second argument
 * @param <C> the type of the third argument
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface TaskFunction3<
        A extends @Nullable Object,
        B extends @Nullable Object,
        C extends @Nullable Object,
        R extends @Nullable Object> {
    /**
     * Runs the body of the task.
     *
     * @param a the result of the first task it was spawned with
     * @param b the result of the second task it was spawned with
     * @param c the result of the third task it was spawned with
     * @return the result of the task
     * @throws Exception if it fails
     */
    R apply(A a, B b, C c) throws Exception;
}
