package dev.regions.core;

import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import dev.regions.task.TaskAction;
import dev.regions.task.TaskFunction1;
import dev.regions.task.TaskFunction2;
import dev.regions.task.TaskFunction3;
import dev.regions.task.TaskFunction4;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Makes tasks of what the user hands over and gives them to a queue: what all public ways to spawn come down to.
 *
 * @param queue where the task goes
 * @param options what else was said about it, null for nothing
 */
public record Spawn(TaskQueue queue, @Nullable Options options) {

    /**
     * What may be said of a task besides its arguments and its body. Immutable.
     *
     * @param name null for none
     * @param edges what it depends on without taking the result
     * @param dedicated whether it gets a thread that runs nothing else
     */
    public record Options(@Nullable String name, List<Edge> edges, boolean dedicated) {
        /** Nothing said. */
        public static final Options NONE = new Options(null, List.of(), false);

        /** Makes a copy. */
        public Options {
            edges = List.copyOf(edges);
        }
    }

    /**
     * An edge without an argument.
     *
     * @param predecessor a task spawned by Regions
     * @param soft whether it only orders
     */
    public record Edge(Task<?> predecessor, boolean soft) {
        /** Checks that the task is one of ours. */
        public Edge {
            TaskNode.of(predecessor);
        }
    }

    /** Spawns a task without arguments. */
    public <R extends @Nullable Object> Task<R> call(Callable<? extends R> body) {
        return spawn(Body.CALLABLE, body, null);
    }

    /** Spawns a task without arguments and result. */
    public Task<@Nullable Void> run(TaskAction body) {
        return spawn(Body.ACTION, body, null);
    }

    /** Spawns a task with one argument. */
    public <A extends @Nullable Object, R extends @Nullable Object> Task<R> apply(
            Task<? extends A> a, TaskFunction1<? super A, ? extends R> body) {
        return spawn(Body.ONE, body, argument(a, 1));
    }

    /** Spawns a task with two arguments. */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> Task<R> apply(
            Task<? extends A> a, Task<? extends B> b, TaskFunction2<? super A, ? super B, ? extends R> body) {
        return spawn(Body.TWO, body, arguments(a, b));
    }

    /** Spawns a task with three arguments. */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    R extends @Nullable Object>
            Task<R> apply(
                    Task<? extends A> a,
                    Task<? extends B> b,
                    Task<? extends C> c,
                    TaskFunction3<? super A, ? super B, ? super C, ? extends R> body) {
        return spawn(Body.THREE, body, arguments(a, b, c));
    }

    /** Spawns a task with four arguments. */
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    R extends @Nullable Object>
            Task<R> apply(
                    Task<? extends A> a,
                    Task<? extends B> b,
                    Task<? extends C> c,
                    Task<? extends D> d,
                    TaskFunction4<? super A, ? super B, ? super C, ? super D, ? extends R> body) {
        return spawn(Body.FOUR, body, arguments(a, b, c, d));
    }

    /** Spawns a task with a list of arguments. */
    public <A extends @Nullable Object, R extends @Nullable Object> Task<R> applyAll(
            List<? extends Task<? extends A>> all, TaskFunction1<? super List<A>, ? extends R> body) {
        return spawn(Body.LIST, body, arguments(all.toArray(Task<?>[]::new)));
    }

    private static TaskNode<?>[] arguments(Task<?>... tasks) {
        TaskNode<?>[] nodes = new TaskNode<?>[tasks.length];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = argument(tasks[i], i + 1);
        }
        return nodes;
    }

    private static TaskNode<?> argument(@Nullable Task<?> task, int position) {
        if (task instanceof TaskNode<?> node) {
            return node;
        }
        if (task == null) {
            throw new NullPointerException("argument " + position + " is null instead of a task");
        }
        return TaskNode.of(task);
    }

    private <R extends @Nullable Object> Task<R> spawn(byte shape, Object body, @Nullable Object arguments) {
        Objects.requireNonNull(body, "the body of the task is null");
        if (options == null && queue instanceof DagCore core) {
            TaskNode<R> task = new TaskNode<>(shape, body, arguments, null, null);
            core.launchFresh(task);
            return task;
        }
        Options said = options == null ? Options.NONE : options;
        TaskNode<R> task = new TaskNode<>(shape, body, inputs(arguments, said), said.name, queue);
        task.dedicated = said.dedicated;
        try {
            queue.enqueue(task);
        } catch (Throwable refused) {
            task.abandon(refused);
            throw refused;
        }
        return task;
    }

    private static @Nullable Object inputs(@Nullable Object arguments, Options options) {
        Object inputs = arguments;
        for (Edge edge : options.edges) {
            inputs = Inputs.with(inputs, TaskNode.of(edge.predecessor), edge.soft);
        }
        return inputs;
    }
}
