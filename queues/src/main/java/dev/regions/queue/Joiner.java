package dev.regions.queue;

import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import java.util.List;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges the tasks of a region one by one as they become final: when the region needs no more of them, and what comes of it.
 *
 * <p>Those that are wanted most are here; one of the user's own is these two methods:
 *
 * {@snippet file="Quorum.java" region="policy"}
 *
 * <p><b>When it is called.</b> {@link #onComplete} is told of every task that was spawned in the region, in regions inside it
 * too, as soon as the task is final, whether or not anybody waits for the region by then. The order is that of becoming
 * final. It is called by one thread at a time, with no lock held, and each call sees what the calls before it wrote: a policy
 * needs no synchronisation of its own. The thread is one that completes a task of the region, one of the runtime's own, or, for a
 * task that was final already, the one that spawns it: be brief, and do not block. Whichever it is, no region is open around the
 * call: it runs at the root of the runtime, and a scope that it leaves open is ended after it, with an error that is logged. {@link #result} is called on the
 * thread that joins the region, after all that: when every task of the region is final, and told of.
 *
 * <p><b>When it needs no more.</b> Once {@code onComplete} has returned true, it is not called again. What is not final in the
 * region is cancelled; the region waits for it all the same. What is spawned in the region later is abandoned and never runs.
 *
 * <p><b>When it throws.</b> What {@code onComplete} throws ends the region as if it had returned true, and is then thrown to who
 * joins the region, in place of a result; what {@code result} throws is thrown there, too.
 *
 * <p>A policy has the state of one region: make a new one for each. A failure that a policy was told of counts as seen, and is
 * not reported as uncaught.
 *
 * @param <R> what comes of the region
 */
public interface Joiner<R extends @Nullable Object> {
    /**
     * Takes note of a task that has become final.
     *
     * @param task the task; none of its methods blocks any more
     * @param position its place in the order of arrival: how many tasks reached the region before it. That is the order in which
     *     tasks are spawned, where those of a region inside it that collects come when that region launches
     * @return true if the region needs no more: whatever is not final is to be cancelled
     */
    boolean onComplete(Task<?> task, long position);

    /**
     * Makes the result of the region from what was noted. Called each time the region is joined.
     *
     * @throws RuntimeException to let the region fail
     */
    R result();

    /**
     * Returns a policy that waits for all tasks, all of which must succeed: the rules of a joined region without a policy, for
     * use inside a policy of one's own. A region that needs nothing else is better off without: it has less to do for each
     * task.
     *
     * <p>Its result throws {@link RegionFailedException} if a task failed, or was skipped for a failure; to be cancelled is no
     * failure.
     */
    static Joiner<@Nullable Void> allSuccessful() {
        return new AllSuccessful(false);
    }

    /** Returns a policy under which all tasks must succeed, as {@link #allSuccessful()}; the first failure cancels the rest. */
    static Joiner<@Nullable Void> failFast() {
        return new AllSuccessful(true);
    }

    /**
     * Returns a policy under which the first task to succeed wins: its result is that of the region, and the rest is
     * cancelled.
     *
     * <p>If no task succeeds, its result throws {@link RegionFailedException} if any failed, and
     * {@link NoSuchElementException} otherwise.
     *
     * @param <R> what the tasks of the region return. The compiler cannot check that; where it is wrong, a
     *     {@link ClassCastException} says so
     */
    static <R extends @Nullable Object> Joiner<R> anySuccessful() {
        return new AnySuccessful<>();
    }

    /**
     * Returns a policy that waits for all tasks, whatever becomes of them: its result is a list of all of them, final, in spawn
     * order. The list cannot be changed, and keeps the tasks reachable.
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
