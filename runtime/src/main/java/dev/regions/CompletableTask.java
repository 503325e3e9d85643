package dev.regions;

import dev.regions.core.schedule.TaskFactory.Completable;
import dev.regions.task.Task;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task that is completed from outside: by a callback, another thread, another runtime. Other tasks may depend on it
 * as on any task.
 *
 * {@snippet file="SnippetsTest.java" region="external"}
 *
 * <p>It waits, without a thread, until it is completed or cancelled; the first of several attempts counts. It belongs
 * to no region, because it has nothing to run: no region holds it back or waits for it. Closing the runtime does wait
 * for it; {@link TaskRuntime#shutdownNow()} cancels it.
 *
 * <p>Thread-safe.
 *
 * @param <T> the type of the result
 */
public final class CompletableTask<T extends @Nullable Object> {
    private final Completable<T> external;

    CompletableTask(Completable<T> external) {
        this.external = external;
    }

    /** Returns the handle, to depend on or to wait for. */
    public Task<T> task() {
        return external.task();
    }

    /** Completes the task with a result; returns false, and does nothing, if it is completed already. */
    public boolean complete(T result) {
        return external.complete(result);
    }

    /** Completes the task with a failure; returns false, and does nothing, if it is completed already. */
    public boolean fail(Throwable failure) {
        return external.fail(Objects.requireNonNull(failure, "failure"));
    }

    @Override
    public String toString() {
        return "completable " + task();
    }
}
