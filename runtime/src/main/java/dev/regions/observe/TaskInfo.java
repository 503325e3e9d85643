package dev.regions.observe;

import dev.regions.task.TaskState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an observer may know of a task. It does not keep the task's result, body or arguments reachable, nor other tasks.
 *
 * <p>Thread-safe. Times are of {@link System#nanoTime()}, and 0 as long as it has not happened, and for what never does.
 */
public interface TaskInfo {
    /** Returns a number that no other observed task of this JVM has, greater than 0. */
    long id();

    /** Returns the name given to the task, or, where none was given, one that tells it from other tasks. */
    String name();

    /** Tells whether somebody gave the task its name. */
    boolean isNamed();

    /** Tells whether this is a task without a body that a queue has made to order others by. */
    boolean isBarrier();

    /** Returns the region in which the task was spawned, null if that was outside of all regions. */
    @Nullable
    RegionInfo region();

    /** Returns the {@linkplain #id() number} of the task whose body spawned this one, 0 if it was none that is observed. */
    long spawnedBy();

    /**
     * Returns what the task waits for, and why: arguments first, then the others in the order in which they were added. Complete
     * once the task is launched, since queues add edges until then.
     */
    List<TaskEdge> edges();

    /** Returns the state of the task now. */
    TaskState state();

    /** Returns when the task was spawned. */
    long spawnedAt();

    /** Returns when the scheduler got the task. */
    long launchedAt();

    /** Returns when everything that the task depends on was done. */
    long readyAt();

    /** Returns when the body began to run; of several attempts, the last one so far. */
    long startedAt();

    /** Returns when the task became final. */
    long endedAt();

    /** Returns how many attempts have begun. */
    int attempts();

    /** Returns the number of the worker that ran the body last, 0 if none has. */
    int worker();

    /** Returns the {@linkplain Thread#threadId() identifier} of the virtual thread that ran the body last, 0 if none has. */
    long threadId();

    /** Returns why the task did not succeed, in one sentence; null if it did, or is not final. */
    @Nullable
    String failure();
}
