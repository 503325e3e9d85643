package dev.regions.context;

import dev.regions.queue.PendingTask;
import io.micrometer.context.ContextSnapshot;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The context of one spawn, to be restored around the body of the task. Immutable. */
record CapturedContext(ContextSnapshot threadLocals, CapturedScopedValues scopedValues)
        implements PendingTask.BodyWrapper {

    @Override
    public @Nullable Object call(Callable<? extends @Nullable Object> body) throws Exception {
        return scopedValues.call(() -> callWithThreadLocals(body));
    }

    @SuppressWarnings("try") // the scope is used only to be closed
    private @Nullable Object callWithThreadLocals(Callable<? extends @Nullable Object> body) throws Exception {
        try (ContextSnapshot.Scope putOn = threadLocals.setThreadLocals()) {
            return body.call();
        }
    }

    @Override
    public boolean mayRunInPlace() {
        return scopedValues.canBePutOnHere();
    }
}
