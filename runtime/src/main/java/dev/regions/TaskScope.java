package dev.regions;

import dev.regions.core.ObserverRegistry;
import dev.regions.core.RegionRegistry;
import dev.regions.core.StackGuard;
import dev.regions.core.TaskFactory;
import dev.regions.internal.SafeToString;
import dev.regions.internal.Suppressed;
import dev.regions.queue.JoinedQueue;
import dev.regions.queue.Joiner;
import dev.regions.queue.JoinerQueue;
import dev.regions.queue.QueueStack;
import dev.regions.queue.TaskQueue;
import dev.regions.task.QueueClosedException;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskAction;
import dev.regions.task.TaskFunction1;
import dev.regions.task.TaskFunction2;
import dev.regions.task.TaskFunction3;
import dev.regions.task.TaskFunction4;
import dev.regions.task.UnlaunchedTaskException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A region in scope form, whose tasks are judged by a {@link Joiner}, for a try-with-resources statement:
 *
 * {@snippet file="SnippetsTest.java" region="first success"}
 *
 * <p>The scope belongs to the thread that opened it. Until it is closed, both {@code fork} and whatever {@link Tasks} spawns
 * on that thread go to it. End the body with {@link #join()} or {@link #launch()}. To close the scope after neither, with
 * something forked, is an exit in error or a bug: what is not launched is abandoned, what runs is cancelled and awaited.
 *
 * <p>A scope may go through several rounds: what is forked after a {@code join()} or {@code launch()} makes up the next one,
 * and needs another. The policy goes on with what it knows.
 *
 * <p>The scope keeps no results: a task that has completed without a failure is let go. Tasks that have failed stay reachable, up to
 * a hundred, until {@link #join()} has thrown their failures, and for a while a few more.
 *
 * <p>Every method throws {@link WrongThreadException} on a thread other than the one that opened the scope, and in another
 * task that runs there, in place, while the one that opened it joins that.
 *
 * @param <R> what {@link #join()} returns
 */
public sealed class TaskScope<R extends @Nullable Object> implements AutoCloseable permits RegionScope {
    private final TaskQueue queue;
    private final JoinedQueue joined;
    private final @Nullable JoinerQueue<R> judged;
    private final Thread owner = Thread.currentThread();
    private final Entry entry = new Entry();
    /** A region around this one that keeps its tasks from starting, so that they cannot be waited for. */
    private final @Nullable TaskQueue holder;
    /** Where dumps find what the queue holds. */
    private final RegionRegistry.@Nullable Entry open;

    private boolean forked;
    /** Whether a join() has begun to wait, and was interrupted. */
    private boolean cutShort;

    /** What the queue stack knows of this scope. */
    private final class Entry extends QueueStack.OpenScope {
        TaskScope<R> scope() {
            return TaskScope.this;
        }

        @Override
        protected IllegalStateException leftOpen() {
            IllegalStateException error = new IllegalStateException(TaskScope.this
                    + " was left open when the block or task body in which it was opened ended; it is closed now, and what"
                    + " was forked in it is abandoned or cancelled");
            giveUp(error);
            return error;
        }

        List<TaskScope<?>> innerScopes() {
            List<TaskScope<?>> inner = new ArrayList<>();
            openAbove().forEach(scope -> inner.add(((TaskScope<?>.Entry) scope).scope()));
            return inner;
        }

        boolean isAround() {
            return isAroundHere();
        }

        void end() {
            pop();
        }
    }

    /**
     * Opens a scope.
     *
     * @param kind makes the queue of the scope, given the one above it
     * @param policy null for none
     */
    TaskScope(Function<? super TaskQueue, ? extends TaskQueue> kind, @Nullable Joiner<R> policy) {
        StackGuard.ensure16K();
        this.holder = Regions.holderAround();
        this.joined = new JoinedQueue(TaskRuntime.currentQueue());
        this.judged = policy == null ? null : new JoinerQueue<>(joined, policy);
        this.queue = Objects.requireNonNull(kind.apply(judged == null ? joined : judged), "queue");
        QueueStack.open(queue, entry);
        this.open = RegionRegistry.enter(queue);
        ObserverRegistry.regionOpened(queue);
    }

    /**
     * Launches what was forked, if it is not launched yet, and waits until all of it, and what was launched before, is final.
     *
     * <p>Throws what the policy throws, if it does.
     *
     * @return what the policy made of it, null without a policy
     * @throws RegionFailedException if there is no policy, and a task of this scope failed; thrown after all are final
     * @throws UnlaunchedTaskException if this scope is inside a bulk region, before whose end nothing can start; nothing is
     *     done then
     * @throws QueueClosedException if the runtime is closed; what was forked is abandoned then
     * @throws IllegalStateException if this scope is closed
     * @throws WrongThreadException if another thread opened it
     * @throws InterruptedException if the calling thread is interrupted first; closing the scope then cancels what is left
     */
    public R join() throws InterruptedException {
        prepareToWait();
        cutShort = true;
        joined.await();
        cutShort = false;
        return conclude();
    }

    /**
     * As {@link #join()}, but only for some time. What is not final when the time has run out is cancelled; this waits until
     * the bodies that run then have ended, so a body that ignores interrupts makes it late. The scope stays open: a further
     * {@code join()} gets what the policy makes of it.
     *
     * @param timeout how long to wait at most; if it is not positive, everything must be final already
     * @throws TimeoutException if something had to be cancelled: it says how many tasks; without a policy, what has failed
     *     is suppressed under it
     */
    public R join(Duration timeout) throws InterruptedException, TimeoutException {
        Objects.requireNonNull(timeout, "timeout");
        prepareToWait();
        cutShort = true;
        int late = 0;
        if (!joined.await(timeout)) {
            late = joined.cancel();
            joined.awaitUninterruptibly();
        }
        cutShort = false;
        if (late > 0) {
            throw timedOut(timeout, late);
        }
        return conclude();
    }

    /**
     * As {@link #join(Duration)}, with the time at which to give up in place of the time from now: one such deadline may
     * stand for the scope as a whole, or for several. It is compared with the system clock once, when this is called.
     *
     * @throws TimeoutException as {@link #join(Duration)} does
     */
    public R joinUntil(Instant deadline) throws InterruptedException, TimeoutException {
        return join(Duration.between(Instant.now(), Objects.requireNonNull(deadline, "deadline")));
    }

    private TimeoutException timedOut(Duration timeout, int late) {
        TimeoutException timedOut = new TimeoutException(this + " was not done in time (" + timeout + "): " + late
                + " of its tasks were not final, and are cancelled");
        if (judged == null) {
            try {
                joined.throwIfFailed();
            } catch (RegionFailedException failed) {
                timedOut.addSuppressed(failed);
            }
        }
        return timedOut;
    }

    private void prepareToWait() {
        ensureOpen();
        Regions.ensureCanWait(this, holder);
        launchForked();
    }

    /** Everything is final: what comes of it. Without a policy, R is Void. */
    private R conclude() throws InterruptedException {
        if (judged != null) {
            return judged.result();
        }
        joined.throwIfFailed();
        return null;
    }

    /**
     * Launches what was forked, if it is not launched yet, and does not wait. Inside a bulk region this merges into that.
     *
     * @throws QueueClosedException if the runtime is closed; what was forked is abandoned then
     * @throws IllegalStateException if this scope is closed
     * @throws WrongThreadException if another thread opened it
     */
    public void launch() {
        ensureOpen();
        launchForked();
    }

    private void launchForked() {
        forked = true; // until the queue has handed on what it holds
        queue.flush();
        joined.markJoined();
        forked = false;
        ObserverRegistry.regionLaunched(queue);
    }

    /**
     * Closes this scope. Does nothing if it is closed already.
     *
     * <p>Throws what a queue of the user's own throws on being closed; what runs is cancelled and awaited then.
     *
     * @throws IllegalStateException if something was forked since the last {@code join()} or {@code launch()}, or if scopes
     *     opened inside this one are still open; the scope is closed all the same, and the inner ones before it
     * @throws WrongThreadException if another thread opened it; nothing is closed then
     */
    @Override
    public void close() {
        StackGuard.ensure8K();
        ensureOwner();
        if (!entry.isOpen()) {
            return;
        }
        IllegalStateException error = closeInner();
        if (isUnfinished()) {
            IllegalStateException unjoined =
                    new IllegalStateException(this + " was closed without join() or launch() after"
                            + " its last fork; what was not launched is abandoned, and what was running is cancelled");
            if (error != null) {
                unjoined.addSuppressed(error);
            }
            error = unjoined;
        }
        entry.end();
        if (error != null) {
            giveUp(error);
            throw error;
        }
        if (cutShort) {
            giveUp(new CancellationException(this + " was closed after a join() that was interrupted"));
        } else {
            closeQueues();
        }
    }

    private @Nullable IllegalStateException closeInner() {
        IllegalStateException error = null;
        for (TaskScope<?> inner : entry.innerScopes()) {
            if (error == null) {
                error = new IllegalStateException(this + " was closed while " + inner
                        + ", opened inside it, was still open; that is closed now, too");
            }
            inner.entry.end();
            inner.giveUp(error);
        }
        return error;
    }

    private boolean isUnfinished() {
        return forked || joined.hasUnjoined() || holdsTasks();
    }

    private boolean holdsTasks() {
        try {
            return queue.holdsTasks();
        } catch (Throwable wrong) { // a queue of the user's own, which is to be closed all the same
            return false;
        }
    }

    private void closeQueues() {
        boolean failed = true;
        try {
            queue.close();
            failed = false;
        } catch (Throwable thrown) {
            giveUpJoined(thrown);
            throw thrown;
        } finally {
            RegionRegistry.leave(open);
            ObserverRegistry.regionClosed(queue, failed);
        }
        joined.close();
        if (judged == null) {
            Regions.logUntold(joined);
        }
    }

    /** Abandons what is held, and cancels and awaits the rest. What a queue throws at that is suppressed under the reason. */
    private void giveUp(Throwable reason) {
        try {
            queue.abandon(reason);
        } catch (Throwable another) {
            Suppressed.add(reason, another);
        } finally {
            RegionRegistry.leave(open);
            ObserverRegistry.regionClosed(queue, true);
            giveUpJoined(reason);
        }
    }

    private void giveUpJoined(Throwable reason) {
        Regions.giveUp(joined, reason, judged != null);
    }

    private void ensureOpen() {
        StackGuard.ensure8K();
        ensureOwner();
        if (!entry.isOpen()) {
            throw new IllegalStateException(this + " is closed");
        }
    }

    private void ensureOwner() {
        if (Thread.currentThread() != owner) {
            throw new WrongThreadException(this + " belongs to the thread that opened it, and was used by "
                    + SafeToString.of(Thread.currentThread()));
        }
        if (entry.isOpen() && !entry.isAround()) {
            throw new WrongThreadException(
                    this + " belongs to the task that opened it, and was used by another, which runs on its thread, "
                            + SafeToString.of(owner) + ", while it joins that");
        }
    }

    private TaskQueue here() {
        ensureOpen();
        return queue;
    }

    /** Notes that something was forked. Only now: a fork that throws leaves nothing to launch. */
    private <T extends @Nullable Object> Task<T> forked(Task<T> task) {
        forked = true;
        return task;
    }

    /** Names the scope and the thread that opened it. */
    @Override
    public String toString() {
        return SafeToString.of(queue) + " (a scope of " + SafeToString.of(owner) + ")";
    }

    /**
     * Spawns a task into this scope, without arguments.
     *
     * @throws WrongThreadException if the calling thread is not the one that opened this scope
     * @throws IllegalStateException if this scope is closed
     * @throws QueueClosedException if the runtime is closed
     */
    public <U extends @Nullable Object> Task<U> fork(Callable<? extends U> body) {
        return forked(TaskFactory.call(here(), null, body));
    }

    /**
     * Spawns a task into this scope, without arguments and without a result.
     *
     * @throws WrongThreadException if the calling thread is not the one that opened this scope
     * @throws IllegalStateException if this scope is closed
     * @throws QueueClosedException if the runtime is closed
     */
    public Task<@Nullable Void> fork(TaskAction body) {
        return forked(TaskFactory.run(here(), null, body));
    }

    /**
     * Spawns a task into this scope, whose body gets the result of another task.
     *
     * @throws WrongThreadException if the calling thread is not the one that opened this scope
     * @throws IllegalStateException if this scope is closed
     * @throws QueueClosedException if the runtime is closed
     */
    public <A extends @Nullable Object, U extends @Nullable Object> Task<U> fork(
            Task<? extends A> a, TaskFunction1<? super A, ? extends U> body) {
        return forked(TaskFactory.apply(here(), null, a, body));
    }

    /**
     * Spawns a task into this scope, whose body gets the results of two other tasks.
     *
     * @throws WrongThreadException if the calling thread is not the one that opened this scope
     * @throws IllegalStateException if this scope is closed
     * @throws QueueClosedException if the runtime is closed
     */
    public <A extends @Nullable Object, B extends @Nullable Object, U extends @Nullable Object> Task<U> fork(
            Task<? extends A> a, Task<? extends B> b, TaskFunction2<? super A, ? super B, ? extends U> body) {
        return forked(TaskFactory.apply(here(), null, a, b, body));
    }

    /**
     * Spawns a task into this scope, whose body gets the results of three other tasks.
     *
     * @throws WrongThreadException if the calling thread is not the one that opened this scope
     * @throws IllegalStateException if this scope is closed
     * @throws QueueClosedException if the runtime is closed
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    U extends @Nullable Object>
            Task<U> fork(
                    Task<? extends A> a,
                    Task<? extends B> b,
                    Task<? extends C> c,
                    TaskFunction3<? super A, ? super B, ? super C, ? extends U> body) {
        return forked(TaskFactory.apply(here(), null, a, b, c, body));
    }

    /**
     * Spawns a task into this scope, whose body gets the results of four other tasks.
     *
     * @throws WrongThreadException if the calling thread is not the one that opened this scope
     * @throws IllegalStateException if this scope is closed
     * @throws QueueClosedException if the runtime is closed
     */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    U extends @Nullable Object>
            Task<U> fork(
                    Task<? extends A> a,
                    Task<? extends B> b,
                    Task<? extends C> c,
                    Task<? extends D> d,
                    TaskFunction4<? super A, ? super B, ? super C, ? super D, ? extends U> body) {
        return forked(TaskFactory.apply(here(), null, a, b, c, d, body));
    }

    /**
     * Spawns a task into this scope, whose body gets the results of any number of other tasks, as a list in the same order. The
     * list of tasks is copied; the list of results cannot be changed, and may hold nulls.
     *
     * @throws WrongThreadException if the calling thread is not the one that opened this scope
     * @throws IllegalStateException if this scope is closed
     * @throws QueueClosedException if the runtime is closed
     */
    public <A extends @Nullable Object, U extends @Nullable Object> Task<U> fork(
            List<? extends Task<? extends A>> all, TaskFunction1<? super List<A>, ? extends U> body) {
        return forked(TaskFactory.applyAll(here(), null, all, body));
    }
}
