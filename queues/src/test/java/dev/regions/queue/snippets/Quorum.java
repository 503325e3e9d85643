package dev.regions.queue.snippets;

import dev.regions.queue.Joiner;
import dev.regions.task.Task;
import dev.regions.task.TaskState;

// @start region=policy
/** Wants some tasks to succeed, whichever, and cancels the rest; says how many did. */
public final class Quorum implements Joiner<Integer> {
    private final int wanted;
    private int succeeded;

    public Quorum(int wanted) {
        this.wanted = wanted;
    }

    @Override
    public boolean onComplete(Task<?> task, long position) {
        if (task.taskState() == TaskState.SUCCEEDED) {
            succeeded++;
        }
        return succeeded >= wanted;
    }

    @Override
    public Integer result() {
        return succeeded;
    }
}
// @end
