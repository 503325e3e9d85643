package dev.regions.queue;

import java.util.List;

/**
 * Tasks that travel as one, in the order in which they were spawned. Immutable: the list that is handed over is copied.
 *
 * @param tasks the tasks, none of them null
 */
public record TaskBatch(List<PendingTask> tasks) {

    /** Makes a batch of a copy of the list. */
    public TaskBatch {
        tasks = TaskList.copyOf(tasks);
    }

    /** Makes a batch of these tasks. */
    public static TaskBatch of(PendingTask... tasks) {
        return new TaskBatch(List.of(tasks));
    }

    /** Returns how many tasks there are. */
    public int size() {
        return tasks.size();
    }

    /** Tells whether there is no task in it. */
    public boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** Abandons each task of the batch, for a queue that cannot hand it on. */
    public void abandon(Throwable reason) {
        tasks.forEach(task -> task.abandon(reason));
    }
}
