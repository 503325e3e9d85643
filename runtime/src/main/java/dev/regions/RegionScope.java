package dev.regions;

import dev.regions.core.Spawn;
import dev.regions.queue.BulkQueue;
import dev.regions.queue.JoinedQueue;
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
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A region in scope form, for a try-with-resources statement:
 *
 * {@snippet file="SnippetsTest.java" region="scope"}
 *
 * <p>The scope belongs to the thread that opened it. Until it is closed, both {@code fork} and whatever {@link Tasks} spawns
 * on that thread go to it. End the body with {@link #join()} or {@link #launch()}. To close the scope after neither, with
 * something forked, is an exit in error or a bug: what is not launched is abandoned, what runs is cancelled and awaited.
 *
 * <p>A scope may go through several rounds: what is forked after a {@code join()} or {@code launch()} makes up the next one,
 * and needs another.
 *
 * <p>Every method throws {@link WrongThreadException} on a thread other than the one that opened the scope.
 */
public final class RegionScope implements AutoCloseable {
    private final TaskQueue queue;
    private final JoinedQueue joined;
    private final Thread owner = Thread.currentThread();
    private final Entry entry = new Entry();
    /** A region around this one that keeps its tasks from starting, so that they cannot be waited for. */
    private final @Nullable TaskQueue holder;

    private boolean forked;
    private boolean cutShort;

    /** What the queue stack knows of this scope. */
    private final class Entry extends QueueStack.OpenScope {
        RegionScope scope() {
            return RegionScope.this;
        }

        @Override
        protected IllegalStateException leftOpen() {
            IllegalStateException error = new IllegalStateException(RegionScope.this
                    + " was left open when the block or task body in which it was opened ended; it is closed now, and what"
                    + " was forked in it is abandoned or cancelled");
            giveUp(error);
            return error;
        }

        List<RegionScope> innerScopes() {
            return openAbove().stream().map(scope -> ((Entry) scope).scope()).toList();
        }

        void end() {
            pop();
        }
    }

    /**
     * Opens a scope.
     *
     * @param kind makes the queue of the scope, given the one above it
     */
    RegionScope(Function<TaskQueue, TaskQueue> kind) {
        this.holder = Regions.holderAround();
        this.joined = new JoinedQueue(TaskRuntime.currentQueue());
        this.queue = Objects.requireNonNull(kind.apply(joined), "queue");
        QueueStack.open(queue, entry);
    }

    /**
     * Launches what was forked, if it is not launched yet, and waits until all of it, and what was launched before, is final.
     *
     * @throws RegionFailedException if a task of this scope failed; thrown after all are final
     * @throws UnlaunchedTaskException if this scope is inside a bulk region, before whose end nothing can start; nothing is
     *     done then
     * @throws QueueClosedException if the runtime is closed; what was forked is abandoned then
     * @throws IllegalStateException if this scope is closed
     * @throws WrongThreadException if another thread opened it
     * @throws InterruptedException if the calling thread is interrupted first; closing the scope then cancels what is left
     */
    public void join() throws InterruptedException {
        ensureOpen();
        Regions.ensureCanWait(this, holder);
        launchForked();
        try {
            joined.join();
        } catch (InterruptedException e) {
            cutShort = true;
            throw e;
        }
        cutShort = false;
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
        forked = false;
        queue.flush();
        joined.claim();
    }

    /**
     * Closes this scope. Does nothing if it is closed already.
     *
     * @throws IllegalStateException if something was forked since the last {@code join()} or {@code launch()}, or if scopes
     *     opened inside this one are still open; the scope is closed all the same, and the inner ones before it
     * @throws WrongThreadException if another thread opened it; nothing is closed then
     */
    @Override
    public void close() {
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
        if (error != null || cutShort) {
            giveUp(error != null ? error : new InterruptedException(this + " was interrupted while it waited"));
        } else {
            queue.close();
            joined.close();
        }
        if (error != null) {
            throw error;
        }
    }

    private @Nullable IllegalStateException closeInner() {
        IllegalStateException error = null;
        for (RegionScope inner : entry.innerScopes()) {
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
        return forked || joined.hasUnclaimed() || !isFlushed();
    }

    private boolean isFlushed() {
        return !(queue instanceof BulkQueue bulk) || bulk.isEmpty();
    }

    private void giveUp(Throwable reason) {
        queue.abandon(reason);
        joined.cancel();
        joined.awaitUninterruptibly();
        joined.close();
    }

    private void ensureOpen() {
        ensureOwner();
        if (!entry.isOpen()) {
            throw new IllegalStateException(this + " is closed");
        }
    }

    private void ensureOwner() {
        if (Thread.currentThread() != owner) {
            throw new WrongThreadException(
                    this + " belongs to " + owner + ", which opened it, and was used by " + Thread.currentThread());
        }
    }

    private Spawn here() {
        ensureOpen();
        forked = true;
        return new Spawn(queue, null);
    }

    @Override
    public String toString() {
        return queue + " (a scope)";
    }

    /**
     * Spawns a task into this scope, without arguments.
     *
     * @throws WrongThreadException if the calling thread is not the one that opened this scope
     * @throws IllegalStateException if this scope is closed
     * @throws QueueClosedException if the runtime is closed
     */
    public <R extends @Nullable Object> Task<R> fork(Callable<? extends R> body) {
        return here().call(body);
    }

    /**
     * Spawns a task into this scope, without arguments and without a result.
     *
     * @throws WrongThreadException if the calling thread is not the one that opened this scope
     * @throws IllegalStateException if this scope is closed
     * @throws QueueClosedException if the runtime is closed
     */
    public Task<@Nullable Void> fork(TaskAction body) {
        return here().run(body);
    }

    /**
     * Spawns a task into this scope, whose body gets the result of another task.
     *
     * @throws WrongThreadException if the calling thread is not the one that opened this scope
     * @throws IllegalStateException if this scope is closed
     * @throws QueueClosedException if the runtime is closed
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Task<R> fork(
            Task<? extends A> a, TaskFunction1<? super A, ? extends R> body) {
        return here().apply(a, body);
    }

    /**
     * Spawns a task into this scope, whose body gets the results of two other tasks.
     *
     * @throws WrongThreadException if the calling thread is not the one that opened this scope
     * @throws IllegalStateException if this scope is closed
     * @throws QueueClosedException if the runtime is closed
     */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> Task<R> fork(
            Task<? extends A> a, Task<? extends B> b, TaskFunction2<? super A, ? super B, ? extends R> body) {
        return here().apply(a, b, body);
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
                    R extends @Nullable Object>
            Task<R> fork(
                    Task<? extends A> a,
                    Task<? extends B> b,
                    Task<? extends C> c,
                    TaskFunction3<? super A, ? super B, ? super C, ? extends R> body) {
        return here().apply(a, b, c, body);
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
                    R extends @Nullable Object>
            Task<R> fork(
                    Task<? extends A> a,
                    Task<? extends B> b,
                    Task<? extends C> c,
                    Task<? extends D> d,
                    TaskFunction4<? super A, ? super B, ? super C, ? super D, ? extends R> body) {
        return here().apply(a, b, c, d, body);
    }

    /**
     * Spawns a task into this scope, whose body gets the results of any number of other tasks, as a list in the same order. The
     * list of tasks is copied; the list of results cannot be changed, and may hold nulls.
     *
     * @throws WrongThreadException if the calling thread is not the one that opened this scope
     * @throws IllegalStateException if this scope is closed
     * @throws QueueClosedException if the runtime is closed
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Task<R> fork(
            List<? extends Task<? extends A>> all, TaskFunction1<? super List<A>, ? extends R> body) {
        return here().applyAll(all, body);
    }
}
