package dev.regions.core.graph;

import dev.regions.queue.TaskQueue;
import org.jspecify.annotations.Nullable;

/**
 * Data that few tasks have: a name, a context class loader, a {@code TaskRecord}, and, in the subclass,
 * {@link TaskAttributes}. A task without any of them has its region in place of this object.
 */
public sealed class TaskMetadata permits TaskAttributes {
    /** The name given by the user, null if none. Only the queue that has the task may change it. */
    @Nullable
    String name;

    /** The region in which the task was spawned, null at root and after the task's completion. */
    @Nullable
    TaskQueue region;

    /** The spawning thread's context class loader; null if that is the system class loader, and after completion. */
    @Nullable
    public ClassLoader contextLoader;

    /**
     * The record for observers, null if the task is not observed. Final: threads that only race for the task read it.
     */
    final @Nullable TaskProbe observation;

    TaskMetadata(@Nullable String name, @Nullable TaskQueue region, @Nullable TaskProbe observation) {
        this.name = name;
        this.region = region;
        this.observation = observation;
    }
}
