package dev.regions.core;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The future of a task. Its blocking methods throw where a wait for the task itself would, because of a region that the
 * calling thread has open. A task that stays pending for long does not keep a future that was completed otherwise.
 */
final class TaskFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    private final TaskNode<T> task;

    TaskFuture(TaskNode<T> task) {
        this.task = task;
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        ensureMayWait(false);
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        ensureMayWait(true);
        return super.get(timeout, unit);
    }

    @Override
    public T join() {
        ensureMayWait(false);
        return super.join();
    }

    @Override
    public boolean complete(T value) {
        return departed(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable thrown) {
        return departed(super.completeExceptionally(thrown));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return departed(super.cancel(mayInterruptIfRunning));
    }

    private boolean departed(boolean completed) {
        if (completed && !task.isCompleted()) {
            task.linkDeparted();
        }
        return completed;
    }

    /** Throws if the task must not be awaited; a future that the user has completed no longer depends on the task. */
    private void ensureMayWait(boolean timed) {
        if (!isDone()) {
            task.ensureMayWait(timed);
        }
    }
}
