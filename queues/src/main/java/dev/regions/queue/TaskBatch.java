package dev.regions.queue;

import dev.regions.internal.Suppressed;
import java.util.List;

/**
 * Tasks that are enqueued as one, in spawn order. Immutable: the given list is copied.
 *
 * @param tasks the tasks, none of them null
 */
public record TaskBatch(List<PendingTask> tasks) {

    /** Creates a batch of a copy of the list. */
    public TaskBatch {
        tasks = TaskList.copyOf(tasks);
    }

    /** Creates a batch of these tasks. */
    public static TaskBatch of(PendingTask... tasks) {
        return new TaskBatch(List.of(tasks));
    }

    /** Returns the number of tasks. */
    public int size() {
        return tasks.size();
    }

    /** Returns true if the batch has no tasks. */
    public boolean isEmpty() {
        return tasks.isEmpty();
    }

    /**
     * Abandons each task of the batch, for a queue that cannot forward it. If that throws for some of the tasks, throws
     * the first such exception after the last task.
     */
    public void abandon(Throwable reason) {
        Throwable first = null;
        for (PendingTask task : tasks) {
            try {
                task.abandon(reason);
            } catch (Throwable thrown) {
                if (first == null) {
                    first = thrown;
                } else {
                    Suppressed.add(first, thrown);
                }
            }
        }
        if (first != null) {
            throw TaskBatch.<RuntimeException>unchecked(first);
        }
    }

    /** Throws an exception without a wrapper, even a checked one, which a task implementation may throw undeclared. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> X unchecked(Throwable thrown) throws X {
        throw (X) thrown;
    }
}
