package dev.regions.core;

import dev.regions.queue.PendingTask;
import dev.regions.queue.TrackedTask;
import dev.regions.task.DeadlockException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the stack that hangs on a task until it is final: what is to happen then. The fields are plain: they are written
 * before the link is published, by the one thread that has taken the whole stack off the task, and as said at {@link #next}.
 */
abstract sealed class Link extends Dependent {
    /**
     * The entry below. A thread that {@linkplain Node#purge() purges} the stack leads it past entries that are dead for good, and
     * pays no heed to others that do the same: whichever of these writes is seen, all living entries can be reached.
     */
    @Nullable
    Dependent next;

    /**
     * While the link is on the stack, the task on which it hangs, where the successor must know that; null otherwise. The thread that
     * has taken the stack then notes here which link comes after this one in the order of arrival, and clears both fields when it
     * is through: a successor may hold its links for longer, and must not hold others with them. If that task was withdrawn, and
     * keeps its place in the order, the successor still has to know it, and this stays.
     */
    @Nullable
    Dependent back;

    /** Returns true if the link is of no more use, and never will be: then it may be taken off. */
    boolean isDead() {
        return false;
    }

    /** A successor that requires this task to succeed, where something hung there before it. */
    static final class HardEdge extends Link {
        final Node successor;

        HardEdge(Node successor) {
            this.successor = successor;
        }

        @Override
        boolean isDead() {
            return successor.detach();
        }
    }

    /** A successor that only comes after this task. */
    static final class SoftEdge extends Link {
        final Node successor;

        SoftEdge(Node successor) {
            this.successor = successor;
        }

        @Override
        boolean isDead() {
            return successor.detach();
        }
    }

    /** A thread parked until the task is final. */
    static final class Waiter extends Link {
        final Node awaited;
        /** The worker on whose thread tasks wait, without a limit of time; null if it is none of ours, or has one. */
        final @Nullable Worker worker;

        private volatile @Nullable Thread thread = Thread.currentThread();
        private volatile @Nullable DeadlockException deadlock;

        /** For how many looks at it this has waited. Used by the timer alone; on a thread that is no worker's, by that. */
        int ticks;

        Waiter(Node awaited, @Nullable Worker worker) {
            this.awaited = awaited;
            this.worker = worker;
        }

        void wake() {
            LockSupport.unpark(thread);
        }

        /** Returns for how long to wait until the thread looks for itself whether it waits in vain: longer each time. */
        long nextLookNanos() {
            return worker != null ? DeadlockDetector.TICK_NANOS : DeadlockDetector.TICK_NANOS << Math.min(ticks++, 6);
        }

        /** Ends a wait that could never end by itself. */
        void giveUp(DeadlockException found) {
            deadlock = found;
            wake();
        }

        @Nullable
        DeadlockException deadlock() {
            return deadlock;
        }

        /** Tells whether the thread is about to stop waiting, or has stopped. */
        boolean isInterrupted() {
            Thread waits = thread;
            return waits == null || waits.isInterrupted() || isGone(); // it may have left, and cleared that, in between
        }

        /** Called on the thread: if it is interrupted, clears that and says that it no longer waits. That first; see above. */
        boolean leaveIfInterrupted() {
            if (!Thread.currentThread().isInterrupted()) {
                return false;
            }
            leave();
            Thread.interrupted();
            return true;
        }

        /** Returns the thread that waits, null if it has left. */
        @Nullable
        Thread thread() {
            return thread;
        }

        /** Says that the thread no longer waits. */
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
     * A region's reference to a task, for as long as the region may have to wait for the task or to report its failure: so a region
     * that remembers its tasks keeps none of their results.
     *
     * <p>The completing thread clears the reference with release semantics, after the outcome is set, and a region reads it with
     * acquire semantics: a region that finds it cleared sees everything that the task wrote. A race would show as a reference that
     * stays although the task has succeeded, because neither the finisher nor {@link TaskNode#track()} has cleared it: a push
     * either succeeds, before the finisher takes the stack, or returns the outcome.
     */
    static final class Tracker extends Link implements TrackedTask {
        /** Accessed through {@link Node#trackedBy} and {@link Node#letGo}. */
        @Nullable
        TaskNode<?> task;

        Tracker(TaskNode<?> task) {
            this.task = task;
        }

        @Override
        public @Nullable PendingTask pending() {
            return Node.trackedBy(this);
        }

        /** Called by the one thread that has this, when the task has completed with the given outcome word. */
        void completed(@Nullable Object word) {
            next = null; // or the region would keep other tasks
            back = null;
            Object outcome = word instanceof Node.Unsettled unsettled ? unsettled.outcome : word;
            if (!(outcome instanceof ExceptionalOutcome unsuccessful && unsuccessful.isFailure())) {
                Node.letGo(this);
            }
        }
    }

    /** An action to run once the task is completed; see {@link CallbackRunner}. */
    static final class Callback extends Link {
        final Runnable action;
        /** Whether the action must not block. */
        final boolean brief;
        /** The runtime in force where the action was registered: that of the task, should it never be launched. */
        final @Nullable DagCore core;

        Callback(Runnable action) {
            this(action, false, null);
        }

        Callback(Runnable action, boolean brief, @Nullable DagCore core) {
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
     * A request to cancel a task that is running. It is always on top of the stack, so that the runner and other cancellers find it
     * with one look, however much hangs there: a link that comes later goes below it. The runner, when the body has ended, closes
     * the interruption, so that no interrupt of this task can hit the thread later.
     */
    static final class CancelRequest extends Link {
        final ExceptionalOutcome outcome;
        final InterruptHandshake interruption;

        CancelRequest(ExceptionalOutcome outcome, @Nullable Dependent below) {
            this.outcome = outcome;
            this.interruption = new InterruptHandshake();
            this.next = below;
        }

        /** Makes the same request, to be on top of another stack. */
        CancelRequest(CancelRequest same, Dependent below) {
            this.outcome = same.outcome;
            this.interruption = same.interruption;
            this.next = below;
        }
    }
}
