package dev.regions.core.graph;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The future of a task. Its blocking methods throw where a wait for the task itself would, because of a region that the
 * calling thread has open. A task that stays pending for long does not keep a future that was completed otherwise.
 */
abstract class TaskFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    /** Called when this future was completed otherwise than by the task. */
    abstract void departed();

    /** Throws if the calling thread must not wait for the task. */
    abstract void ensureMayWait(boolean timed);

    @Override
    public T get() throws InterruptedException, ExecutionException {
        check(false);
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        check(true);
        return super.get(timeout, unit);
    }

    @Override
    public T join() {
        check(false);
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
        if (completed) {
            departed();
        }
        return completed;
    }

    /** Throws if the task must not be awaited; a future that the user has completed no longer depends on the task. */
    private void check(boolean timed) {
        if (!isDone()) {
            ensureMayWait(timed);
        }
    }
}
