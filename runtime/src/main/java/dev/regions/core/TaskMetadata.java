package dev.regions.core;

import dev.regions.queue.TaskQueue;
import org.jspecify.annotations.Nullable;

/**
 * What few tasks have: a name and an {@link TaskRecord}, here, and {@link TaskAttributes}. A task without any of them has only its region
 * in place of this.
 */
sealed class TaskMetadata permits TaskAttributes {
    /** The name the user gave, null if none. Changed by the queue that has the task, at most. */
    @Nullable
    String name;

    /** The region in which the task was spawned, null at root or once the task is final. */
    @Nullable
    TaskQueue region;

    /** The context class loader of the spawning thread, null if that was the system class loader, or once the task is final. */
    @Nullable
    ClassLoader contextLoader;

    /** What observers know of the task, null if nobody observes it. Final: it is read by threads that only race for the task. */
    final @Nullable TaskRecord observation;

    TaskMetadata(@Nullable String name, @Nullable TaskQueue region, @Nullable TaskRecord observation) {
        this.name = name;
        this.region = region;
        this.observation = observation;
    }
}
