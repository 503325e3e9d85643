package dev.regions;

import dev.regions.core.diagnostics.ObserverRegistry;
import dev.regions.core.diagnostics.RegionRegistry;
import dev.regions.core.schedule.TaskFactory;
import dev.regions.core.util.StackGuard;
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
 * A region in scope form with a {@link Joiner}, for a try-with-resources statement:
 *
 * {@snippet file="SnippetsTest.java" region="first success"}
 *
 * <p>The scope belongs to the thread that opened it. Until it is closed, it receives the tasks of {@code fork}, and
 * those that {@link Tasks} spawns on that thread. End the body with {@link #join()} or {@link #launch()}. Closing the
 * scope after neither, with tasks forked, is an exit in error or a bug: unlaunched tasks are abandoned, running ones
 * are cancelled and awaited.
 *
 * <p>A scope may go through several rounds: tasks that are forked after a {@code join()} or {@code launch()} make up
 * the next one, which needs another call. The joiner keeps its state.
 *
 * <p>The scope keeps no results: a task that has completed without a failure is discarded. Failed tasks stay reachable,
 * up to a hundred, until {@link #join()} has thrown their failures, and for a while a few more.
 *
 * <p>Every method throws {@link WrongThreadException} on a thread other than the one that opened the scope, and in
 * another task that runs there, in place, while the opening task joins it.
 *
 * @param <R> the type of the result of {@link #join()}
 */
public sealed class TaskScope<R extends @Nullable Object> implements AutoCloseable permits RegionScope {
    private final TaskQueue queue;
    private final JoinedQueue joined;
    private final @Nullable JoinerQueue<R> judged;
    private final Thread owner = Thread.currentThread();
    private final Entry entry = new Entry();
    /** An enclosing region that keeps the tasks of this one from starting, so that they cannot be awaited. */
    private final @Nullable TaskQueue holder;
    /** The entry by which dumps find the tasks that the queue holds. */
    private final RegionRegistry.@Nullable Entry open;

    private boolean forked;
    /** Whether a join() has begun to wait, and was interrupted. */
    private boolean cutShort;

    /** The entry of this scope in the queue stack. */
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
     * @param kind creates the queue of the scope, given its upstream queue
     * @param joiner null for none
     */
    TaskScope(Function<? super TaskQueue, ? extends TaskQueue> kind, @Nullable Joiner<R> joiner) {
        StackGuard.ensure16K();
        this.holder = Regions.holderAround();
        this.joined = new JoinedQueue(TaskRuntime.currentQueue());
        this.judged = joiner == null ? null : new JoinerQueue<>(joined, joiner);
        this.queue = Objects.requireNonNull(kind.apply(judged == null ? joined : judged), "queue");
        QueueStack.open(queue, entry);
        this.open = RegionRegistry.enter(queue);
        ObserverRegistry.regionOpened(queue);
    }

    /**
     * Launches the forked tasks that are not launched yet, and waits until all launched tasks of this scope are
     * completed.
     *
     * <p>Exceptions of the joiner are thrown here.
     *
     * @return the result of the joiner, null without a joiner
     * @throws RegionFailedException if there is no joiner, and a task of this scope failed; thrown after all are
     *     completed
     * @throws UnlaunchedTaskException if this scope is inside a bulk region, which must end before any task starts;
     *     nothing is done then
     * @throws QueueClosedException if the runtime is closed; forked tasks are abandoned then
     * @throws IllegalStateException if this scope is closed
     * @throws WrongThreadException if another thread opened it
     * @throws InterruptedException if the calling thread is interrupted first; closing the scope then cancels the
     *     remaining tasks
     */
    public R join() throws InterruptedException {
        prepareToWait();
        cutShort = true;
        joined.await();
        cutShort = false;
        return conclude();
    }

    /**
     * Joins as {@link #join()} does, with a timeout. Tasks that are not completed when the time has run out are
     * cancelled. This waits until the bodies that run then have ended, and is therefore late if a body ignores
     * interrupts. The scope stays open: a further {@code join()} returns the result of the joiner.
     *
     * @param timeout the longest time to wait; if it is not positive, all tasks must be completed already
     * @throws TimeoutException if any task had to be cancelled: the message has their number; without a joiner, earlier
     *     failures are suppressed under it
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
     * Joins as {@link #join(Duration)} does, until a deadline: one deadline may apply to the scope as a whole, or to
     * several. It is compared with the system clock once, when this is called.
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

    /** Returns the result, or throws the failures, after all tasks are completed. Without a joiner, R is Void. */
    private R conclude() throws InterruptedException {
        if (judged != null) {
            return judged.result();
        }
        joined.throwIfFailed();
        return null;
    }

    /**
     * Launches the forked tasks that are not launched yet, and does not wait. Inside a bulk region this merges into
     * that.
     *
     * @throws QueueClosedException if the runtime is closed; forked tasks are abandoned then
     * @throws IllegalStateException if this scope is closed
     * @throws WrongThreadException if another thread opened it
     */
    public void launch() {
        ensureOpen();
        launchForked();
    }

    private void launchForked() {
        forked = true; // until the queue has forwarded its held tasks
        queue.flush();
        joined.markJoined();
        forked = false;
        ObserverRegistry.regionLaunched(queue);
    }

    /**
     * Closes this scope. Does nothing if it is closed already.
     *
     * <p>If a user-defined queue throws on being closed, running tasks are cancelled and awaited, and the exception is
     * thrown.
     *
     * @throws IllegalStateException if a task was forked since the last {@code join()} or {@code launch()}, or if
     *     scopes opened inside this one are still open; the scope is closed all the same, and the inner ones before it
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
        } catch (Throwable wrong) { // of a user-defined queue, which is to be closed all the same
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

    /**
     * Abandons held tasks, and cancels and awaits the rest. Exceptions of the queue are suppressed under the reason.
     */
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

    /** Records a fork. Only after it: a fork that throws leaves nothing to launch. */
    private <T extends @Nullable Object> Task<T> forked(Task<T> task) {
        forked = true;
        return task;
    }

    /** Returns the name of the scope, and that of the thread that opened it. */
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
     * Spawns into this scope a task that gets the result of another task.
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
     * Spawns into this scope a task that gets the results of two other tasks.
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
     * Spawns into this scope a task that gets the results of three other tasks.
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
     * Spawns into this scope a task that gets the results of four other tasks.
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
     * Spawns into this scope a task that gets the results of any number of other tasks, as a list in the same order.
     * The list of tasks is copied; the list of results is unmodifiable, and may hold nulls.
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
