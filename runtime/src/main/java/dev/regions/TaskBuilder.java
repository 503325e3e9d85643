package dev.regions;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import dev.regions.core.schedule.TaskFactory;
import dev.regions.core.schedule.TaskFactory.Edge;
import dev.regions.core.schedule.TaskFactory.TaskOptions;
import dev.regions.task.Priority;
import dev.regions.task.QueueClosedException;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskAction;
import dev.regions.task.TaskFunction1;
import dev.regions.task.TaskFunction2;
import dev.regions.task.TaskFunction3;
import dev.regions.task.TaskFunction4;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Configures a task (name, dependencies, deadline, …) and spawns it.
 *
 * {@snippet file="SnippetsTest.java" region="builder"}
 *
 * <p>Immutable: each method returns a new builder, and one builder may spawn any number of tasks.
 */
@CheckReturnValue
@SuppressWarnings("exports") // an annotation that may be missing at run time, and when user code is compiled
public final class TaskBuilder {
    static final TaskBuilder EMPTY = new TaskBuilder(TaskOptions.NONE);

    private final TaskOptions options;

    private TaskBuilder(TaskOptions options) {
        this.options = options;
    }

    /** Sets the name of the task, for messages. Names need not be unique. */
    public TaskBuilder name(String name) {
        return new TaskBuilder(options.withName(Objects.requireNonNull(name, "name")));
    }

    /**
     * Adds required tasks: the task starts only after they have succeeded; if one does not, the task is skipped.
     *
     * @throws NullPointerException if one of them is null
     * @throws IllegalArgumentException if one of them was not spawned by Regions
     */
    public TaskBuilder requires(Task<?>... tasks) {
        return requires(Arrays.asList(Objects.requireNonNull(tasks, "tasks")));
    }

    /** Adds required tasks as {@link #requires(Task...)} does; the collection is copied. */
    public TaskBuilder requires(Collection<? extends Task<?>> tasks) {
        return with(tasks, false);
    }

    /**
     * Adds predecessors: the task starts only after they have completed, successfully or not. If one of them never
     * runs, because it is cancelled or skipped, the task still comes after all predecessors of that one.
     *
     * @throws NullPointerException if one of them is null
     * @throws IllegalArgumentException if one of them was not spawned by Regions
     */
    public TaskBuilder after(Task<?>... tasks) {
        return after(Arrays.asList(Objects.requireNonNull(tasks, "tasks")));
    }

    /** Adds predecessors as {@link #after(Task...)} does; the collection is copied. */
    public TaskBuilder after(Collection<? extends Task<?>> tasks) {
        return with(tasks, true);
    }

    private TaskBuilder with(Collection<? extends Task<?>> tasks, boolean soft) {
        List<Edge> edges =
                new ArrayList<>(Objects.requireNonNull(tasks, "tasks").size());
        for (Task<?> task : tasks) {
            edges.add(new Edge(Objects.requireNonNull(task, "one of the tasks"), soft));
        }
        return new TaskBuilder(options.withEdges(edges));
    }

    /**
     * Runs the task on a virtual thread of its own. For bodies that leave state on their thread, such as thread-locals.
     */
    public TaskBuilder dedicatedThread() {
        return new TaskBuilder(options.withDedicatedThread());
    }

    /**
     * Sets the priority of the task. A worker takes a ready task of the highest priority first, except that every
     * fourth of its turns begins with the normal tasks and every sixteenth with the low ones. In a runtime that has
     * seen a priority other than {@link Priority#NORMAL}, a worker no longer runs a task's successor right after it
     * without checking for more urgent tasks.
     */
    public TaskBuilder priority(Priority priority) {
        return new TaskBuilder(options.withPriority(Objects.requireNonNull(priority, "priority")));
    }

    /**
     * Limits the run time of the body, for each attempt separately. A body that takes longer is interrupted. When it
     * has ended, normally or not, the attempt has failed with a {@link java.util.concurrent.TimeoutException}, even if
     * the interrupt came too late to reach it. A body that ignores interrupts keeps its thread until it ends.
     *
     * <p>If no thread can be started for the timer, the task fails with the {@code OutOfMemoryError} of that start.
     *
     * @throws IllegalArgumentException if the time is not positive
     */
    public TaskBuilder timeout(Duration time) {
        return new TaskBuilder(options.withTimeout(positive(time, "timeout of a task")));
    }

    /**
     * Limits the time from the spawn to the completion of the task, including waiting and all attempts. A task that is
     * not completed by then fails with a {@link java.util.concurrent.TimeoutException}. If it runs, it is interrupted
     * and fails when the body has ended; if not, it fails at once and never runs, even while a region holds it. A body
     * that ends after the deadline has failed. A task spawned inside {@link Regions#withDeadline(Duration)} has the
     * earlier of the two deadlines.
     *
     * <p>If no thread can be started for the timer, the spawn throws the {@code OutOfMemoryError} of that start.
     *
     * @throws IllegalArgumentException if the time is not positive
     */
    public TaskBuilder deadline(Duration time) {
        return new TaskBuilder(options.withDeadline(positive(time, "time of a task")));
    }

    static long positive(Duration time, String what) {
        Objects.requireNonNull(time, "time");
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("the " + what + " must be positive, and was " + time);
        }
        return Math.min(TimeUnit.NANOSECONDS.convert(time), Long.MAX_VALUE / 4); // so that deadlines can be compared
    }

    /** Retries the task when it fails. */
    public TaskBuilder retry(RetryPolicy policy) {
        return new TaskBuilder(options.withRetry(Objects.requireNonNull(policy, "policy")));
    }

    /** Requires a permit of a limit to run the task; of several limits, a permit of each. */
    public TaskBuilder limit(Limit limit) {
        return new TaskBuilder(
                options.withLimit(Objects.requireNonNull(limit, "limit").admission()));
    }

    /**
     * Creates a task that is completed from outside, with the configured name and deadline.
     *
     * @throws IllegalArgumentException if another option was set, which only a task with a body can have
     * @throws QueueClosedException if the runtime is closed
     */
    public <T extends @Nullable Object> CompletableTask<T> completable() {
        return new CompletableTask<>(TaskFactory.completable(TaskRuntime.currentCore(), options));
    }

    /**
     * Spawns a task without arguments.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    @CanIgnoreReturnValue
    public <R extends @Nullable Object> Task<R> spawn(Callable<? extends R> body) {
        return TaskFactory.call(TaskRuntime.currentQueue(), options, body);
    }

    /**
     * Spawns a task without arguments and without a result.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    @CanIgnoreReturnValue
    public Task<@Nullable Void> spawn(TaskAction body) {
        return TaskFactory.run(TaskRuntime.currentQueue(), options, body);
    }

    /**
     * Spawns a task that gets the result of another task.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    @CanIgnoreReturnValue
    public <A extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            Task<? extends A> a, TaskFunction1<? super A, ? extends R> body) {
        return TaskFactory.apply(TaskRuntime.currentQueue(), options, a, body);
    }

    /**
     * Spawns a task that gets the results of two other tasks.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    @CanIgnoreReturnValue
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            Task<? extends A> a, Task<? extends B> b, TaskFunction2<? super A, ? super B, ? extends R> body) {
        return TaskFactory.apply(TaskRuntime.currentQueue(), options, a, b, body);
    }

    /**
     * Spawns a task that gets the results of three other tasks.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    @CanIgnoreReturnValue
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    R extends @Nullable Object>
            Task<R> spawn(
                    Task<? extends A> a,
                    Task<? extends B> b,
                    Task<? extends C> c,
                    TaskFunction3<? super A, ? super B, ? super C, ? extends R> body) {
        return TaskFactory.apply(TaskRuntime.currentQueue(), options, a, b, c, body);
    }

    /**
     * Spawns a task that gets the results of four other tasks.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    @CanIgnoreReturnValue
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    R extends @Nullable Object>
            Task<R> spawn(
                    Task<? extends A> a,
                    Task<? extends B> b,
                    Task<? extends C> c,
                    Task<? extends D> d,
                    TaskFunction4<? super A, ? super B, ? super C, ? super D, ? extends R> body) {
        return TaskFactory.apply(TaskRuntime.currentQueue(), options, a, b, c, d, body);
    }

    /**
     * Spawns a task that gets the results of any number of other tasks, as a list in the same order. The list of tasks
     * is copied; the list of results cannot be changed, and may hold nulls.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    @CanIgnoreReturnValue
    public <A extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            List<? extends Task<? extends A>> all, TaskFunction1<? super List<A>, ? extends R> body) {
        return TaskFactory.applyAll(TaskRuntime.currentQueue(), options, all, body);
    }
}
