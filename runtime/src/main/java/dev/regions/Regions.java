package dev.regions;

import dev.regions.core.AttributeQueue;
import dev.regions.core.LimitGate;
import dev.regions.core.ObserverRegistry;
import dev.regions.core.RegionRegistry;
import dev.regions.core.StackGuard;
import dev.regions.core.TaskFactory;
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
 * Regions: stretches of code whose spawns go through a task queue before the scheduler sees them.
 *
 * <table>
 * <caption>The kinds of regions</caption>
 * <tr><th>region</th><th>what becomes of what is spawned in it</th></tr>
 * <tr><td>bulk</td><td>collected, and launched as one graph when the region ends</td></tr>
 * <tr><td>sequential</td><td>runs in the order in which it is spawned, one after the other</td></tr>
 * <tr><td>joined</td><td>runs as ever; the region ends when all of it has</td></tr>
 * <tr><td>within</td><td>runs as ever, and fails if it is not final in time</td></tr>
 * <tr><td>limited</td><td>runs as ever, so many at the same time as a limit lets in</td></tr>
 * <tr><td>with</td><td>whatever a queue of your own does with it</td></tr>
 * </table>
 *
 * <p>Regions nest freely, each queue handing on to the one around it: a bulk region in a sequential one is one step of the
 * sequence, whose tasks run side by side; a bulk region in a bulk region merges into that.
 *
 * {@snippet file="SnippetsTest.java" region="sequential"}
 *
 * <p>Each kind has a <b>block form</b>, which takes the body as a lambda, returns its result and rethrows its exception with
 * its own type, and a <b>scope form</b>, which returns a {@link RegionScope} for a try-with-resources statement. The body
 * runs on the calling thread. If the body of a block throws, what the region still holds is abandoned and never runs.
 *
 * <p><b>Other threads.</b> A region is around the code that the calling thread runs. Of other threads, only those that a {@code
 * StructuredTaskScope} forks inside a block see it. What a parallel stream or a pool runs on its own threads is <em>outside</em> of
 * all regions, even while the block that has started it waits: what is spawned there is not launched with a bulk region, not part of
 * a sequence, not waited for by a joined one. {@link #current()} takes the region along. On the other hand, the JDK refuses a {@code
 * fork} on a {@code StructuredTaskScope} that was opened outside of the block: open it inside, or use the scope form of the region.
 *
 * <p>All methods may be called from any thread.
 */
public final class Regions {
    private Regions() {}

    // ---- Bulk -------------------------------------------------------------------------------------------------------

    /**
     * Collects what the body spawns and launches it as one graph when the body has returned: nothing of it has started
     * before. Does not wait for it.
     *
     * @throws X if the body throws; nothing of what it has spawned ever runs then
     * @throws IllegalStateException if the body left a scope open
     */
    public static <R extends @Nullable Object, X extends Throwable> R bulk(RegionBody<R, X> body) throws X {
        return withQueue(BulkQueue::new, body);
    }

    /** As {@link #bulk(RegionBody)}, without a result. */
    public static <X extends Throwable> void bulk(RegionAction<X> body) throws X {
        bulk(returningNothing(body));
    }

    /** Opens a bulk region in scope form. */
    public static RegionScope bulk() {
        return new RegionScope(BulkQueue::new);
    }

    // ---- Sequential -------------------------------------------------------------------------------------------------

    /**
     * Runs what the body spawns one after the other, in the order of spawning; a bulk region in it counts as one step. Does
     * not wait for it. If a task fails, the rest of the sequence is skipped ({@link ChainPolicy#SKIP_REST}).
     *
     * <p>The end of the region waits for nothing; as its last task comes after all others, waiting for that one does:
     *
     * {@snippet file="SnippetsTest.java" region="last"}
     *
     * @throws X if the body throws; what it has spawned until then runs all the same
     * @throws IllegalStateException if the body left a scope open
     */
    public static <R extends @Nullable Object, X extends Throwable> R sequential(RegionBody<R, X> body) throws X {
        return sequential(ChainPolicy.SKIP_REST, body);
    }

    /** As {@link #sequential(RegionBody)}, without a result. */
    public static <X extends Throwable> void sequential(RegionAction<X> body) throws X {
        sequential(ChainPolicy.SKIP_REST, returningNothing(body));
    }

    /** As {@link #sequential(RegionBody)}, with a choice of what a failure does to the rest of the sequence. */
    public static <R extends @Nullable Object, X extends Throwable> R sequential(
            ChainPolicy policy, RegionBody<R, X> body) throws X {
        Objects.requireNonNull(policy, "policy");
        return withQueue(upstream -> new SequentialQueue(upstream, policy), body);
    }

    /** As {@link #sequential(ChainPolicy, RegionBody)}, without a result. */
    public static <X extends Throwable> void sequential(ChainPolicy policy, RegionAction<X> body) throws X {
        sequential(policy, returningNothing(body));
    }

    /** Opens a sequential region in scope form. */
    public static RegionScope sequential() {
        return sequential(ChainPolicy.SKIP_REST);
    }

    /** Opens a sequential region in scope form, with a choice of what a failure does to the rest of the sequence. */
    public static RegionScope sequential(ChainPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        return new RegionScope(upstream -> new SequentialQueue(upstream, policy));
    }

    // ---- Joined -----------------------------------------------------------------------------------------------------

    /**
     * Returns when everything that the body has spawned, in regions inside it too, is final. Tasks that those tasks spawn in
     * their turn are not waited for.
     *
     * @throws X if the body throws; what it has spawned is cancelled and awaited first
     * @throws RegionFailedException if any of it failed: the cause is that of the failed task which was spawned first
     * @throws UnlaunchedTaskException if the calling code is inside a bulk region, before whose end nothing can start; the
     *     body is not run then
     * @throws IllegalStateException if the body left a scope open
     * @throws InterruptedException if the calling thread is interrupted before all is final; what is left is cancelled and
     *     awaited first
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

    /** As {@link #joined(RegionBody)}, without a result. */
    public static <X extends Throwable> void joined(RegionAction<X> body) throws X, InterruptedException {
        joined(returningNothing(body));
    }

    /**
     * As {@link #joined(RegionAction)}, with a choice of when the region needs no more of its tasks, and what comes of it.
     *
     * {@snippet file="SnippetsTest.java" region="fail fast"}
     *
     * <p>The policy is told of tasks while the body still runs. Throws what the policy throws, if it does, when all tasks are
     * final.
     *
     * @param joiner a new one, see {@link Joiner}
     * @return what the policy makes of the region
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

    /** Opens a region in scope form that changes nothing about how tasks run: what is left is to wait for all of them. */
    public static RegionScope joined() {
        return new RegionScope(upstream -> upstream);
    }

    /** As {@link #joined()}, with a choice of when the scope needs no more of its tasks, and what its {@code join()} returns. */
    public static <R extends @Nullable Object> TaskScope<R> joined(Joiner<R> joiner) {
        return withQueue(upstream -> upstream, joiner);
    }

    // ---- With a queue of one's own ----------------------------------------------------------------------------------

    /**
     * Runs the body in a region with a queue of the user's own. The queue is {@linkplain TaskQueue#close() closed} when the body
     * has returned, and {@linkplain TaskQueue#abandon abandoned} if the body throws.
     *
     * @param queue creates the queue, given the {@linkplain TaskRuntime#currentQueue() queue around the region}, to which the
     *     new queue hands tasks on
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

    /** As {@link #withQueue(Function, RegionBody)}, without a result. */
    public static <X extends Throwable> void withQueue(
            Function<? super TaskQueue, ? extends TaskQueue> queue, RegionAction<X> body) throws X {
        withQueue(queue, returningNothing(body));
    }

    /**
     * Opens a region in scope form with a queue of the user's own.
     *
     * @param queue creates the queue, given the queue around the region
     */
    public static RegionScope withQueue(Function<? super TaskQueue, ? extends TaskQueue> queue) {
        return new RegionScope(Objects.requireNonNull(queue, "queue"));
    }

    /**
     * Opens a region in scope form with a queue and a joiner: {@code withQueue(BulkQueue::new, Joiner.failFast())} is a bulk
     * region with a joiner.
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
     * Has everything that the body spawns, in regions inside it too, final within a time from now: what is not fails with a
     * {@link java.util.concurrent.TimeoutException} then, as {@link TaskBuilder#deadline} says. Of several deadlines the earliest
     * counts. Does not wait, and does not limit the body itself.
     *
     * @throws X if the body throws
     * @throws IllegalArgumentException if the time is not positive
     * @throws IllegalStateException if the body left a scope open
     */
    public static <R extends @Nullable Object, X extends Throwable> R withDeadline(Duration time, RegionBody<R, X> body)
            throws X {
        return withQueue(deadline(time), body);
    }

    /** As {@link #deadline(Duration, RegionBody)}, without a result. */
    public static <X extends Throwable> void withDeadline(Duration time, RegionAction<X> body) throws X {
        withDeadline(time, returningNothing(body));
    }

    /** Opens a region with a deadline in scope form; see {@link #deadline(Duration, RegionBody)}. */
    public static RegionScope withDeadline(Duration time) {
        return withQueue(deadline(time));
    }

    private static Function<TaskQueue, TaskQueue> deadline(Duration time) {
        long nanoTime = System.nanoTime() + TaskBuilder.positive(time, "time of a region");
        return upstream -> new AttributeQueue(
                upstream, "deadline", "a region with a deadline", task -> TaskFactory.expireAt(task, nanoTime));
    }

    /**
     * Has everything that the body spawns, in regions inside it too, pass a limit, as {@link TaskBuilder#limit} does for one
     * task. The body itself does not.
     *
     * @throws X if the body throws
     * @throws IllegalStateException if the body left a scope open
     */
    public static <R extends @Nullable Object, X extends Throwable> R withLimit(Limit limit, RegionBody<R, X> body)
            throws X {
        return withQueue(admission(limit), body);
    }

    /** As {@link #withLimit(Limit, RegionBody)}, without a result. */
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
     * Returns the regions that are open around the calling code, for other threads to spawn into: those of a parallel stream, or of
     * a pool, see no region by themselves.
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
     * @param judged whether a policy was notified of all failures, so that none is left to log
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

    /** The failures past the bound count as seen; if the region ends without a join() that counts them, a log must. */
    static void logUntold(JoinedQueue joined) {
        long untold = joined.omitted();
        if (untold > 0) {
            Log.write(System.Logger.Level.ERROR, untold + " more tasks of " + joined + " failed, unobserved", null);
        }
    }

    /** Returns a region around the calling code that keeps what is spawned here from starting, null if there is none. */
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
