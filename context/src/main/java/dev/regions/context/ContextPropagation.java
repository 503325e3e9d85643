package dev.regions.context;

import dev.regions.TaskRuntime;
import dev.regions.queue.TaskQueue;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Lets the body of a task see the {@link ScopedValue}s and the thread-locals of the code that spawned it. Switched on for a
 * runtime, as its {@linkplain TaskRuntime.Builder#root root}:
 *
 * {@snippet file="ContextSnippetsTest.java" region="context"}
 *
 * <p><b>Which.</b> Thread-locals are those for which Micrometer's {@link ContextRegistry} has an accessor; tracers and
 * logging libraries register theirs there. Scoped values are those named here, for nothing can list the ones that are bound.
 *
 * <p><b>When.</b> All of it is captured on the spawning thread at the moment of the spawn, regardless of what the regions
 * around do with the task then. It is put on around the body, and taken off after it, whatever the body does: what a body
 * sets in a registered thread-local is gone with it. What had no value at the spawn has none in the body, even if that runs
 * inside the {@code join()} of a task where it has one. What a body spawns sees the context of that body.
 *
 * <p><b>What not.</b> Wrappers that {@linkplain dev.regions.queue.PendingTask#wrap queues put around a body}, and callbacks
 * of {@link dev.regions.task.Task#toCompletableFuture()}, run outside of the context. A task that is spawned while the
 * runtime of another is {@linkplain TaskRuntime#call in force}, into a scope that was opened before, is captured for as that
 * other runtime says.
 *
 * <p>An accessor that throws makes the spawn throw, if that was while it captured, or else fails the task. Other accessors
 * may then have left their values on the thread; bodies of this runtime never see them.
 *
 * <p>Immutable and thread-safe; may serve several runtimes.
 */
public final class ContextPropagation implements UnaryOperator<TaskQueue> {
    private final ContextSnapshotFactory snapshots;
    private final List<ScopedValue<?>> scopedValues;

    private ContextPropagation(ContextRegistry registry, ScopedValue<?>... scopedValues) {
        this.snapshots = ContextSnapshotFactory.builder()
                .contextRegistry(Objects.requireNonNull(registry, "registry"))
                // A body must not see what the thread happens to have, which is that of the joiner if it runs in place.
                .clearMissing(true)
                .build();
        this.scopedValues = List.of(Objects.requireNonNull(scopedValues, "scopedValues"));
    }

    /**
     * Propagates the thread-locals that the {@linkplain ContextRegistry#getInstance() global registry} knows, now or later,
     * and scoped values.
     *
     * @param scopedValues the keys of the scoped values; may be none
     */
    public static ContextPropagation of(ScopedValue<?>... scopedValues) {
        return of(ContextRegistry.getInstance(), scopedValues);
    }

    /**
     * Propagates the thread-locals that a registry knows, now or later, and scoped values.
     *
     * @param registry has the accessors of the thread-locals
     * @param scopedValues the keys of the scoped values; may be none
     */
    public static ContextPropagation of(ContextRegistry registry, ScopedValue<?>... scopedValues) {
        return new ContextPropagation(registry, scopedValues);
    }

    /**
     * Puts a queue that captures in front of another: for {@link TaskRuntime.Builder#root}. Not for a region alone: what
     * bodies spawn goes to the root, and a task that nothing was captured for sees the context of whoever runs it in place.
     *
     * @param upstream gets the tasks as they come; the queue that launches, or another in front of that
     */
    @Override
    public TaskQueue apply(TaskQueue upstream) {
        return new ContextQueue(upstream, this);
    }

    /** Captures the context of the calling thread. */
    CapturedContext capture() {
        return new CapturedContext(snapshots.captureAll(), CapturedScopedValues.capture(scopedValues));
    }
}
