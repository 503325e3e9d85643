package dev.regions.core.graph;

import dev.regions.core.util.InterruptHandshake;
import dev.regions.queue.QueueStack;
import dev.regions.queue.TaskQueue;
import dev.regions.queue.WaitHook;
import org.jspecify.annotations.Nullable;

/**
 * The services that the graph needs from the scheduler: {@link Node} and its kin know only this class of it, and the
 * scheduler knows the graph.
 *
 * <p>An abstract class with one implementation, so that each call is direct. Thread-safe.
 */
public abstract class Scheduler implements TaskQueue, CallbackRunner.Root {
    /** The scheduler of the shared runtime, for code that runs within no runtime. Null until that is created. */
    private static volatile @Nullable Scheduler shared;

    /** Creates a scheduler. */
    protected Scheduler() {}

    /** Registers the scheduler of the shared runtime. */
    public static void setShared(Scheduler scheduler) {
        shared = scheduler;
    }

    /**
     * Returns the scheduler of the calling code; null if it runs within no runtime and the shared one is not created
     * yet.
     */
    public static @Nullable Scheduler ofCaller() {
        return QueueStack.runtime() instanceof Scheduler scheduler ? scheduler : shared;
    }

    /** Returns the diagnostics around {@link #ofCaller()}, null if there is none. */
    static @Nullable CoreHooks hooksHere() {
        Scheduler scheduler = ofCaller();
        return scheduler == null ? null : scheduler.hooks();
    }

    /** Returns true if the calling code has a region open that holds tasks until it is closed. */
    public static boolean hasOpenRegionHere() {
        CoreHooks hooks = hooksHere();
        return hooks != null && hooks.hasOpenRegionHere();
    }

    /** Returns the hook to notify of waits of the calling code, null if there is none. */
    static @Nullable WaitHook waitHookHere() {
        return QueueStack.runtime() instanceof Scheduler scheduler ? scheduler.waitHook() : null;
    }

    /** Returns the diagnostics around this scheduler. */
    public abstract CoreHooks hooks();

    /** Returns the hook to notify of waits, null if there is none. */
    public abstract @Nullable WaitHook waitHook();

    /** Returns the record of failures that were not observed yet. */
    public abstract UncaughtFailures uncaughtFailures();

    /** Schedules a ready task, and ensures that a worker will run it. */
    public abstract void schedule(Node ready);

    /** Passes a task with attributes, which has just become ready, through its limits, then schedules it. */
    public abstract void admit(Node ready, Completion release);

    /**
     * Sets the timer for the deadline of a task with attributes, if it has a deadline and no timer for that. Called by
     * the holder of the task: the spawner, a queue, and the scheduler that launches it, and that has the timer from
     * then on. If this throws, no timer is set.
     */
    public abstract void setDeadline(Node node);

    /** Counts a launched task that was completed by another thread than a worker that ran it. */
    public abstract void taskEnded(Node node);

    /**
     * Registers a task that waits for an event that this scheduler does not control: it is cancelled at shutdown. The
     * caller then checks whether {@link #isStopping()}.
     */
    public abstract void registerExternalWait(Node node);

    /** Undoes {@link #registerExternalWait}. */
    public abstract void unregisterExternalWait(Node node);

    /** Returns true if the tasks in flight are to be cancelled. */
    public abstract boolean isStopping();

    /**
     * Interrupts a task that the given worker runs, and that cannot complete before this returns.
     *
     * @return null if the task was interrupted, or its worker is gone; the task itself if it is suspended in a
     *     {@code join()} of a task that runs in place and goes on; or the task in place inside it, if that is of a
     *     region that the task joins, and is to be cancelled, too
     */
    public abstract @Nullable Node interrupt(int worker, Node task, InterruptHandshake interruption);

    /** A thread that runs bodies, as the tasks see it that these wait for. Used on that thread, except as said. */
    public abstract static class Runner {
        private static final ThreadLocal<@Nullable Runner> CURRENT = new ThreadLocal<>();

        /** Whether the body of a task runs, and not a callback after it. */
        protected boolean inBody;

        /** Makes this the runner that the calling thread belongs to. */
        protected final void becomeCurrent() {
            CURRENT.set(this);
        }

        /** Returns the runner that the calling thread belongs to, null if there is none. */
        public static @Nullable Runner current() {
            return CURRENT.get();
        }

        /** Returns the runner of the calling thread if a body is running on it now; null otherwise. */
        public static @Nullable Runner inBody() {
            Runner runner = CURRENT.get();
            return runner != null && runner.inBody ? runner : null;
        }

        /**
         * Runs a task inside the call that waits for it, if it is ready, unclaimed, and may run there.
         *
         * @param ofRegion whether the calling task waits on behalf of a region that contains the task
         * @return true if it has run
         */
        public abstract boolean runInPlace(Node node, boolean ofRegion);

        /** Records the waiter of a task on this thread; null when it no longer waits. */
        public abstract void waitsFor(Link.@Nullable Waiter waiter);

        /** Returns true if a deadlock scan is scheduled, or could be now; otherwise the thread must not wait long. */
        public abstract boolean isWatched();
    }
}
