package dev.regions.core.graph;

import dev.regions.core.util.InterruptHandshake;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TrackedTask;
import dev.regions.task.DeadlockException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the stack of a task's dependents: an action to take when the task completes. The fields are plain. They
 * are written before the link is published, by the one thread that has taken the whole stack off the task, and as
 * described at {@link #next}.
 */
public abstract sealed class Link extends Dependent {
    /**
     * The entry below. A thread that {@linkplain Node#purge() purges} the stack redirects this field past entries that
     * are permanently dead, without regard to other threads that do the same: whichever of these writes is seen, all
     * living entries are reachable.
     */
    @Nullable
    public Dependent next;

    /**
     * While the link is on the stack: the task on which it hangs if the successor must know that task, null otherwise.
     * The thread that has taken the stack then stores here the next link in the order of arrival, and clears both
     * fields when it is done, because a successor may hold its links for longer, and must not hold others with them. If
     * that task was withdrawn and keeps its place in the order, the successor still has to know it, and this field
     * stays.
     */
    @Nullable
    Dependent back;

    /** Returns true if the link is permanently of no use, and may therefore be taken off. */
    boolean isDead() {
        return false;
    }

    /** A hard edge: the successor requires this task to succeed. See {@link Dependent} for edges without an object. */
    public static final class HardEdge extends Link {
        public final Node successor;

        HardEdge(Node successor) {
            this.successor = successor;
        }

        @Override
        boolean isDead() {
            return Wiring.detach(successor);
        }
    }

    /** A soft edge: the successor is only ordered after this task. */
    public static final class SoftEdge extends Link {
        public final Node successor;

        SoftEdge(Node successor) {
            this.successor = successor;
        }

        @Override
        boolean isDead() {
            return Wiring.detach(successor);
        }
    }

    /** A thread parked until the task completes. */
    public static final class Waiter extends Link {
        public final Node awaited;
        /** The worker that waits; null if the thread is no worker's, or if the wait is timed. */
        public final Scheduler.@Nullable Runner worker;

        private volatile @Nullable Thread thread = Thread.currentThread();
        private volatile @Nullable DeadlockException deadlock;

        /**
         * Ticks that this wait has lasted. Used by the timer alone; on a thread that is no worker's, by that thread.
         */
        public int ticks;

        public Waiter(Node awaited, Scheduler.@Nullable Runner worker) {
            this.awaited = awaited;
            this.worker = worker;
        }

        public void wake() {
            LockSupport.unpark(thread);
        }

        /** Returns the nanoseconds to park until the next check: longer each time on a thread that is no worker's. */
        long nextLookNanos() {
            return worker != null ? CoreHooks.TICK_NANOS : CoreHooks.TICK_NANOS << Math.min(ticks++, 6);
        }

        /** Ends a wait that can never end by itself. */
        public void giveUp(DeadlockException found) {
            deadlock = found;
            wake();
        }

        @Nullable
        public DeadlockException deadlock() {
            return deadlock;
        }

        /** Returns true if the thread is about to stop waiting, or has stopped. */
        public boolean isInterrupted() {
            Thread waits = thread;
            return waits == null || waits.isInterrupted() || isGone(); // a thread that leaves clears the interrupt
        }

        /**
         * If the calling thread is interrupted, leaves, then clears the interrupt: {@link #isInterrupted} needs that
         * order.
         */
        boolean leaveIfInterrupted() {
            if (!Thread.currentThread().isInterrupted()) {
                return false;
            }
            leave();
            Thread.interrupted();
            return true;
        }

        /** Returns the waiting thread, null if it has left. */
        @Nullable
        public Thread thread() {
            return thread;
        }

        /** Marks the thread as no longer waiting. */
        void leave() {
            thread = null;
        }

        boolean isGone() {
            return thread == null;
        }

        @Override
        boolean isDead() {
            return isGone();
        }
    }

    /**
     * A region's reference to a task, for as long as the region may have to wait for the task or to report its failure.
     * Therefore a region that tracks its tasks keeps none of their results.
     *
     * <p>The completing thread clears the reference with release semantics, after the outcome is set, and a region
     * reads it with acquire semantics: a region that finds it cleared sees everything that the task wrote. A race would
     * show as a reference that stays although the task has succeeded, because neither the completing thread nor
     * {@link TaskNode#track()} has cleared it: a push either succeeds, before the completing thread takes the stack, or
     * returns the outcome.
     */
    public static final class Tracker extends Link implements TrackedTask {
        /** Accessed through {@link Node#trackedBy} and {@link Node#clear}. */
        @Nullable
        TaskNode<?> task;

        Tracker(TaskNode<?> task) {
            this.task = task;
        }

        @Override
        public @Nullable PendingTask pending() {
            return Node.trackedBy(this);
        }

        /** Called by the one thread that owns the tracker, when the task has completed with the given outcome word. */
        void completed(@Nullable Object word) {
            next = null; // otherwise the region would keep other tasks
            back = null;
            Object outcome = word instanceof DependentStack.Unsettled unsettled ? unsettled.outcome : word;
            if (!(outcome instanceof ExceptionalOutcome unsuccessful && unsuccessful.isFailure())) {
                Node.clear(this);
            }
        }
    }

    /** An action to run when the task has completed; see {@link CallbackRunner}. */
    public static final class Callback extends Link {
        final Runnable action;
        /** Whether the action must not block. */
        final boolean brief;
        /** The runtime in force where the action was registered: used if the task is never launched. */
        final @Nullable Scheduler core;

        public Callback(Runnable action) {
            this(action, false, null);
        }

        public Callback(Runnable action, boolean brief, @Nullable Scheduler core) {
            this.action = action;
            this.brief = brief;
            this.core = core;
        }

        @Override
        boolean isDead() {
            return action instanceof TaskNode.Copy<?> copy && copy.future().isDone();
        }
    }

    /**
     * A request to cancel a running task. It is always on top of the stack, because later links go below it: the runner
     * and other cancellers find it with a single read, however long the stack is. When the body has ended, the runner
     * closes the handshake, so that no interrupt of this task can reach the thread later.
     */
    public static final class CancelRequest extends Link {
        final ExceptionalOutcome outcome;
        final InterruptHandshake interruption;

        CancelRequest(ExceptionalOutcome outcome, @Nullable Dependent below) {
            this.outcome = outcome;
            this.interruption = new InterruptHandshake();
            this.next = below;
        }

        /** Creates a copy of a request, for the top of another stack. */
        CancelRequest(CancelRequest same, Dependent below) {
            this.outcome = same.outcome;
            this.interruption = same.interruption;
            this.next = below;
        }
    }
}
