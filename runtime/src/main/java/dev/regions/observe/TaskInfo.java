package dev.regions.observe;

import dev.regions.task.TaskState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a task that an observer can read. It does not keep the task's result, body or arguments reachable,
 * nor other tasks.
 *
 * <p>Thread-safe. Times are of {@link System#nanoTime()}, and 0 for an event that has not happened.
 */
public interface TaskInfo {
    /** Returns a number that no other observed task of this JVM has, greater than 0. */
    long id();

    /** Returns the name given to the task, or, if none was given, a generated name. */
    String name();

    /** Returns true if the task was given a name. */
    boolean isNamed();

    /** Returns true if this is a task without a body that a queue has created to order others by. */
    boolean isBarrier();

    /** Returns the region in which the task was spawned, null if that was outside of all regions. */
    @Nullable
    RegionInfo region();

    /** Returns the {@linkplain #id() number} of the task whose body spawned this one, 0 if it was no observed task. */
    long spawnedBy();

    /**
     * Returns the edges of the task: arguments first, then the others in the order in which they were added. Complete
     * once the task is launched, because queues add edges until then.
     */
    List<TaskEdge> edges();

    /** Returns the current state of the task. */
    TaskState state();

    /** Returns when the task was spawned. */
    long spawnedAt();

    /** Returns when the scheduler got the task. */
    long launchedAt();

    /** Returns when the last of the task's dependencies completed. */
    long readyAt();

    /** Returns when the body began to run; of several attempts, the last one so far. */
    long startedAt();

    /** Returns when the task completed. */
    long endedAt();

    /** Returns the number of attempts that have begun. */
    int attempts();

    /** Returns the number of the worker that ran the body last, 0 if none has. */
    int worker();

    /**
     * Returns the {@linkplain Thread#threadId() identifier} of the virtual thread that ran the body last, 0 if none
     * has.
     */
    long threadId();

    /** Returns why the task did not succeed, in one sentence; null if it did, or is not completed. */
    @Nullable
    String failure();
}
