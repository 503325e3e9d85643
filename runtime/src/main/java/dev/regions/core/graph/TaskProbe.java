package dev.regions.core.graph;

import dev.regions.queue.EdgeReason;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * Records the life of one observed task. The core calls it at each step of the task; an unobserved task has none.
 *
 * <p>An abstract class with one implementation, so that each call is direct. The thread that takes the step calls the
 * method; no method throws or blocks, even where memory or stack give out.
 */
public abstract class TaskProbe {
    /** Creates a probe. */
    protected TaskProbe() {}

    /** Returns the name of the task: the given one, or one derived from its number. */
    public abstract String name();

    /** Called when the task gets another name, before it is launched. */
    public abstract void renamed(String name);

    /**
     * Called when a predecessor is added to the task.
     *
     * @param by the queue that added the edge, null for the spawning code
     */
    public abstract void edge(Task<?> predecessor, boolean soft, EdgeReason reason, @Nullable TaskQueue by);

    /** Called when a queue has created a barrier from the task: the barrier is observed, as the task is. */
    public abstract void barrier(Task<?> barrier);

    /** Called when the task is launched. */
    public abstract void launched();

    /** Called when the task is ready. */
    public abstract void ready();

    /**
     * Called before the body starts.
     *
     * @param worker the number of the worker
     */
    public abstract void started(int worker);

    /** Called when an attempt has failed, and another one follows. */
    public abstract void retrying(int worker);

    /**
     * Called when the body has ended, before the outcome is set by {@link #ended}. If the task is cancelled while its
     * body is suspended, called before that outcome is set, and again when the body has ended.
     */
    public abstract void ending();

    /** Called when the outcome of a task that ran is set. Its body may still be suspended. */
    public abstract void ended(Task<?> task, Object outcome);

    /** Called when the task is completed by other means than a run of its body. */
    public abstract void withdrawn(Task<?> task, Object outcome);

    /** Called when a completed task that kept its place in the order is settled. */
    public abstract void settled();
}
