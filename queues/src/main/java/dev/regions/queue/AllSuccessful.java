package dev.regions.queue;

import dev.regions.task.Task;
import org.jspecify.annotations.Nullable;

/** The joiner under which all tasks must succeed; see {@link Joiner#allSuccessful()}. */
final class AllSuccessful implements Joiner<@Nullable Void> {
    private final boolean stopsAtFirst;
    private final FailureCollector failures = new FailureCollector();

    AllSuccessful(boolean stopsAtFirst) {
        this.stopsAtFirst = stopsAtFirst;
    }

    @Override
    public boolean onComplete(Task<?> task, long position) {
        return failures.add(task, position) && stopsAtFirst;
    }

    @Override
    public @Nullable Void result() {
        failures.throwIfAny("joined region", 0, 0);
        return null;
    }
}
