package dev.regions;

import dev.regions.core.TaskFactory.External;
import dev.regions.task.Task;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task whose result somebody outside delivers: a callback, another thread, another runtime. Other tasks may depend on it as
 * on any task.
 *
 * {@snippet file="SnippetsTest.java" region="external"}
 *
 * <p>It waits, without a thread, until it is completed or cancelled; of several attempts to do so the first counts. It belongs
 * to no region, for there is nothing to run: no region holds it back or waits for it. Closing the runtime does wait for it;
 * {@link TaskRuntime#shutdownNow()} cancels it.
 *
 * <p>Thread-safe.
 *
 * @param <T> the type of the result
 */
public final class CompletableTask<T extends @Nullable Object> {
    private final External<T> external;

    CompletableTask(External<T> external) {
        this.external = external;
    }

    /** Returns the handle, for others to depend on or to wait for. */
    public Task<T> task() {
        return external.task();
    }

    /** Ends the task with a result; returns false, and does nothing, if it is final already. */
    public boolean complete(T result) {
        return external.complete(result);
    }

    /** Ends the task with a failure; returns false, and does nothing, if it is final already. */
    public boolean fail(Throwable failure) {
        return external.fail(Objects.requireNonNull(failure, "failure"));
    }

    @Override
    public String toString() {
        return "external " + task();
    }
}
