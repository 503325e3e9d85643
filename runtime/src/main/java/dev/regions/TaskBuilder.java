package dev.regions;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import dev.regions.core.TaskFactory;
import dev.regions.core.TaskFactory.Edge;
import dev.regions.core.TaskFactory.TaskOptions;
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
 * Says more about a task than its arguments and its body, and spawns it.
 *
 * {@snippet file="SnippetsTest.java" region="builder"}
 *
 * <p>Immutable: each method returns a new builder, and one builder may spawn any number of tasks.
 */
@CheckReturnValue
@SuppressWarnings("exports") // an annotation that may be missing at run time, and when users compile
public final class TaskBuilder {
    static final TaskBuilder EMPTY = new TaskBuilder(TaskOptions.NONE);

    private final TaskOptions options;

    private TaskBuilder(TaskOptions options) {
        this.options = options;
    }

    /** Gives the task a name, for messages. Names need not be unique. */
    public TaskBuilder name(String name) {
        return new TaskBuilder(options.withName(Objects.requireNonNull(name, "name")));
    }

    /**
     * Lets the task start only after others have succeeded; if one does not, the task is skipped.
     *
     * @throws NullPointerException if one of them is null
     * @throws IllegalArgumentException if one of them was not spawned by Regions
     */
    public TaskBuilder requires(Task<?>... tasks) {
        return requires(Arrays.asList(Objects.requireNonNull(tasks, "tasks")));
    }

    /** As {@link #requires(Task...)}; the collection is copied. */
    public TaskBuilder requires(Collection<? extends Task<?>> tasks) {
        return with(tasks, false);
    }

    /**
     * Lets the task start only after others are over, however they end. If one of them never runs, because it is cancelled or
     * skipped, the task still comes after everything that one had to come after.
     *
     * @throws NullPointerException if one of them is null
     * @throws IllegalArgumentException if one of them was not spawned by Regions
     */
    public TaskBuilder after(Task<?>... tasks) {
        return after(Arrays.asList(Objects.requireNonNull(tasks, "tasks")));
    }

    /** As {@link #after(Task...)}; the collection is copied. */
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
     * Gives the task a virtual thread that runs nothing else, before or after. For bodies that leave something behind on
     * their thread, such as thread-locals.
     */
    public TaskBuilder dedicatedThread() {
        return new TaskBuilder(options.withDedicatedThread());
    }

    /**
     * Says which of several ready tasks a worker takes first. The highest priority that has a ready task comes first, except
     * that of a worker's turns every fourth begins with the normal tasks and every sixteenth with the low ones. A runtime that
     * has seen a priority other than {@link Priority#NORMAL} no longer lets a task's successor run right after it on the same
     * worker without asking what is more urgent.
     */
    public TaskBuilder priority(Priority priority) {
        return new TaskBuilder(options.withPriority(Objects.requireNonNull(priority, "priority")));
    }

    /**
     * Limits how long the body may run, each attempt by itself. A body that takes longer is interrupted; when it has ended,
     * however it did, the attempt has failed with a {@link java.util.concurrent.TimeoutException}, even if the interrupt came too
     * late to reach it. A body that does not heed interrupts keeps its thread until it ends.
     *
     * <p>Where no thread can be started for the timer, the task fails with the {@code OutOfMemoryError} that says so.
     *
     * @throws IllegalArgumentException if the time is not positive
     */
    public TaskBuilder timeout(Duration time) {
        return new TaskBuilder(options.withTimeout(positive(time, "timeout of a task")));
    }

    /**
     * Limits how long it may take from the spawn until the task is final, waiting and all attempts included. A task that is
     * not final then fails with a {@link java.util.concurrent.TimeoutException}: if it runs, it is interrupted and fails when
     * the body has ended; if not, it fails at once and never runs, also while a region holds it. A body that ends after the
     * deadline has failed. A task spawned inside {@link Regions#withDeadline(Duration)} has the earlier of the two deadlines.
     *
     * <p>Where no thread can be started for the timer, the spawn throws the {@code OutOfMemoryError} that says so.
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

    /** Has the task tried again when it fails. */
    public TaskBuilder retry(RetryPolicy policy) {
        return new TaskBuilder(options.withRetry(Objects.requireNonNull(policy, "policy")));
    }

    /** Has the task run only while it has a place in a limit; of several, in each. */
    public TaskBuilder limit(Limit limit) {
        return new TaskBuilder(
                options.withLimit(Objects.requireNonNull(limit, "limit").admission()));
    }

    /**
     * Makes a task that somebody outside completes, with the name and the deadline said here.
     *
     * @throws IllegalArgumentException if anything else was said that only a task with a body can have
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
     * Spawns a task whose body gets the result of another task.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    @CanIgnoreReturnValue
    public <A extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            Task<? extends A> a, TaskFunction1<? super A, ? extends R> body) {
        return TaskFactory.apply(TaskRuntime.currentQueue(), options, a, body);
    }

    /**
     * Spawns a task whose body gets the results of two other tasks.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    @CanIgnoreReturnValue
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            Task<? extends A> a, Task<? extends B> b, TaskFunction2<? super A, ? super B, ? extends R> body) {
        return TaskFactory.apply(TaskRuntime.currentQueue(), options, a, b, body);
    }

    /**
     * Spawns a task whose body gets the results of three other tasks.
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
     * Spawns a task whose body gets the results of four other tasks.
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
     * Spawns a task whose body gets the results of any number of other tasks, as a list in the same order. The
     * list of tasks is copied; the list of results cannot be changed, and may hold nulls.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    @CanIgnoreReturnValue
    public <A extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            List<? extends Task<? extends A>> all, TaskFunction1<? super List<A>, ? extends R> body) {
        return TaskFactory.applyAll(TaskRuntime.currentQueue(), options, all, body);
    }
}
