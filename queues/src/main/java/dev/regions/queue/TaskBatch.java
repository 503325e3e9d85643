package dev.regions.queue;

import dev.regions.internal.Suppressed;
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

    /**
     * Abandons each task of the batch, for a queue that cannot hand it on. If that throws for some of the tasks, throws the first
     * such exception after the last task.
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

    /** What is thrown there is unchecked; if it was made not to be, it is thrown as it is. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> X unchecked(Throwable thrown) throws X {
        throw (X) thrown;
    }
}
