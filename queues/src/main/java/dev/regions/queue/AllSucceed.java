package dev.regions.queue;

import dev.regions.task.Task;
import org.jspecify.annotations.Nullable;

/** The policy under which all tasks must succeed; see {@link JoinPolicy#allSucceed()}. */
final class AllSucceed implements JoinPolicy<@Nullable Void> {
    private final boolean stopsAtFirst;
    private final FailureCollector failures = new FailureCollector();

    AllSucceed(boolean stopsAtFirst) {
        this.stopsAtFirst = stopsAtFirst;
    }

    @Override
    public boolean onFinal(Task<?> task, long position) {
        return failures.add(task, position) && stopsAtFirst;
    }

    @Override
    public @Nullable Void result() {
        failures.throwIfAny("joined region", 0, 0);
        return null;
    }
}
