package dev.regions.queue;

import dev.regions.task.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task without a body that says so, on its way to the scheduler: whoever counts the tasks of a region leaves it out.
 *
 * @param made the task, as its runtime has made it
 */
record Barrier(PendingTask made) implements PendingTask {
    @Override
    public boolean isBarrier() {
        return true;
    }

    @Override
    public Task<?> task() {
        return made.task();
    }

    @Override
    public String name() {
        return made.name();
    }

    @Override
    public void rename(String name) {
        made.rename(name);
    }

    @Override
    public List<Dependency> dependencies() {
        return made.dependencies();
    }

    @Override
    public void dependsOn(Task<?> predecessor, Dependency.Kind kind) {
        made.dependsOn(predecessor, kind);
    }

    @Override
    public void wrap(BodyWrapper wrapper) {
        made.wrap(wrapper);
    }

    @Override
    public void heldBy(TaskQueue queue) {
        made.heldBy(queue);
    }

    @Override
    public void abandon(Throwable reason) {
        made.abandon(reason);
    }

    @Override
    public @Nullable Throwable failure() {
        return made.failure();
    }

    @Override
    public PendingTask barrier(String name) {
        return made.barrier(name);
    }

    @Override
    public String toString() {
        return made.toString();
    }
}
