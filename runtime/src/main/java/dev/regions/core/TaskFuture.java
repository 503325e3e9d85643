package dev.regions.core;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The future of a task: a {@link CompletableFuture} whose blocking methods throw where a wait for the task itself would, because
 * of a region that the calling thread has open. If it is completed otherwise, a task that is pending for long does not keep it.
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

    /** It may have been completed by the user, in which case it matters no more what the task does. */
    private void ensureMayWait(boolean timed) {
        if (!isDone()) {
            task.ensureMayWait(timed);
        }
    }
}
