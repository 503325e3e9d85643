package dev.regions.task;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a spawned task: a {@link Future} whose result may also be the argument of other tasks.
 *
 * <p>A task runs once everything that it depends on is done, whether or not anybody keeps its handle. How it ends is one
 * of the five final {@linkplain TaskState states}; what waiting for it then does is:
 *
 * <table>
 * <caption>What a final state means to those who wait</caption>
 * <tr><th>state</th><th>{@link #join()}</th><th>{@link #get()}</th><th>{@link #state()}</th></tr>
 * <tr><td>{@link TaskState#SUCCEEDED SUCCEEDED}</td><td>returns the result</td><td>returns the result</td>
 *     <td>{@code SUCCESS}</td></tr>
 * <tr><td>{@link TaskState#FAILED FAILED}</td><td>{@link TaskFailedException}</td><td>{@code ExecutionException}</td>
 *     <td>{@code FAILED}</td></tr>
 * <tr><td>{@link TaskState#SKIPPED SKIPPED}</td><td>{@link TaskSkippedException}</td><td>{@code ExecutionException}</td>
 *     <td>{@code FAILED}</td></tr>
 * <tr><td>{@link TaskState#CANCELLED CANCELLED}, {@link TaskState#ABANDONED ABANDONED}</td>
 *     <td>{@link CancellationException}</td><td>{@link CancellationException}</td><td>{@code CANCELLED}</td></tr>
 * </table>
 *
 * <p>All methods may be called from any thread. Everything that a task's body wrote is visible to whoever has seen the
 * task final through one of them, and everything written before a task was spawned is visible to its body.
 *
 * <p>Handles come from a runtime; a task that depends on a handle made by anything else is refused, so implementing this
 * interface is of use only to that runtime.
 *
 * @param <T> the type of the result
 */
public interface Task<T extends @Nullable Object> extends Future<T> {

    /**
     * Waits until this task is final, and returns its result.
     *
     * <p>On a thread of a {@link java.util.concurrent.ForkJoinPool}, the pool has another thread stand in during the wait, as
     * with {@code CompletableFuture.join()}.
     *
     * <p>Called by the body of another task, it may run this task in place, on the calling thread, if this task is ready
     * and no worker has taken it yet; the body then sees the caller's thread-locals, and those scoped values that the
     * caller has bound around this call. A lock that belongs to a thread, such as a {@code ReentrantLock} or a monitor, does not
     * keep the two apart: do not hold one over this call that this task takes, too. {@link #get(long, java.util.concurrent.TimeUnit)}
     * never runs a task in place. A task that was spawned in a region runs no other task in place that is not of a region it joins.
     *
     * @throws TaskFailedException if the body threw; the cause is what it threw
     * @throws TaskSkippedException if something that this task requires did not succeed
     * @throws CancellationException if this task was cancelled or abandoned
     * @throws UnlaunchedTaskException if this task is held by a region that the calling thread has open, or depends on a task that
     *     is, so that waiting could never return; thrown at once where that can be seen from the first thousand tasks, otherwise while
     *     this waits. The region stays usable
     * @throws InterruptedException if the calling thread is interrupted before this task is final
     */
    T join() throws InterruptedException;

    /**
     * Waits until this task is final, however it ends.
     *
     * @throws UnlaunchedTaskException as {@link #join()} does
     * @throws InterruptedException if the calling thread is interrupted before this task is final
     */
    void await() throws InterruptedException;

    /** Returns the state of this task now. Unless it is final, it may be another one at once. */
    TaskState taskState();

    /**
     * Says in one paragraph, for people, why this task has not run yet, where it runs and what it waits for there, or how it ended.
     *
     * <p>A look at a moment, which stops nothing. It may look at all unfinished tasks of the runtime to find out what this one
     * waits for, and so is for a person who asks, not for a program that runs. What it can say depends on the runtime: with
     * diagnostics it knows all edges with their reasons, and since when; without, what can be found from the tasks that run.
     */
    default String explain() {
        return toString();
    }

    /** Returns the name given to this task, or, where none was given, one that tells it from other tasks. */
    String name();

    /**
     * Cancels this task, whatever its state: a task that has not started never runs; the thread of a running one is
     * interrupted. The same as {@code cancel(true)}.
     *
     * <p>A running task becomes {@link TaskState#CANCELLED CANCELLED} only when its body has ended, however it ends, so
     * that nothing which is ordered after it can start while it still runs. There is one exception: a task that was spawned outside
     * of regions, and that joins another task which runs in place, is {@code CANCELLED} at once. The other task goes on, and the
     * body of this one is interrupted when that has ended. Tasks that come after this one, and the end of the runtime, wait for that.
     *
     * <p>A task that was cancelled without an interrupt may be cancelled again, to interrupt it.
     *
     * @return true if this task is, or on ending will be, {@code CANCELLED} and was not asked to before; false if it was
     *     final or on its way to being cancelled already
     */
    default boolean cancel() {
        return cancel(true);
    }

    /**
     * Cancels this task, as {@link #cancel()} does, but interrupts a running body only if asked to.
     *
     * @param mayInterruptIfRunning whether to interrupt the thread of a running body
     */
    @Override
    boolean cancel(boolean mayInterruptIfRunning);

    /**
     * Returns a new future that is completed as this task is. Completing or cancelling the future does nothing to this
     * task. A failure handed to a future counts as seen: it is not reported as uncaught.
     *
     * <p>If the body threw a {@link CancellationException}, the future is completed with a
     * {@link java.util.concurrent.CompletionException} around it: the future has failed, as the task has, and is not
     * cancelled.
     *
     * <p>The future's {@code get} and {@code join} throw {@link UnlaunchedTaskException} where those of this task would.
     *
     * <p><b>Dependent stages</b> that are not {@code Async}, and were added before the future was completed, run when this task is
     * completed, counted, and has given its place in a limit and its room in the runtime back:
     *
     * <ul>
     *   <li>in no region: at the root of the runtime of this task, whichever regions the completing thread has open. A scope that a
     *       stage leaves open is ended after the stages, with an error that is logged and names the scope;
     *   <li>on the worker that has run the body; on the thread that calls {@code complete()}, {@code fail()} or {@code cancel()},
     *       before that call returns; otherwise on a virtual thread of the runtime. They run there, too, where the worker has run
     *       the body inside the {@code join()} of another task, and where stages that complete tasks are nested deep;
     *   <li>never on a thread that spawns tasks, launches a region or gives one up, unless that thread calls one of these methods.
     * </ul>
     *
     * A stage may block. Until it returns, it holds up the stages that are due after it, on the same thread, and nothing else:
     * {@code close()} of the runtime does not wait for it. A stage that is added to a future that is completed already runs at once
     * on the thread that adds it, as with any {@code CompletableFuture}.
     */
    CompletableFuture<T> toCompletableFuture();
}
