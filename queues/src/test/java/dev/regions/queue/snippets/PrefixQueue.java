package dev.regions.queue.snippets;

import dev.regions.queue.ForwardingQueue;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskQueue;

// @start region=queue
/** Puts a prefix before the name of each task that passes through. */
public final class PrefixQueue extends ForwardingQueue {
    public PrefixQueue(TaskQueue upstream) {
        super(upstream);
    }

    @Override
    protected void onEnqueue(PendingTask task) {
        task.rename("import: " + task.name());
    }
}
// @end
