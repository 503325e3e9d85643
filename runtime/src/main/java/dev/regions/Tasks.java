package dev.regions;

import dev.regions.core.schedule.TaskFactory;
import dev.regions.task.QueueClosedException;
import dev.regions.task.Task;
import dev.regions.task.TaskAction;
import dev.regions.task.TaskFunction1;
import dev.regions.task.TaskFunction2;
import dev.regions.task.TaskFunction3;
import dev.regions.task.TaskFunction4;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Spawns tasks. A task runs on a virtual thread as soon as the tasks whose results it takes have succeeded; nothing
 * blocks meanwhile.
 *
 * {@snippet file="SnippetsTest.java" region="arguments"}
 *
 * <p>A task spawned inside a region goes through the region's queue first, see {@link Regions}. A task spawned by the
 * body of another task does not belong to the region in which that task was spawned. Outside of regions and tasks,
 * tasks run in {@linkplain TaskRuntime#shared() the shared runtime}.
 *
 * <p>A body may throw any exception; for the effects, see {@link Task}. All methods may be called from any thread.
 */
public final class Tasks {
    private Tasks() {}

    /** Returns a builder, for a task with a name, or with dependencies whose results it does not take. */
    public static TaskBuilder builder() {
        return TaskBuilder.EMPTY;
    }

    /**
     * Creates a task that is completed from outside.
     *
     * @throws QueueClosedException if the runtime is closed
     */
    public static <T extends @Nullable Object> CompletableTask<T> completable() {
        return TaskBuilder.EMPTY.completable();
    }

    /**
     * Creates a task that completes as a stage does. Cancelling the task does not cancel the stage, which may have
     * other uses. For the reverse there is {@link Task#toCompletableFuture()}; tasks may be chained by both to any
     * length.
     *
     * <p>If the registration with the stage throws an exception, this method throws it and leaves no task behind.
     *
     * @throws QueueClosedException if the runtime is closed
     */
    public static <T extends @Nullable Object> Task<T> from(CompletionStage<? extends T> stage) {
        Objects.requireNonNull(stage, "stage");
        CompletableTask<T> external = completable();
        try {
            stage.whenComplete((result, thrown) -> {
                try {
                    endAs(external, result, thrown);
                } catch (StackOverflowError deep) { // of the thread that has completed the stage, which would drop it
                    Thread.ofVirtual().name("regions-from").start(() -> endAs(external, result, thrown));
                }
            });
        } catch (Throwable refused) {
            external.task().cancel();
            throw refused;
        }
        return external.task();
    }

    private static <T extends @Nullable Object> void endAs(
            CompletableTask<T> external, T result, @Nullable Throwable thrown) {
        if (thrown == null) {
            external.complete(result);
        } else if (thrown instanceof CancellationException) {
            external.task().cancel();
        } else {
            boolean wrapped = thrown instanceof CompletionException && thrown.getCause() != null;
            external.fail(wrapped ? thrown.getCause() : thrown);
        }
    }

    /**
     * Spawns a task without arguments.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    public static <R extends @Nullable Object> Task<R> spawn(Callable<? extends R> body) {
        return TaskFactory.call(TaskRuntime.currentQueue(), null, body);
    }

    /**
     * Spawns a task without arguments and without a result.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    public static Task<@Nullable Void> spawn(TaskAction body) {
        return TaskFactory.run(TaskRuntime.currentQueue(), null, body);
    }

    /**
     * Spawns a task that gets the result of another task.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    public static <A extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            Task<? extends A> a, TaskFunction1<? super A, ? extends R> body) {
        return TaskFactory.apply(TaskRuntime.currentQueue(), null, a, body);
    }

    /**
     * Spawns a task that gets the results of two other tasks.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            Task<? extends A> a, Task<? extends B> b, TaskFunction2<? super A, ? super B, ? extends R> body) {
        return TaskFactory.apply(TaskRuntime.currentQueue(), null, a, b, body);
    }

    /**
     * Spawns a task that gets the results of three other tasks.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    public static <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    R extends @Nullable Object>
            Task<R> spawn(
                    Task<? extends A> a,
                    Task<? extends B> b,
                    Task<? extends C> c,
                    TaskFunction3<? super A, ? super B, ? super C, ? extends R> body) {
        return TaskFactory.apply(TaskRuntime.currentQueue(), null, a, b, c, body);
    }

    /**
     * Spawns a task that gets the results of four other tasks.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    public static <
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
        return TaskFactory.apply(TaskRuntime.currentQueue(), null, a, b, c, d, body);
    }

    /**
     * Spawns a task that gets the results of any number of other tasks, as a list in the same order. The list of tasks
     * is copied; the list of results is unmodifiable, and may hold nulls.
     *
     * @throws QueueClosedException if the runtime is closed, or the region has ended on another thread
     */
    public static <A extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            List<? extends Task<? extends A>> all, TaskFunction1<? super List<A>, ? extends R> body) {
        return TaskFactory.applyAll(TaskRuntime.currentQueue(), null, all, body);
    }
}
