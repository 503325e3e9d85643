package dev.regions.queue;

import dev.regions.task.Task;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A task on its way to the scheduler, as the queues see it. Whatever is changed here is changed before launch; once the
 * root queue has taken the task, the methods that change it throw {@link IllegalStateException}. On a task that is final
 * already, because somebody has cancelled it, they do nothing.
 *
 * <p>The methods that change a task are for the queue that has it at the moment, one thread at a time; a queue that hands
 * a task on must do so by way of something that orders memory, as any concurrent collection does.
 */
public interface PendingTask {

    /** Returns the handle that the spawning code got. */
    Task<?> task();

    /** Returns the name of the task. */
    String name();

    /** Gives the task another name. */
    void rename(String name);

    /** Returns the edges of this task, arguments first, then the others in the order in which they were added. */
    List<Dependency> dependencies();

    /**
     * Adds an edge: this task starts only after another one.
     *
     * @param predecessor the task to wait for; may be final already
     * @param kind what its outcome means to this task
     * @throws IllegalArgumentException if the predecessor is not a task of Regions, or is this task itself
     */
    void dependsOn(Task<?> predecessor, Dependency.Kind kind);

    /**
     * As {@link #dependsOn(Task, Dependency.Kind)}, and says why, for those who observe the runtime. Where nobody does, the
     * reason is not kept.
     *
     * @param reason why the edge is there
     * @param by the queue that adds it
     */
    default void dependsOn(Task<?> predecessor, Dependency.Kind kind, EdgeReason reason, TaskQueue by) {
        dependsOn(predecessor, kind);
    }

    /**
     * Puts a wrapper around the body. The body has its arguments bound already; a wrapper that does not call it replaces
     * it.
     */
    void wrap(BodyWrapper wrapper);

    /**
     * Says that a queue keeps this task until it is closed: from now on, waiting for the task on the thread that has that
     * queue's region open fails at once.
     */
    void heldBy(TaskQueue queue);

    /**
     * Drops the task: it becomes {@link dev.regions.task.TaskState#ABANDONED ABANDONED} and never runs. Does nothing if
     * the task is final already.
     *
     * @param reason the cause that those who wait for it will find
     */
    void abandon(Throwable reason);

    /**
     * Returns what went wrong with this task: what its body threw, or the root cause for which it was skipped. Looking at
     * it here does not count as having seen it; it may still be reported as uncaught.
     *
     * @return null if the task is not final, has succeeded, or did not run because something was cancelled
     */
    @Nullable
    Throwable failure();

    /**
     * Returns what identifies the failed task that {@link #failure()} comes from: the same object for that task and for all tasks
     * skipped because of it, and a different one for another failed task, even if both threw the same exception. The default is
     * the exception.
     *
     * @return null where {@link #failure()} is null
     */
    default @Nullable Object failureSource() {
        return failure();
    }

    /**
     * Returns a reference to this task, for a queue that remembers it after it was handed on. The reference does not keep the
     * result of a completed task reachable. The default keeps the task itself.
     */
    default TrackedTask track() {
        return () -> this;
    }

    /**
     * Waits as {@link Task#await()} does, on behalf of a region that joins this task: cancelling the waiting task then also
     * cancels this one if it runs in place. The default calls that method.
     *
     * @throws InterruptedException if the calling thread is interrupted before the task is final
     */
    default void awaitForRegion() throws InterruptedException {
        task().await();
    }

    /**
     * Registers an action to run once this task is completed, for the bookkeeping of a queue; what users wait for is a
     * {@linkplain Task#toCompletableFuture() future}. Does not count as having seen a failure.
     *
     * <p>The action runs once, at the root of the runtime of the task: no region is open there. It runs on the thread that
     * completes the task, or on one of the runtime's own, after the task was counted as completed; if the task is completed already,
     * at once, on the calling thread. It must be brief, and must not block. What it throws is logged.
     *
     * @param action may be run on any thread
     */
    default void whenCompleted(Runnable action) {
        Objects.requireNonNull(action, "action");
        task().toCompletableFuture().whenComplete((result, failure) -> action.run());
    }

    /**
     * Makes a task without a body in the same runtime, for a queue to order others by: it is final as soon as what it
     * depends on is. It must be enqueued like any other. A region that cancels its tasks leaves it to that once it is launched.
     *
     * @param name the name of the new task
     */
    PendingTask barrier(String name);

    /** Tells whether this is such a task without a body, which only orders others: no task of the user's. */
    boolean isBarrier();

    /** Something to do around the body of a task. */
    @FunctionalInterface
    interface BodyWrapper {
        /**
         * Runs in place of the body.
         *
         * @param body the body that was wrapped
         * @return the result of the task
         * @throws Exception if the task fails
         */
        @Nullable
        Object call(Callable<? extends @Nullable Object> body) throws Exception;

        /**
         * Tells whether the body can run on the calling thread as it is now, inside the body of a task that waits for it. If
         * not, that one waits until another thread runs it. Called on any thread, and again for each that could help; must
         * not throw.
         */
        default boolean mayRunInPlace() {
            return true;
        }
    }
}
