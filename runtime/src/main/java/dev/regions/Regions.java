package dev.regions;

import dev.regions.core.diagnostics.ObserverRegistry;
import dev.regions.core.diagnostics.RegionRegistry;
import dev.regions.core.schedule.LimitGate;
import dev.regions.core.schedule.TaskFactory;
import dev.regions.core.util.AttributeQueue;
import dev.regions.core.util.StackGuard;
import dev.regions.internal.Log;
import dev.regions.internal.SafeToString;
import dev.regions.internal.Suppressed;
import dev.regions.queue.BulkQueue;
import dev.regions.queue.ChainPolicy;
import dev.regions.queue.JoinedQueue;
import dev.regions.queue.Joiner;
import dev.regions.queue.JoinerQueue;
import dev.regions.queue.QueueStack;
import dev.regions.queue.RegionAction;
import dev.regions.queue.RegionBody;
import dev.regions.queue.SequentialQueue;
import dev.regions.queue.TaskQueue;
import dev.regions.task.RegionFailedException;
import dev.regions.task.UnlaunchedTaskException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs code in regions. Tasks that are spawned in a region go through its task queue before the scheduler sees them.
 *
 * <table>
 * <caption>The kinds of regions</caption>
 * <tr><th>region</th><th>effect on the tasks spawned in it</th></tr>
 * <tr><td>bulk</td><td>collected, and launched as one graph when the region ends</td></tr>
 * <tr><td>sequential</td><td>run in spawn order, one after the other</td></tr>
 * <tr><td>joined</td><td>run as usual; the region ends when all are completed</td></tr>
 * <tr><td>with a deadline</td><td>run as usual, and fail if they are not completed in time</td></tr>
 * <tr><td>with a limit</td><td>run as usual, at most as many at the same time as the limit has permits</td></tr>
 * <tr><td>with a queue</td><td>up to a queue of your own</td></tr>
 * </table>
 *
 * <p>Regions nest freely, each queue forwarding to the enclosing one: a bulk region in a sequential one is one step of
 * the sequence, and its tasks run in parallel; a bulk region in a bulk region merges into that.
 *
 * {@snippet file="SnippetsTest.java" region="sequential"}
 *
 * <p>Each kind has a <b>block form</b>, which takes the body as a lambda, returns its result and rethrows its exception
 * with its own type, and a <b>scope form</b>, which returns a {@link RegionScope} for a try-with-resources statement.
 * The body runs on the calling thread. If the body of a block throws, tasks that the region still holds are abandoned
 * and never run.
 *
 * <p><b>Other threads.</b> A region encloses the code that the calling thread runs. Of other threads, only those that a
 * {@code StructuredTaskScope} forks inside a block see it. Code that a parallel stream or a pool runs on its own
 * threads is <em>outside</em> of all regions, even while the block that has started it waits: its tasks are not
 * launched with a bulk region, are not part of a sequence, and are not awaited by a joined region. {@link #current()}
 * carries the region to such threads. On the other hand, the JDK refuses a {@code fork} on a
 * {@code StructuredTaskScope} that was opened outside of the block: open it inside, or use the scope form of the
 * region.
 *
 * <p>All methods may be called from any thread.
 */
public final class Regions {
    private Regions() {}

    // ---- Bulk -------------------------------------------------------------------------------------------------------

    /**
     * Runs a body, collects the tasks that it spawns, and launches them as one graph when the body has returned: none
     * of them starts before. Does not wait for them.
     *
     * @throws X if the body throws; none of the tasks it has spawned ever runs then
     * @throws IllegalStateException if the body left a scope open
     */
    public static <R extends @Nullable Object, X extends Throwable> R bulk(RegionBody<R, X> body) throws X {
        return withQueue(BulkQueue::new, body);
    }

    /** Runs a body as {@link #bulk(RegionBody)} does, without a result. */
    public static <X extends Throwable> void bulk(RegionAction<X> body) throws X {
        bulk(returningNothing(body));
    }

    /** Opens a bulk region in scope form. */
    public static RegionScope bulk() {
        return new RegionScope(BulkQueue::new);
    }

    // ---- Sequential -------------------------------------------------------------------------------------------------

    /**
     * Runs a body. The tasks that it spawns run one after the other, in spawn order; a bulk region in it counts as one
     * step. Does not wait for them. If a task fails, the rest of the sequence is skipped
     * ({@link ChainPolicy#SKIP_REST}).
     *
     * <p>Because the last task of the region comes after all others, waiting for it waits for all:
     *
     * {@snippet file="SnippetsTest.java" region="last"}
     *
     * @throws X if the body throws; the tasks it has spawned until then run all the same
     * @throws IllegalStateException if the body left a scope open
     */
    public static <R extends @Nullable Object, X extends Throwable> R sequential(RegionBody<R, X> body) throws X {
        return sequential(ChainPolicy.SKIP_REST, body);
    }

    /** Runs a body as {@link #sequential(RegionBody)} does, without a result. */
    public static <X extends Throwable> void sequential(RegionAction<X> body) throws X {
        sequential(ChainPolicy.SKIP_REST, returningNothing(body));
    }

    /**
     * Runs a body as {@link #sequential(RegionBody)} does, with the given effect of a failure on the rest of the
     * sequence.
     */
    public static <R extends @Nullable Object, X extends Throwable> R sequential(
            ChainPolicy policy, RegionBody<R, X> body) throws X {
        Objects.requireNonNull(policy, "policy");
        return withQueue(upstream -> new SequentialQueue(upstream, policy), body);
    }

    /** Runs a body as {@link #sequential(ChainPolicy, RegionBody)} does, without a result. */
    public static <X extends Throwable> void sequential(ChainPolicy policy, RegionAction<X> body) throws X {
        sequential(policy, returningNothing(body));
    }

    /** Opens a sequential region in scope form. */
    public static RegionScope sequential() {
        return sequential(ChainPolicy.SKIP_REST);
    }

    /** Opens a sequential region in scope form, with the given effect of a failure on the rest of the sequence. */
    public static RegionScope sequential(ChainPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        return new RegionScope(upstream -> new SequentialQueue(upstream, policy));
    }

    // ---- Joined -----------------------------------------------------------------------------------------------------

    /**
     * Runs a body, and waits until all tasks that it has spawned, including those in regions inside it, are completed.
     * Does not wait for tasks that those tasks spawn.
     *
     * @throws X if the body throws; the tasks it has spawned are cancelled and awaited first
     * @throws RegionFailedException if any of them failed: the cause is that of the failed task which was spawned first
     * @throws UnlaunchedTaskException if the calling code is inside a bulk region, which must end before any task
     *     starts; the body is not run then
     * @throws IllegalStateException if the body left a scope open
     * @throws InterruptedException if the calling thread is interrupted before all are completed; the remaining tasks
     *     are cancelled and awaited first
     */
    public static <R extends @Nullable Object, X extends Throwable> R joined(RegionBody<R, X> body)
            throws X, InterruptedException {
        ensureCanWait("a joined region", holderAround());
        JoinedQueue joined = new JoinedQueue(TaskRuntime.currentQueue());
        try {
            R result = callIn(joined, body);
            joined.join();
            return result;
        } catch (Throwable thrown) {
            giveUp(joined, thrown, false);
            throw thrown;
        }
    }

    /** Runs a body as {@link #joined(RegionBody)} does, without a result. */
    public static <X extends Throwable> void joined(RegionAction<X> body) throws X, InterruptedException {
        joined(returningNothing(body));
    }

    /**
     * Runs a body as {@link #joined(RegionAction)} does, with a joiner, which decides when to cancel the remaining
     * tasks, and computes the region's result.
     *
     * {@snippet file="SnippetsTest.java" region="fail fast"}
     *
     * <p>The joiner is notified of tasks while the body still runs. Exceptions of the joiner are thrown when all tasks
     * are completed.
     *
     * @param joiner a new one, see {@link Joiner}
     * @return the result of the joiner
     */
    public static <R extends @Nullable Object, X extends Throwable> R joined(Joiner<R> joiner, RegionAction<X> body)
            throws X, InterruptedException {
        ensureCanWait("a joined region", holderAround());
        JoinedQueue joined = new JoinedQueue(TaskRuntime.currentQueue());
        JoinerQueue<R> judged = new JoinerQueue<>(joined, joiner);
        try {
            callIn(judged, returningNothing(body));
            joined.await();
            return judged.result();
        } catch (Throwable thrown) {
            giveUp(joined, thrown, true);
            throw thrown;
        }
    }

    /** Opens a region in scope form that does not change how tasks run; its {@code join()} waits for all of them. */
    public static RegionScope joined() {
        return new RegionScope(upstream -> upstream);
    }

    /**
     * Opens a region as {@link #joined()} does, with a joiner, which decides when to cancel the remaining tasks, and
     * computes the result of {@code join()}.
     */
    public static <R extends @Nullable Object> TaskScope<R> joined(Joiner<R> joiner) {
        return withQueue(upstream -> upstream, joiner);
    }

    // ---- With a queue of one's own ----------------------------------------------------------------------------------

    /**
     * Runs a body in a region with a user-defined queue. The queue is {@linkplain TaskQueue#close() closed} when the
     * body has returned, and {@linkplain TaskQueue#abandon abandoned} if the body throws.
     *
     * @param queue creates the queue, given its upstream queue, the {@linkplain TaskRuntime#currentQueue() queue around
     *     the region}
     * @throws X if the body throws
     * @throws NullPointerException if an argument is null, or {@code queue} returns null
     * @throws IllegalStateException if the body left a scope open
     */
    public static <R extends @Nullable Object, X extends Throwable> R withQueue(
            Function<? super TaskQueue, ? extends TaskQueue> queue, RegionBody<R, X> body) throws X {
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(body, "body");
        return callIn(
                Objects.requireNonNull(queue.apply(TaskRuntime.currentQueue()), "queue: the function returned null"),
                body);
    }

    private static <R extends @Nullable Object, X extends Throwable> R callIn(TaskQueue queue, RegionBody<R, X> body)
            throws X {
        Objects.requireNonNull(body, "body");
        StackGuard.ensure16K();
        RegionRegistry.Entry open = null;
        boolean failed = true;
        try {
            open = RegionRegistry.enter(queue);
            R result = callAndClose(queue, body);
            failed = false;
            return result;
        } finally {
            RegionRegistry.leave(open);
            ObserverRegistry.regionClosed(queue, failed);
        }
    }

    private static <R extends @Nullable Object, X extends Throwable> R callAndClose(
            TaskQueue queue, RegionBody<R, X> body) throws X {
        R result;
        try {
            result = QueueStack.call(queue, () -> {
                ObserverRegistry.regionOpened(queue);
                return body.call();
            });
        } catch (Throwable thrown) {
            try {
                queue.abandon(thrown);
            } catch (Throwable another) {
                Suppressed.add(thrown, another);
            }
            throw thrown;
        }
        queue.close();
        ObserverRegistry.regionLaunched(queue);
        return result;
    }

    /** Runs a body as {@link #withQueue(Function, RegionBody)} does, without a result. */
    public static <X extends Throwable> void withQueue(
            Function<? super TaskQueue, ? extends TaskQueue> queue, RegionAction<X> body) throws X {
        withQueue(queue, returningNothing(body));
    }

    /**
     * Opens a region in scope form with a user-defined queue.
     *
     * @param queue creates the queue, given the queue around the region
     */
    public static RegionScope withQueue(Function<? super TaskQueue, ? extends TaskQueue> queue) {
        return new RegionScope(Objects.requireNonNull(queue, "queue"));
    }

    /**
     * Opens a region in scope form with a queue and a joiner: {@code withQueue(BulkQueue::new, Joiner.failFast())} is a
     * bulk region with a joiner.
     *
     * @param queue creates the queue, given the queue around the region
     * @param joiner a new one, see {@link Joiner}
     */
    public static <R extends @Nullable Object> TaskScope<R> withQueue(
            Function<? super TaskQueue, ? extends TaskQueue> queue, Joiner<R> joiner) {
        return new TaskScope<>(Objects.requireNonNull(queue, "queue"), Objects.requireNonNull(joiner, "joiner"));
    }

    // ---- With a deadline, with a limit ------------------------------------------------------------------------------

    /**
     * Runs a body, and sets a deadline for all tasks that it spawns, including those in regions inside it. A task that
     * is not completed by then fails with a {@link java.util.concurrent.TimeoutException}, as described at
     * {@link TaskBuilder#deadline}. Of several deadlines the earliest counts. Does not wait, and does not limit the
     * body itself.
     *
     * @param time the time from now to the deadline
     * @throws X if the body throws
     * @throws IllegalArgumentException if the time is not positive
     * @throws IllegalStateException if the body left a scope open
     */
    public static <R extends @Nullable Object, X extends Throwable> R withDeadline(Duration time, RegionBody<R, X> body)
            throws X {
        return withQueue(deadline(time), body);
    }

    /** Runs a body as {@link #withDeadline(Duration, RegionBody)} does, without a result. */
    public static <X extends Throwable> void withDeadline(Duration time, RegionAction<X> body) throws X {
        withDeadline(time, returningNothing(body));
    }

    /** Opens a region with a deadline in scope form; see {@link #withDeadline(Duration, RegionBody)}. */
    public static RegionScope withDeadline(Duration time) {
        return withQueue(deadline(time));
    }

    private static Function<TaskQueue, TaskQueue> deadline(Duration time) {
        long nanoTime = System.nanoTime() + TaskBuilder.positive(time, "time of a region");
        return upstream -> new AttributeQueue(
                upstream, "deadline", "a region with a deadline", task -> TaskFactory.expireAt(task, nanoTime));
    }

    /**
     * Runs a body. All tasks that it spawns, including those in regions inside it, need a permit of a limit, as
     * described at {@link TaskBuilder#limit}. The body itself does not.
     *
     * @throws X if the body throws
     * @throws IllegalStateException if the body left a scope open
     */
    public static <R extends @Nullable Object, X extends Throwable> R withLimit(Limit limit, RegionBody<R, X> body)
            throws X {
        return withQueue(admission(limit), body);
    }

    /** Runs a body as {@link #withLimit(Limit, RegionBody)} does, without a result. */
    public static <X extends Throwable> void withLimit(Limit limit, RegionAction<X> body) throws X {
        withLimit(limit, returningNothing(body));
    }

    /** Opens a region with a limit in scope form; see {@link #withLimit(Limit, RegionBody)}. */
    public static RegionScope withLimit(Limit limit) {
        return withQueue(admission(limit));
    }

    private static Function<TaskQueue, TaskQueue> admission(Limit limit) {
        LimitGate admission = Objects.requireNonNull(limit, "limit").admission();
        return upstream -> new AttributeQueue(
                upstream,
                "limit",
                "a region limited by '" + limit.name() + "'",
                task -> TaskFactory.limit(task, admission));
    }

    // ---- On other threads -------------------------------------------------------------------------------------------

    /**
     * Returns the regions that are open around the calling code, for other threads to spawn into, because those of a
     * parallel stream or a pool do not inherit any region.
     *
     * {@snippet file="SnippetsTest.java" region="other threads"}
     */
    public static RegionContext current() {
        return new RegionContext(QueueStack.snapshot());
    }

    // ---- Shared -----------------------------------------------------------------------------------------------------

    private static <X extends Throwable> RegionBody<@Nullable Void, X> returningNothing(RegionAction<X> body) {
        Objects.requireNonNull(body, "body");
        return () -> {
            body.run();
            return null;
        };
    }

    /**
     * Cancels and awaits the unfinished tasks. Exceptions thrown meanwhile are suppressed under the reason.
     *
     * @param judged whether a joiner was notified of all failures, so that none is left to log
     */
    static void giveUp(JoinedQueue joined, Throwable reason, boolean judged) {
        joined.close();
        try {
            joined.cancel();
        } catch (Throwable another) {
            Suppressed.add(reason, another);
        }
        try {
            joined.awaitUninterruptibly();
        } catch (Throwable another) {
            Suppressed.add(reason, another);
        }
        if (!judged) {
            logUntold(joined);
        }
    }

    /**
     * Logs the number of failures past the bound, which count as observed, if the region ends without a join() that
     * reports it.
     */
    static void logUntold(JoinedQueue joined) {
        long untold = joined.omitted();
        if (untold > 0) {
            Log.write(System.Logger.Level.ERROR, untold + " more tasks of " + joined + " failed, unobserved", null);
        }
    }

    /** Returns an enclosing region that keeps tasks spawned here from starting, null if there is none. */
    static @Nullable TaskQueue holderAround() {
        for (TaskQueue queue : QueueStack.enclosing()) {
            if (queue.holdsUntilClosed()) {
                return queue;
            }
        }
        return null;
    }

    static void ensureCanWait(Object who, @Nullable TaskQueue holder) {
        if (holder != null) {
            throw new UnlaunchedTaskException(who + " cannot wait for its tasks inside " + SafeToString.of(holder)
                    + ": they cannot start before that ends");
        }
    }
}
