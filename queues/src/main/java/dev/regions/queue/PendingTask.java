package dev.regions.queue;

import dev.regions.task.Task;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A task on its way to the scheduler, as the queues see it. It can be changed until it is launched. Once the root queue
 * has taken the task, the methods that change it throw {@link IllegalStateException}. If the task is completed already,
 * because it was cancelled, they do nothing.
 *
 * <p>The methods that change a task are for the queue that currently has it, one thread at a time. A queue must forward
 * a task in a way that establishes happens-before, as any concurrent collection does.
 */
public interface PendingTask {

    /** Returns the handle of the task. */
    Task<?> task();

    /** Returns the name of the task. */
    String name();

    /** Sets the name of the task. */
    void rename(String name);

    /** Returns the edges of this task, arguments first, then the others in the order in which they were added. */
    List<Dependency> dependencies();

    /**
     * Adds an edge: this task starts only after another one.
     *
     * @param predecessor the task to wait for; may be completed already
     * @param kind the effect of the predecessor's outcome on this task
     * @throws IllegalArgumentException if the predecessor is not a task of Regions, or is this task itself
     */
    void dependsOn(Task<?> predecessor, Dependency.Kind kind);

    /**
     * Adds an edge, as {@link #dependsOn(Task, Dependency.Kind)}, with its reason. The reason is kept only if the
     * runtime is observed.
     *
     * @param reason the reason for the edge
     * @param by the queue that adds it
     */
    default void dependsOn(Task<?> predecessor, Dependency.Kind kind, EdgeReason reason, TaskQueue by) {
        dependsOn(predecessor, kind);
    }

    /** Puts a wrapper around the body, with its arguments bound. A wrapper that does not call the body replaces it. */
    void wrap(BodyWrapper wrapper);

    /**
     * Marks this task as held by a queue until the queue is closed. From now on, waiting for the task fails at once on
     * the thread that has the queue's region open.
     */
    void heldBy(TaskQueue queue);

    /**
     * Abandons the task: it becomes {@link dev.regions.task.TaskState#ABANDONED ABANDONED} and never runs. Does nothing
     * if the task is completed already.
     *
     * @param reason the cause of the exception that waiting for the task throws
     */
    void abandon(Throwable reason);

    /**
     * Returns the failure of this task: the exception that its body threw, or the root cause for which it was skipped.
     * The call does not count as observing the failure, which may still be reported as uncaught.
     *
     * @return null if the task is not completed, has succeeded, or did not run because of a cancellation
     */
    @Nullable
    Throwable failure();

    /**
     * Returns the identity of the failed task that {@link #failure()} comes from: the same object for that task and for
     * all tasks skipped because of it, and a different one for another failed task, even if both threw the same
     * exception. The default is the exception.
     *
     * @return null where {@link #failure()} is null
     */
    default @Nullable Object failureSource() {
        return failure();
    }

    /**
     * Returns a reference to this task, for a queue that tracks forwarded tasks. The reference does not keep the result
     * of a completed task reachable. The default keeps the task itself.
     */
    default TrackedTask track() {
        return () -> this;
    }

    /**
     * Waits as {@link Task#await()} does, on behalf of a region that joins this task: cancelling the waiting task then
     * also cancels this one if it runs in place. The default calls that method.
     *
     * @throws InterruptedException if the calling thread is interrupted before the task is completed
     */
    default void awaitForRegion() throws InterruptedException {
        task().await();
    }

    /**
     * Registers an action to run once this task is completed, for the bookkeeping of a queue. For other purposes, use a
     * {@linkplain Task#toCompletableFuture() future}. Does not count as observing a failure.
     *
     * <p>The action runs once, at the root of the runtime of the task, with no region open. It runs on the thread that
     * completes the task, or on one of the runtime's own, after the task was counted as completed. If the task is
     * completed already, it runs at once, on the calling thread. It must be brief, and must not block. Its exceptions
     * are logged.
     *
     * @param action may be run on any thread
     */
    default void whenCompleted(Runnable action) {
        Objects.requireNonNull(action, "action");
        task().toCompletableFuture().whenComplete((result, failure) -> action.run());
    }

    /**
     * Creates a task without a body in the same runtime, for a queue to order others by: it completes as soon as its
     * dependencies do. It must be enqueued like any other. A region that cancels its tasks does not cancel a launched
     * barrier.
     *
     * @param name the name of the new task
     */
    PendingTask barrier(String name);

    /** Returns true if this is such a task without a body, which only orders others and is not a user's task. */
    boolean isBarrier();

    /** A wrapper around the body of a task. */
    @FunctionalInterface
    interface BodyWrapper {
        /**
         * Runs in place of the body.
         *
         * @param body the wrapped body
         * @return the result of the task
         * @throws Exception if the task fails
         */
        @Nullable
        Object call(Callable<? extends @Nullable Object> body) throws Exception;

        /**
         * Returns true if the body can run on the calling thread in its current state, inside the body of a task that
         * waits for it. If not, the waiting task waits until another thread runs the body. Called on any thread, and
         * again for each that could help. Must not throw.
         */
        default boolean mayRunInPlace() {
            return true;
        }
    }
}
