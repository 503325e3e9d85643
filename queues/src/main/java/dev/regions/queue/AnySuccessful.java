package dev.regions.queue;

import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The joiner that takes the first task to succeed; see {@link Joiner#anySuccessful()}. */
final class AnySuccessful<R extends @Nullable Object> implements Joiner<R> {
    private final FailureCollector failures = new FailureCollector();
    private @Nullable Task<?> winner;
    private long lost;

    @Override
    public boolean onComplete(Task<?> task, long position) {
        if (task.taskState() == TaskState.SUCCEEDED) {
            winner = task;
            return true;
        }
        lost++;
        failures.add(task, position);
        return false;
    }

    @Override
    @SuppressWarnings("unchecked")
    public R result() {
        if (winner != null) {
            return (R) winner.resultNow();
        }
        failures.throwIfAny("joined region", 0, 0);
        throw new NoSuchElementException("none of the " + lost + " tasks of the region succeeded, and none failed");
    }
}
