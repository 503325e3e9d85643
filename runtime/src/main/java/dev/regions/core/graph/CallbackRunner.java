package dev.regions.core.graph;

import dev.regions.core.util.StackGuard;
import dev.regions.internal.Log;
import dev.regions.queue.QueueStack;
import dev.regions.queue.RegionBody;
import dev.regions.queue.TaskQueue;
import java.lang.invoke.MethodHandles;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs the user code that is due because a task has completed: the dependent stages of futures, the joiners of regions,
 * and the queues that are notified of a failure.
 *
 * <h2>Implementation overview</h2>
 *
 * <p><b>When.</b> After the task is completed and counted, its permit returned, and all its successors handled: nothing
 * of the runtime waits for a callback, which may take long.
 *
 * <p><b>In which region.</b> At the root of the runtime of the completed task, regardless of the regions that the
 * calling thread has open. Scopes that a callback leaves open are ended after it, and an error is logged. The tasks
 * that a callback spawns therefore do not depend on the completing thread.
 *
 * <p><b>On which thread.</b>
 *
 * <pre>
 *   the worker that ran the body          itself, once it has no task in flight
 *   the same, for a task run in place     itself if all callbacks are brief; otherwise a thread of their own
 *   complete(), fail(), cancel()          the calling thread, as with CompletableFuture
 *   a spawn, a launch, an abandoned       a thread of their own: no submitter waits for another one's callbacks
 *     region, shutdownNow()
 *   a deadline, the end of a back-off     the thread that the timer starts for the effects of the completion
 * </pre>
 *
 * A callback is <em>brief</em> if its contract says that it must not block: joiners and failure notices. A brief
 * callback may complete further tasks, as a joiner does that cancels the rest of its region. Callbacks of these tasks
 * that may block get a thread of their own.
 *
 * <p><b>Chains.</b> A callback may complete another task; the callbacks of that task are then due on the same thread,
 * inside the first. They run there, nested, up to {@value #MAX_NESTED} levels and while the stack has space; past that,
 * on a virtual thread of their own, so that a chain of any length needs a stack of bounded depth. They are not queued
 * for the outermost run of callbacks instead: a callback that completes a task, and then waits for a future of that
 * task, would wait for itself.
 */
public final class CallbackRunner {
    /** How deep runs of callbacks may nest on one thread. Each level takes about two kilobytes of stack. */
    static final int MAX_NESTED = 8;

    /** The nesting depth of callbacks on the current thread, and how many of them are brief; null if it runs none. */
    private static final ThreadLocal<int @Nullable []> DEPTH = new ThreadLocal<>();

    private static final int ALL = 0;
    private static final int BRIEF = 1;

    private static final ThreadFactory THREADS =
            Thread.ofVirtual().inheritInheritableThreadLocals(false).factory();

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            for (Class<?> used :
                    new Class<?>[] {Completed.class, Failure.class, AtRoot.class, Apart.class, StackGuard.class}) {
                lookup.ensureInitialized(used);
            }
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private CallbackRunner() {}

    /** Initialises this class and those it uses: their first use may be where the stack or the heap is exhausted. */
    public static void prepare() {
        DEPTH.remove();
        runAll(new ArrayDeque<>(), null, null);
    }

    /** A runtime at the root of which callbacks run. */
    interface Root {
        /** Returns the queue for tasks spawned outside of regions. */
        TaskQueue root();
    }

    /** A callback that is due. */
    public abstract static class Due {
        /** The runtime at the root of which to run it; null if none is known. */
        final @Nullable Root core;
        /** Whether it must not block. */
        final boolean brief;

        Due(@Nullable Root core, boolean brief) {
            this.core = core;
            this.brief = brief;
        }

        abstract void run();

        private void runAndLog() {
            int[] here = brief ? DEPTH.get() : null;
            try {
                if (here != null) {
                    here[BRIEF]++;
                }
                run();
            } catch (Throwable thrown) {
                Log.write(System.Logger.Level.ERROR, "a callback of a completed task has failed", thrown);
            } finally {
                if (here != null) {
                    here[BRIEF]--;
                }
            }
        }
    }

    /** An action that was registered for the completion of a task. */
    static final class Completed extends Due {
        private final Runnable action;

        Completed(@Nullable Root core, Runnable action, boolean brief) {
            super(core, brief);
            this.action = action;
        }

        @Override
        void run() {
            action.run();
        }
    }

    /** The notice of a failure to the region in which the task was spawned. */
    static final class Failure extends Due {
        private final TaskQueue region;

        Failure(@Nullable Root core, TaskQueue region) {
            super(core, true);
            this.region = region;
        }

        @Override
        void run() {
            region.onTaskFailed();
        }
    }

    /** Runs callbacks on the calling thread or, if that is too deep in its stack, on a thread of their own. */
    public static void run(Deque<Due> due) {
        run(due, null, null);
    }

    /**
     * As {@link #run(Deque)}, on a worker between two tasks.
     *
     * @param atRootOf the core with its root bound on the calling thread, and no region open; null if there is none
     * @param bound that binding
     */
    public static void run(Deque<Due> due, @Nullable Root atRootOf, QueueStack.@Nullable Binding bound) {
        int[] depth = DEPTH.get();
        if (depth == null) {
            depth = new int[2];
            DEPTH.set(depth);
        }
        if (depth[ALL] >= MAX_NESTED || depth[BRIEF] > 0 && !areBrief(due) || !hasStack()) {
            runApart(due);
            return;
        }
        depth[ALL]++;
        try {
            runAll(due, atRootOf, bound);
        } finally {
            if (--depth[ALL] == 0) {
                DEPTH.remove();
            }
        }
    }

    /** Runs callbacks on a virtual thread of their own, or on the calling thread if none can be started. */
    public static void runApart(Deque<Due> due) {
        try {
            Thread thread = THREADS.newThread(new Apart(due));
            thread.setName((due.isEmpty() ? "regions" : String.valueOf(due.peek().core)) + "-callbacks");
            thread.start();
        } catch (Throwable noThread) {
            runAll(due, null, null);
        }
    }

    private record Apart(Deque<Due> due) implements Runnable {
        @Override
        public void run() {
            CallbackRunner.run(due);
        }
    }

    /**
     * Runs the callbacks of a task that ran in place: the joining task, which then goes on, waits for brief ones only.
     */
    public static void runBesideJoiner(Deque<Due> due) {
        if (areBrief(due)) {
            run(due);
        } else {
            runApart(due);
        }
    }

    /** Returns true if none of these may block. */
    public static boolean areBrief(Deque<Due> due) {
        for (Due each : due) {
            if (!each.brief) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasStack() {
        try {
            StackGuard.ensure16K();
            return true;
        } catch (StackOverflowError deep) {
            return false;
        }
    }

    private static void runAll(Deque<Due> due, @Nullable Root atRootOf, QueueStack.@Nullable Binding bound) {
        for (Due first; (first = due.poll()) != null; ) {
            Root core = first.core;
            if (core == null) {
                first.runAndLog();
            } else if (core == atRootOf && bound != null) {
                runWith(bound, first);
            } else {
                try {
                    QueueStack.callAtRoot(core.root(), core, new AtRoot(first, due));
                } catch (Throwable thrown) {
                    Log.write(
                            System.Logger.Level.ERROR,
                            "the callbacks of a completed task have left something behind",
                            thrown);
                }
            }
        }
    }

    /** A callback, and the callbacks of the same core after it. */
    private record AtRoot(Due first, Deque<Due> rest) implements RegionBody<@Nullable Void, RuntimeException> {
        @Override
        public @Nullable Void call() {
            QueueStack.Binding bound = QueueStack.binding();
            Due next = first;
            while (true) {
                runWith(bound, next);
                if (rest.isEmpty() || rest.peek().core != first.core) {
                    return null;
                }
                next = rest.poll();
            }
        }
    }

    private static void runWith(QueueStack.Binding bound, Due due) {
        due.runAndLog();
        endScopes(bound, "a callback of a completed task");
    }

    /** Ends the scopes that user code has left open, and logs an error that names them. */
    public static void endScopes(QueueStack.Binding bound, String who) {
        IllegalStateException leftOpen = bound.endScopesLeftOpen();
        if (leftOpen != null) {
            Log.write(System.Logger.Level.ERROR, who + " has left a scope open", leftOpen);
        }
    }
}
