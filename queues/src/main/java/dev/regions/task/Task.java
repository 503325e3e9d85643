package dev.regions.task;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a spawned task: a {@link Future} whose result may also be the argument of other tasks.
 *
 * <p>A task runs once all its dependencies are completed, whether or not its handle is kept. It completes in one of the
 * five completed {@linkplain TaskState states}, which determines the outcome of waiting for it:
 *
 * <table>
 * <caption>Outcome of waiting, by state</caption>
 * <tr><th>state</th><th>{@link #join()}</th><th>{@link #get()}</th><th>{@link #state()}</th></tr>
 * <tr><td>{@link TaskState#SUCCEEDED SUCCEEDED}</td><td>returns the result</td><td>returns the result</td>
 *     <td>{@code SUCCESS}</td></tr>
 * <tr><td>{@link TaskState#FAILED FAILED}</td><td>{@link TaskFailedException}</td><td>{@code ExecutionException}</td>
 *     <td>{@code FAILED}</td></tr>
 * <tr><td>{@link TaskState#SKIPPED SKIPPED}</td><td>{@link TaskSkippedException}</td>
 *     <td>{@code ExecutionException}</td><td>{@code FAILED}</td></tr>
 * <tr><td>{@link TaskState#CANCELLED CANCELLED}, {@link TaskState#ABANDONED ABANDONED}</td>
 *     <td>{@link CancellationException}</td><td>{@link CancellationException}</td><td>{@code CANCELLED}</td></tr>
 * </table>
 *
 * <p>All methods may be called from any thread. Actions in a task's body happen-before any of these methods shows the
 * task as completed. Actions before the spawn of a task happen-before its body.
 *
 * <p>Handles come from a runtime; a task that depends on a handle of another origin is refused. Therefore implementing
 * this interface is of use only to that runtime.
 *
 * @param <T> the type of the result
 */
public interface Task<T extends @Nullable Object> extends Future<T> {

    /**
     * Waits until this task is completed, and returns its result.
     *
     * <p>On a thread of a {@link java.util.concurrent.ForkJoinPool}, the pool compensates for the blocked thread during
     * the wait, as with {@code CompletableFuture.join()}.
     *
     * <p>Called by the body of another task, it may run this task in place, on the calling thread, if this task is
     * ready and no worker has taken it yet. The body then sees the caller's thread-locals, and the scoped values that
     * the caller has bound around this call. A lock that belongs to a thread, such as a {@code ReentrantLock} or a
     * monitor, does not exclude the two from each other: do not hold one during this call that this task also takes.
     * {@link #get(long, java.util.concurrent.TimeUnit)} never runs a task in place. A task that was spawned in a region
     * runs no other task in place, except those of a region it joins.
     *
     * @throws TaskFailedException if the body threw an exception, which is the cause
     * @throws TaskSkippedException if a task that this task requires did not succeed
     * @throws CancellationException if this task was cancelled or abandoned
     * @throws UnlaunchedTaskException if this task is held by a region that the calling thread has open, or depends on
     *     a task that is, so that waiting could never return. Thrown at once if that shows within the first thousand
     *     tasks, otherwise during the wait. The region stays usable
     * @throws InterruptedException if the calling thread is interrupted before this task is completed
     */
    T join() throws InterruptedException;

    /**
     * Waits until this task is completed, successfully or not.
     *
     * @throws UnlaunchedTaskException as {@link #join()} does
     * @throws InterruptedException if the calling thread is interrupted before this task is completed
     */
    void await() throws InterruptedException;

    /** Returns the current state of this task. Unless it is a completed state, it may change at any time. */
    TaskState taskState();

    /**
     * Returns one paragraph of text that explains why this task has not run yet, where it runs and waits, or how it
     * completed.
     *
     * <p>Weakly consistent; does not stop any thread. It may visit all unfinished tasks of the runtime to find the
     * cause of the wait, and is therefore for interactive use. The content depends on the runtime. With diagnostics, it
     * covers all edges, with their reasons and times; without, only facts that can be derived from the running tasks.
     */
    default String explain() {
        return toString();
    }

    /** Returns the name given to this task, or, if none was given, a generated name. */
    String name();

    /**
     * Cancels this task in any state: a task that has not started never runs; the thread of a running one is
     * interrupted. Equivalent to {@code cancel(true)}.
     *
     * <p>A running task becomes {@link TaskState#CANCELLED CANCELLED} only when its body has ended, normally or not.
     * Therefore no task that is ordered after it can start while it still runs. There is one exception: a task that was
     * spawned outside of regions, and that joins another task which runs in place, is {@code CANCELLED} at once. The
     * other task goes on, and the body of this one is interrupted when that has ended. Tasks that come after this one,
     * and the end of the runtime, wait for that.
     *
     * <p>A task that was cancelled without an interrupt may be cancelled again, to interrupt it.
     *
     * @return true if this call causes this task to become {@code CANCELLED}, now or when its body ends; false if it
     *     was completed or already being cancelled
     */
    default boolean cancel() {
        return cancel(true);
    }

    /**
     * Cancels this task, as {@link #cancel()} does, but interrupts a running body only if requested.
     *
     * @param mayInterruptIfRunning whether to interrupt the thread of a running body
     */
    @Override
    boolean cancel(boolean mayInterruptIfRunning);

    /**
     * Returns a new future that is completed as this task is. Completing or cancelling the future does not affect this
     * task. A failure passed to a future counts as observed: it is not reported as uncaught.
     *
     * <p>If the body threw a {@link CancellationException}, the future is completed with a
     * {@link java.util.concurrent.CompletionException} around it: the future has failed, as the task has, and is not
     * cancelled.
     *
     * <p>The future's {@code get} and {@code join} throw {@link UnlaunchedTaskException} where those of this task
     * would.
     *
     * <p><b>Dependent stages</b> that are not {@code Async}, and were added before the future was completed, run when
     * this task is completed, counted, and has released its permits and its share of the runtime's in-flight bound:
     *
     * <ul>
     *   <li>in no region: at the root of the runtime of this task, whichever regions the completing thread has open. A
     *       scope that a stage leaves open is ended after the stages, with an error that is logged and names the scope;
     *   <li>on the worker that has run the body; on the thread that calls {@code complete()}, {@code fail()} or
     *       {@code cancel()}, before that call returns; otherwise on a virtual thread of the runtime. They also run
     *       there if the worker has run the body inside the {@code join()} of another task, and if stages that complete
     *       tasks are nested deep;
     *   <li>never on a thread that spawns tasks, launches a region or abandons one, unless that thread calls one of
     *       these methods.
     * </ul>
     *
     * A stage may block. Until it returns, it delays only the stages that are due after it on the same thread:
     * {@code close()} of the runtime does not wait for it. A stage that is added to a completed future runs at once on
     * the calling thread, as with any {@code CompletableFuture}.
     */
    CompletableFuture<T> toCompletableFuture();
}
