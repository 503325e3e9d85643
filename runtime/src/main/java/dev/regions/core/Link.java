package dev.regions.core;

import dev.regions.task.DeadlockException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the stack that hangs on a task until it is final: what is to happen then. {@code next} is written before the
 * link is published, and again only by the one thread that has taken the whole stack off the task.
 */
abstract sealed class Link {
    @Nullable
    Link next;

    /** The task that this hangs on, or hung on until that was final. Written before the link is published. */
    @Nullable
    Node owner;

    /** Turns a stack, newest first, into a list in the order of arrival. */
    static @Nullable Link reverse(@Nullable Link stack) {
        Link reversed = null;
        while (stack != null) {
            Link rest = stack.next;
            stack.next = reversed;
            reversed = stack;
            stack = rest;
        }
        return reversed;
    }

    /** A successor. */
    abstract static sealed class Edge extends Link {
        final Node successor;

        private Edge(Node successor) {
            this.successor = successor;
        }
    }

    /** A successor that requires this task to succeed. */
    static final class HardEdge extends Edge {
        HardEdge(Node successor) {
            super(successor);
        }
    }

    /** A successor that only comes after this task. */
    static final class SoftEdge extends Edge {
        SoftEdge(Node successor) {
            super(successor);
        }
    }

    /** A thread parked until the task is final. */
    static final class Waiter extends Link {
        final Node awaited;
        /** The worker on whose thread tasks wait, without a limit of time; null if it is none of ours, or has one. */
        final @Nullable Worker worker;

        private volatile @Nullable Thread thread = Thread.currentThread();
        private volatile @Nullable DeadlockException deadlock;

        /** For how many looks at it this has waited. Used by the timer alone. */
        int ticks;

        Waiter(Node awaited, @Nullable Worker worker) {
            this.awaited = awaited;
            this.worker = worker;
        }

        void wake() {
            LockSupport.unpark(thread);
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

        /** Tells whether the thread is about to stop waiting. */
        boolean isInterrupted() {
            Thread waits = thread;
            return waits == null || waits.isInterrupted();
        }

        /** Says that the thread no longer waits. */
        void leave() {
            thread = null;
        }

        boolean isGone() {
            return thread == null;
        }
    }

    /** Something else to tell that the task is final. If it finds no memory, it is told again. */
    static final class Callback extends Link {
        final Runnable action;

        Callback(Runnable action) {
            this.action = action;
        }
    }

    /**
     * A wish to cancel a task that is running. Who finds it when the body has ended waits for the interruption to be
     * delivered, so that no interrupt of this task can hit the thread later.
     */
    static final class CancelRequest extends Link {
        final Unsuccessful outcome;
        /** Whether the body is to be interrupted. */
        final boolean interrupts;

        final Interruption interruption = new Interruption();

        CancelRequest(Unsuccessful outcome, boolean interrupts) {
            this.outcome = outcome;
            this.interrupts = interrupts;
        }
    }
}
