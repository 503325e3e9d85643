package dev.regions.core.graph;

import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The services that a {@link Scheduler} needs from its diagnostics: observation of new tasks, and checks of waits that
 * could never end. The core knows only this class; the implementation knows the core.
 *
 * <p>An abstract class with one implementation, so that each call is direct. Thread-safe.
 */
public abstract class CoreHooks {
    /**
     * How long an unwatched wait parks at most before it checks again, in nanoseconds; also the interval of the
     * deadlock watch.
     */
    public static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** The same for all cores, because a task in a region has no core yet. */
    private static volatile @Nullable Function<Task<?>, String> explainer;

    /**
     * Creates hooks.
     *
     * @param explainer explains the state of a task to people; must not depend on one core
     */
    protected CoreHooks(Function<Task<?>, String> explainer) {
        CoreHooks.explainer = explainer;
    }

    static String explain(Task<?> task) {
        Function<Task<?>, String> known = explainer;
        return known == null ? task.toString() : known.apply(task);
    }

    /**
     * Called for a new task that only the calling thread knows, while {@code DagCore.isObserved()}: attaches a probe to
     * it.
     *
     * @param arguments the arguments of the task, as in {@code Dependencies}
     */
    public abstract void spawned(Task<?> task, @Nullable Object arguments);

    /** Returns true if the calling code has a region open that holds tasks until it is closed. */
    public abstract boolean hasOpenRegionHere();

    /** Returns true if the region of the queue is such a region of the calling code. */
    public abstract boolean isOpenHere(TaskQueue queue);

    /**
     * Called before the calling thread waits for a task.
     *
     * @throws dev.regions.task.UnlaunchedTaskException if the wait could never end, as far as a small search can find
     *     out
     */
    public abstract void ensureMayWait(Task<?> awaited);

    /**
     * Called when the calling thread has waited for a task for a while.
     *
     * @throws dev.regions.task.UnlaunchedTaskException if the wait can never end
     */
    public abstract void ensureMayGoOnWaiting(Task<?> awaited);

    /**
     * Called before the calling thread waits for the end of the core, and while it waits.
     *
     * @throws dev.regions.task.UnlaunchedTaskException if the wait can never end
     */
    public abstract void ensureMayAwaitEnd();

    /**
     * Starts the watch for deadlocks unless it runs; returns false if that failed, and the caller must check its own
     * wait.
     */
    public abstract boolean watch();
}
