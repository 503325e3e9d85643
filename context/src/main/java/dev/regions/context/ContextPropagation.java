package dev.regions.context;

import dev.regions.TaskRuntime;
import dev.regions.queue.TaskQueue;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Propagates the {@link ScopedValue}s and the thread-locals of the spawning code to the body of a task. Enabled for a
 * runtime, as its {@linkplain TaskRuntime.Builder#root root}:
 *
 * {@snippet file="ContextSnippetsTest.java" region="context"}
 *
 * <p><b>Captured values.</b> Thread-locals are those for which Micrometer's {@link ContextRegistry} has an accessor;
 * tracers and logging libraries register theirs there. Scoped values are those named here, because the bound ones
 * cannot be listed.
 *
 * <p><b>Time of capture.</b> All values are captured on the spawning thread at the moment of the spawn, however the
 * enclosing regions treat the task afterwards. They are restored around the body, and removed after it, even if it
 * throws: a value that a body sets in a registered thread-local is gone with it. A thread-local or scoped value without
 * a value at the spawn has none in the body, even if that runs inside the {@code join()} of a task where it has one.
 * Tasks that a body spawns see the context of that body.
 *
 * <p><b>Not covered.</b> Wrappers that {@linkplain dev.regions.queue.PendingTask#wrap queues put around a body}, and
 * callbacks of {@link dev.regions.task.Task#toCompletableFuture()}, run outside of the context. If a task is spawned
 * while another runtime is {@linkplain TaskRuntime#call in force}, into a scope that was opened before, the
 * configuration of that other runtime determines the capture.
 *
 * <p>If an accessor throws during capture, the spawn throws; otherwise the task fails. Other accessors may then have
 * left their values on the thread; bodies of this runtime never see them.
 *
 * <p>Immutable and thread-safe; may serve several runtimes.
 */
public final class ContextPropagation implements UnaryOperator<TaskQueue> {
    private final ContextSnapshotFactory snapshots;
    private final List<ScopedValue<?>> scopedValues;

    private ContextPropagation(ContextRegistry registry, ScopedValue<?>... scopedValues) {
        this.snapshots = ContextSnapshotFactory.builder()
                .contextRegistry(Objects.requireNonNull(registry, "registry"))
                // A body must not see the values that the thread happens to have, which are those of the joining task
                // if it runs in place.
                .clearMissing(true)
                .build();
        this.scopedValues = List.of(Objects.requireNonNull(scopedValues, "scopedValues"));
    }

    /**
     * Returns a propagation of the thread-locals that the {@linkplain ContextRegistry#getInstance() global registry}
     * knows, now or later, and of scoped values.
     *
     * @param scopedValues the keys of the scoped values; may be none
     */
    public static ContextPropagation of(ScopedValue<?>... scopedValues) {
        return of(ContextRegistry.getInstance(), scopedValues);
    }

    /**
     * Returns a propagation of the thread-locals that a registry knows, now or later, and of scoped values.
     *
     * @param registry has the accessors of the thread-locals
     * @param scopedValues the keys of the scoped values; may be none
     */
    public static ContextPropagation of(ContextRegistry registry, ScopedValue<?>... scopedValues) {
        return new ContextPropagation(registry, scopedValues);
    }

    /**
     * Puts a capturing queue in front of another: for {@link TaskRuntime.Builder#root}. Not for a region alone: tasks
     * that bodies spawn go to the root, and a task without a captured context sees that of the task that runs it in
     * place.
     *
     * @param upstream the queue that gets the tasks: the queue that launches, or another in front of it
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
