package dev.regions.core.graph;

import dev.regions.core.graph.ExceptionalOutcome.Skipped;
import dev.regions.core.graph.Scheduler.Runner;
import dev.regions.core.util.Blocking;
import dev.regions.core.util.RegionDescriptions;
import dev.regions.core.util.StackGuard;
import dev.regions.internal.SafeToString;
import dev.regions.queue.Dependency;
import dev.regions.queue.EdgeReason;
import dev.regions.queue.PendingTask;
import dev.regions.queue.QueueStack;
import dev.regions.queue.TaskQueue;
import dev.regions.queue.TrackedTask;
import dev.regions.queue.WaitHook;
import dev.regions.task.DeadlockException;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskSkippedException;
import dev.regions.task.TaskState;
import dev.regions.task.UnlaunchedTaskException;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A task: the user's handle and the queues' pending task, on top of the {@link Node} of the graph. One object per task.
 *
 * @param <T> the type of the result
 */
public final class TaskNode<T extends @Nullable Object> extends Node implements Task<T>, PendingTask {

    /**
     * Creates a task that no queue has seen yet.
     *
     * @param bodyKind how to call the body, as in {@link BodyKind}
     * @param inputs the edges, as in {@link Dependencies}
     * @param region the queue that is about to receive the task, null for the root
     */
    public TaskNode(
            byte bodyKind,
            @Nullable Object body,
            @Nullable Object inputs,
            @Nullable String name,
            @Nullable TaskQueue region) {
        super(bodyKind, body, inputs);
        this.metadata = name == null ? region : new TaskMetadata(name, region, null);
    }

    /** Returns the node behind a handle. */
    public static TaskNode<?> of(Task<?> task) {
        if (task instanceof TaskNode<?> node) {
            return node;
        }
        Objects.requireNonNull(task, "task");
        throw new IllegalArgumentException("'" + task.name() + "' is a "
                + task.getClass().getName() + ", not a task spawned by Regions: it cannot be depended on");
    }

    // ---- Identity ---------------------------------------------------------------------------------------------------

    @Override
    public String name() {
        String given = givenName();
        if (given != null) {
            return given;
        }
        TaskProbe observed = observation();
        return observed != null ? observed.name() : "task-" + Integer.toHexString(System.identityHashCode(this));
    }

    @Override
    @Nullable
    public String givenName() {
        return metadata instanceof TaskMetadata more ? more.name : null;
    }

    @Override
    public String displayName() {
        return name();
    }

    @Override
    @Nullable
    public TaskQueue region() {
        return metadata instanceof TaskMetadata more ? more.region : (TaskQueue) metadata;
    }

    /** Attaches the record for observers to the task, which no other thread knows yet. */
    public void observe(TaskProbe by) {
        metadata = like(new TaskMetadata(givenName(), region(), by)); // terms come later, if at all
        flags |= OBSERVED;
    }

    /** Sets the context class loader for the body of the task, which no other thread knows yet. */
    public void setContextLoader(ClassLoader loader) {
        TaskMetadata more = metadata instanceof TaskMetadata there ? there : new TaskMetadata(null, region(), null);
        more.contextLoader = loader;
        metadata = more;
    }

    /** Returns the given new metadata, with the context class loader of the present one. */
    private <L extends TaskMetadata> L like(L other) {
        if (metadata instanceof TaskMetadata more) {
            other.contextLoader = more.contextLoader;
        }
        return other;
    }

    @Override
    public TaskAttributes attributes() {
        VarHandle.acquireFence(); // the flag was read before
        return (TaskAttributes) Objects.requireNonNull(metadata);
    }

    /**
     * Returns the attributes of an unlaunched task, creating them if necessary; null if the task has completed, and
     * needs none.
     *
     * @throws IllegalStateException if the task is launched
     */
    @Nullable
    public TaskAttributes changeAttributes() {
        if (!isChangeable()) {
            return null;
        }
        if ((flags & ATTRIBUTES) == 0) {
            metadata = like(new TaskAttributes(givenName(), region(), observation()));
            VarHandle.releaseFence(); // a canceller that sees the flag must see the attributes
            flags |= ATTRIBUTES;
        }
        return attributes();
    }

    @Override
    public ExceptionalOutcome.Failed failed(Throwable thrown) {
        return failed(core(), region(), thrown);
    }

    @Override
    public ExceptionalOutcome.Failed failed(Scheduler core, @Nullable TaskQueue region, Throwable thrown) {
        String where = region == null ? null : RegionDescriptions.of(region);
        ExceptionalOutcome.Failed failed = core.uncaughtFailures().watch(name(), where, thrown);
        if ((flags & OBSERVED) != 0) {
            failed.describe(); // now: observers get this text, and it may call user code of the exception
        }
        return failed;
    }

    @Override
    public String toString() {
        return "task '" + name() + "' (" + currentState() + ")";
    }

    @Override
    public String explain() {
        return CoreHooks.explain(this);
    }

    // ---- Results ----------------------------------------------------------------------------------------------------

    @Override
    public TaskState taskState() {
        return currentState();
    }

    @Override
    public boolean isDone() {
        return isCompleted();
    }

    @Override
    public boolean isCancelled() {
        return outcomeOrNull() instanceof ExceptionalOutcome.Cancelled;
    }

    @Override
    public State state() {
        Object end = outcomeOrNull();
        if (end == null) {
            return State.RUNNING;
        }
        if (end instanceof ExceptionalOutcome unsuccessful) {
            return end instanceof ExceptionalOutcome.Cancelled ? State.CANCELLED : State.FAILED;
        }
        return State.SUCCESS;
    }

    @Override
    public T join() throws InterruptedException {
        await();
        if (outcomeOrNull() instanceof ExceptionalOutcome unsuccessful) {
            throw explain(unsuccessful);
        }
        return result();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        await();
        return resultOrExecutionException();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        Objects.requireNonNull(unit, "unit");
        if (!isCompleted() && !awaitFinal(true, Math.max(0, unit.toNanos(timeout)), false)) {
            throw new TimeoutException(this + " was not final after " + timeout + " " + unit);
        }
        return resultOrExecutionException();
    }

    private T resultOrExecutionException() throws ExecutionException {
        if (outcomeOrNull() instanceof ExceptionalOutcome unsuccessful) {
            Throwable thrown = throwableOf(unsuccessful);
            if (thrown instanceof CancellationException cancelled
                    && unsuccessful instanceof ExceptionalOutcome.Cancelled) {
                throw cancelled;
            }
            throw new ExecutionException(
                    "task '" + name() + "' did not succeed: " + SafeToString.ofFailure(thrown), thrown);
        }
        return result();
    }

    @Override
    public T resultNow() {
        Object end = outcomeOrNull();
        if (end == null || end instanceof ExceptionalOutcome) {
            throw new IllegalStateException(this + " has no result");
        }
        return result();
    }

    @Override
    public Throwable exceptionNow() {
        if (outcomeOrNull() instanceof ExceptionalOutcome unsuccessful) {
            Throwable thrown = throwableOf(unsuccessful);
            if (!(unsuccessful instanceof ExceptionalOutcome.Cancelled)) {
                return thrown;
            }
        }
        throw new IllegalStateException(this + " has no exception");
    }

    @Override
    public CompletableFuture<T> toCompletableFuture() {
        StackGuard.ensure8K();
        CompletableFuture<T> future = new Future();
        Runnable copy = new Copy<>(this, future);
        if (push(new Link.Callback(copy, false, Scheduler.ofCaller())) != null) {
            copy.run();
        }
        return future;
    }

    private final class Future extends TaskFuture<T> {
        @Override
        void departed() {
            if (!isCompleted()) {
                linkDeparted();
            }
        }

        @Override
        void ensureMayWait(boolean timed) {
            TaskNode.this.ensureMayWait(timed);
        }
    }

    /** Copies the outcome of a task to a future. */
    record Copy<T extends @Nullable Object>(TaskNode<T> task, CompletableFuture<T> future) implements Runnable {
        @Override
        public void run() {
            if (task.outcomeOrNull() instanceof ExceptionalOutcome unsuccessful) {
                Throwable thrown = task.throwableOf(unsuccessful);
                boolean looksCancelled = thrown instanceof CancellationException
                        && !(unsuccessful instanceof ExceptionalOutcome.Cancelled);
                future.completeExceptionally(looksCancelled ? new CompletionException(thrown) : thrown);
            } else {
                future.complete(task.result());
            }
        }
    }

    @SuppressWarnings("unchecked")
    private T result() {
        return (T) resultOf(Objects.requireNonNull(outcomeOrNull()));
    }

    /** Returns the exception for a wait to throw. Marks the failure as observed. */
    private RuntimeException explain(ExceptionalOutcome how) {
        how.markSeen();
        String task = "task '" + name() + "'";
        if (how instanceof ExceptionalOutcome.Failed failed) {
            return new TaskFailedException(task + " failed: " + SafeToString.ofFailure(failed.thrown), failed.thrown);
        }
        if (how instanceof Skipped skipped) {
            return new TaskSkippedException(task + " was skipped: " + skipped.why(), skipped.rootCause());
        }
        return ((ExceptionalOutcome.Cancelled) how).toException();
    }

    /**
     * Returns the exception of the body itself, because the caller knows the task; for all other outcomes, an exception
     * that explains them. Marks the failure as observed.
     */
    private Throwable throwableOf(ExceptionalOutcome how) {
        if (how instanceof ExceptionalOutcome.Failed failed) {
            failed.markSeen();
            return failed.thrown;
        }
        return explain(how);
    }

    // ---- Waiting ----------------------------------------------------------------------------------------------------

    @Override
    public void await() throws InterruptedException {
        if (!isCompleted()) {
            awaitFinal(false, 0, false);
        }
    }

    @Override
    public void awaitForRegion() throws InterruptedException {
        if (!isCompleted()) {
            awaitFinal(false, 0, true);
        }
    }

    private boolean awaitFinal(boolean timed, long nanos, boolean ofRegion) throws InterruptedException {
        if (!timed
                && isReady()
                && (flags & APART) == 0
                && !Thread.currentThread().isInterrupted()) {
            Runner runner = Runner.current();
            if (runner != null && runner.runInPlace(this, ofRegion)) { // checks for more stack itself
                return true;
            }
        }
        StackGuard.ensure8K(); // before the interrupt is cleared: it must not be lost
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        ensureNotHeldHere();
        if (!timed) {
            ensureWaitMayEnd(false);
        }
        WaitHook observer = Scheduler.waitHookHere();
        if (observer == null) {
            return waitUntilFinal(timed, nanos);
        }
        observer.beforeWait(this);
        try {
            return waitUntilFinal(timed, nanos);
        } finally {
            observer.afterWait(this);
        }
    }

    private boolean waitUntilFinal(boolean timed, long nanos) throws InterruptedException {
        Runner worker = timed ? null : Runner.inBody();
        Link.Waiter waiter = new Link.Waiter(this, worker);
        if (push(waiter) != null) {
            return true;
        }
        if (worker == null) {
            return park(waiter, timed, nanos);
        }
        worker.waitsFor(waiter);
        try {
            return park(waiter, false, 0);
        } finally {
            worker.waitsFor(null);
        }
    }

    private boolean park(Link.Waiter waiter, boolean timed, long nanos) throws InterruptedException {
        long deadline = timed ? System.nanoTime() + nanos : 0;
        boolean onPool = Blocking.isOnPool();
        while (!isCompleted()) {
            if (waiter.leaveIfInterrupted()) {
                linkDeparted();
                throw new InterruptedException();
            }
            if (!timed) {
                DeadlockException deadlock = waiter.deadlock();
                if (deadlock != null) {
                    leave(waiter);
                    throw deadlock;
                }
                parkUntimed(waiter, onPool);
                continue;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                leave(waiter);
                return isCompleted();
            }
            if (onPool) {
                Blocking.await(new Parked(waiter, true, deadline));
            } else {
                LockSupport.parkNanos(this, left);
            }
        }
        return true;
    }

    /** A wait on a thread of a fork-join pool: the pool compensates once, however often the thread wakes during it. */
    private final class Parked extends Blocking.Wait {
        private final Link.Waiter waiter;
        private final boolean timed;
        private final long deadline;

        Parked(Link.Waiter waiter, boolean timed, long deadline) {
            this.waiter = waiter;
            this.timed = timed;
            this.deadline = deadline;
        }

        @Override
        protected void await() {
            while (!isReleasable()) {
                if (timed) {
                    LockSupport.parkNanos(TaskNode.this, deadline - System.nanoTime());
                } else {
                    LockSupport.park(TaskNode.this);
                }
            }
        }

        @Override
        public boolean isReleasable() {
            return isCompleted()
                    || waiter.deadlock() != null
                    || Thread.currentThread().isInterrupted()
                    || timed && deadline - System.nanoTime() <= 0;
        }
    }

    /**
     * Parks once. A worker with a wait that is not watched parks only for a limited time; so does a thread that has a
     * region open, which then checks whether the task has come to depend on tasks held by that region.
     */
    private void parkUntimed(Link.Waiter waiter, boolean onPool) throws InterruptedException {
        Runner worker = waiter.worker;
        if (worker == null ? !Scheduler.hasOpenRegionHere() : worker.isWatched()) {
            if (onPool) {
                Blocking.await(new Parked(waiter, false, 0));
            } else {
                LockSupport.park(this);
            }
            return;
        }
        long nanos = waiter.nextLookNanos();
        if (onPool) {
            Blocking.await(new Parked(waiter, true, System.nanoTime() + nanos));
        } else {
            LockSupport.parkNanos(this, nanos);
        }
        if (worker == null && !isCompleted()) {
            try {
                ensureWaitMayEnd(true);
            } catch (Throwable never) {
                leave(waiter);
                throw never;
            }
        }
    }

    private void ensureWaitMayEnd(boolean again) {
        CoreHooks hooks = Scheduler.hooksHere();
        if (hooks != null && again) {
            hooks.ensureMayGoOnWaiting(this);
        } else if (hooks != null) {
            hooks.ensureMayWait(this);
        }
    }

    private static boolean isOpenHere(TaskQueue holder) {
        CoreHooks hooks = Scheduler.hooksHere();
        return hooks != null && hooks.isOpenHere(holder);
    }

    private void leave(Link.Waiter waiter) {
        waiter.leave();
        linkDeparted();
    }

    /** Throws if a wait outside of this class could never end because of a region that is open on this thread. */
    private void ensureMayWait(boolean timed) {
        if (!isCompleted()) {
            ensureNotHeldHere();
            if (!timed) {
                ensureWaitMayEnd(false);
            }
        }
    }

    /** Fails fast if this thread would wait for a task held by a region that only this thread can close. */
    private void ensureNotHeldHere() {
        TaskQueue holder = owner;
        if (isUnlaunched() && isHeld(holder) && (QueueStack.isOpenOnThisThread(holder) || isOpenHere(holder))) {
            throw new UnlaunchedTaskException("task '" + name() + "' cannot start before " + SafeToString.of(holder)
                    + " ends, and that is open on this thread: wait after the end of the region, or launch it first");
        }
    }

    /** Returns true if a queue holds the task. The core as owner holds nothing: the task is just being launched. */
    private static boolean isHeld(@Nullable TaskQueue holder) {
        return holder != null && !(holder instanceof Scheduler);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        StackGuard.ensure8K();
        Completion release = new Completion();
        boolean cancelled = cancel(mayInterruptIfRunning, release);
        release.run();
        return cancelled;
    }

    // ---- For the queues ---------------------------------------------------------------------------------------------

    @Override
    public Task<?> task() {
        return this;
    }

    @Override
    public void rename(String name) {
        Objects.requireNonNull(name, "name");
        if (isChangeable()) {
            if (metadata instanceof TaskMetadata more) {
                more.name = name;
                if (more.observation != null) {
                    more.observation.renamed(name);
                }
            } else {
                metadata = new TaskMetadata(name, region(), null);
            }
        }
    }

    @Override
    public List<Dependency> dependencies() {
        return Dependencies.describe(inputs);
    }

    @Override
    public void dependsOn(Task<?> predecessor, Dependency.Kind kind) {
        dependsOn(predecessor, kind, EdgeReason.QUEUE, null);
    }

    @Override
    public void dependsOn(Task<?> predecessor, Dependency.Kind kind, EdgeReason reason, @Nullable TaskQueue by) {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(reason, "reason");
        TaskNode<?> node = of(predecessor);
        if (node == this) {
            throw new IllegalArgumentException(this + " cannot depend on itself");
        }
        if (isChangeable()) {
            inputs = Dependencies.with(inputs, node, kind == Dependency.Kind.SOFT);
            TaskProbe observed = observation();
            if (observed != null) {
                observed.edge(node, kind == Dependency.Kind.SOFT, reason, by);
            }
        }
    }

    @Override
    public void wrap(BodyWrapper wrapper) {
        Objects.requireNonNull(wrapper, "wrapper");
        Object wrapped = body;
        if (isChangeable() && bodyKind != BodyKind.BARRIER && wrapped != null) {
            body = new WrappedBody(wrapper, bodyKind, wrapped);
            bodyKind = BodyKind.WRAPPED;
        }
    }

    private boolean isChangeable() {
        if (isPending()) {
            return true;
        }
        if (isCompleted()) {
            return false;
        }
        throw new IllegalStateException(this + " is launched and cannot be changed any more");
    }

    @Override
    public void heldBy(TaskQueue queue) {
        if (isUnlaunched()) {
            owner = Objects.requireNonNull(queue, "queue");
        }
    }

    @Override
    public void abandon(Throwable reason) {
        Objects.requireNonNull(reason, "reason");
        Completion release = new Completion();
        Withdrawal.abandon(this, "task '" + name() + "' was abandoned before launch", reason, release);
        release.runForSubmitter();
    }

    @Override
    public void whenCompleted(Runnable action) {
        Link.Callback callback =
                new Link.Callback(Objects.requireNonNull(action, "action"), true, Scheduler.ofCaller());
        if (push(callback) != null) {
            Deque<CallbackRunner.Due> due = new ArrayDeque<>(1);
            due.add(new CallbackRunner.Completed(
                    owner instanceof Scheduler core ? core : callback.core, callback.action, true));
            CallbackRunner.run(due);
        }
    }

    @Override
    public @Nullable Throwable failure() {
        return outcomeOrNull() instanceof ExceptionalOutcome unsuccessful && unsuccessful.isFailure()
                ? unsuccessful.rootCause()
                : null;
    }

    @Override
    public @Nullable Object failureSource() {
        return outcomeOrNull() instanceof ExceptionalOutcome unsuccessful && unsuccessful.isFailure()
                ? unsuccessful.source()
                : null;
    }

    @Override
    public TrackedTask track() {
        Link.Tracker tracker = new Link.Tracker(this);
        Object word = push(tracker);
        if (word != null) {
            tracker.completed(word);
        }
        return tracker;
    }

    @Override
    public boolean isBarrier() {
        return bodyKind == BodyKind.BARRIER;
    }

    @Override
    public PendingTask barrier(String name) {
        TaskNode<@Nullable Void> barrier =
                new TaskNode<>(BodyKind.BARRIER, null, null, Objects.requireNonNull(name, "name"), region());
        TaskProbe observed = observation();
        if (observed != null) {
            observed.barrier(barrier);
        }
        return barrier;
    }
}
