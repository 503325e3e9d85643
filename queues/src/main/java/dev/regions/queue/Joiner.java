package dev.regions.queue;

import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import java.util.List;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Handles the completion of the tasks of a region: decides when to cancel the remaining tasks, and computes the
 * region's result.
 *
 * <p>The common joiners are static methods here. A joiner of one's own implements the two methods:
 *
 * {@snippet file="Quorum.java" region="policy"}
 *
 * <p><b>Notification.</b> {@link #onComplete} is called for every task spawned in the region, including regions inside
 * it, as soon as the task completes, whether or not a thread waits for the region by then. Calls are in the order of
 * completion, by one thread at a time, with no lock held. Each call happens-before the next, therefore a joiner needs
 * no synchronization. The calling thread completes a task of the region, belongs to the runtime, or, for a task that
 * was completed already, spawns it. The call must be brief and must not block. It runs at the root of the runtime, with
 * no region open. A scope that the call leaves open is ended afterwards, with an error that is logged. {@link #result}
 * is called on the thread that joins the region, after {@code onComplete} has been called for the last task.
 *
 * <p><b>Early end.</b> After {@code onComplete} has returned true, it is not called again. Uncompleted tasks of the
 * region are cancelled, and the region waits for them all the same. Tasks that are spawned in the region later are
 * abandoned and never run.
 *
 * <p><b>Exceptions.</b> If {@code onComplete} throws, the region ends as if it had returned true, and joining the
 * region throws the exception in place of a result. Exceptions of {@code result} are thrown there as well.
 *
 * <p>A joiner has the state of one region: create a new one for each. The failure of a task that a joiner was notified
 * of counts as observed, and is not reported as uncaught.
 *
 * @param <R> the type of the region's result
 */
public interface Joiner<R extends @Nullable Object> {
    /**
     * Handles the completion of a task.
     *
     * @param task the completed task; none of its methods blocks
     * @param position the number of tasks that reached the region before this one. Tasks reach it in spawn order; those
     *     of a region inside it that holds tasks, when that region launches
     * @return true to cancel the uncompleted tasks of the region
     */
    boolean onComplete(Task<?> task, long position);

    /**
     * Computes the result of the region. Called each time the region is joined.
     *
     * @throws RuntimeException to let the region fail
     */
    R result();

    /**
     * Returns a joiner that waits for all tasks, all of which must succeed. These are the rules of a joined region
     * without a joiner, for use inside other joiners. A region that needs nothing else is better off without a joiner,
     * which costs time for each task.
     *
     * <p>Its result throws {@link RegionFailedException} if a task failed, or was skipped because of a failure. A
     * cancelled task is no failure.
     */
    static Joiner<@Nullable Void> allSuccessful() {
        return new AllSuccessful(false);
    }

    /**
     * Returns a joiner that waits for all tasks, as {@link #allSuccessful()}, and cancels the rest on the first
     * failure.
     */
    static Joiner<@Nullable Void> failFast() {
        return new AllSuccessful(true);
    }

    /**
     * Returns a joiner that takes the result of the first task to succeed, and cancels the rest.
     *
     * <p>If no task succeeds, its result throws {@link RegionFailedException} if any failed, and
     * {@link NoSuchElementException} otherwise.
     *
     * @param <R> the type of the tasks' results. The compiler cannot check it; a wrong type shows as a
     *     {@link ClassCastException}
     */
    static <R extends @Nullable Object> Joiner<R> anySuccessful() {
        return new AnySuccessful<>();
    }

    /**
     * Returns a joiner that waits for all tasks, successful or not. Its result is an unmodifiable list of the completed
     * tasks in spawn order, which keeps them reachable.
     */
    static Joiner<List<Task<?>>> allCompleted() {
        return new Joiner<>() {
            private final NavigableMap<Long, Task<?>> outcomes = new TreeMap<>();

            @Override
            public boolean onComplete(Task<?> task, long position) {
                outcomes.put(position, task);
                return false;
            }

            @Override
            public List<Task<?>> result() {
                return List.copyOf(outcomes.values());
            }
        };
    }
}
