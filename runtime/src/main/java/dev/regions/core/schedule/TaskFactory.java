package dev.regions.core.schedule;

import dev.regions.core.graph.BodyKind;
import dev.regions.core.graph.Dependencies;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskAttributes;
import dev.regions.core.graph.TaskNode;
import dev.regions.core.util.PersistentList;
import dev.regions.core.util.StackGuard;
import dev.regions.queue.PendingTask;
import dev.regions.queue.QueueStack;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Priority;
import dev.regions.task.RetryPolicy;
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
 * Creates tasks from user bodies and hands them to a queue: the common implementation of all public ways to spawn.
 *
 * <p>Each method takes the queue and the options, null for none. An object for both would be an allocation per spawn.
 */
public final class TaskFactory {
    private static final ClassLoader SYSTEM_LOADER = ClassLoader.getSystemClassLoader();

    private TaskFactory() {}

    /**
     * The options of a task, in addition to its arguments and its body. Immutable.
     *
     * @param name null for none
     * @param edges the dependencies that are not arguments; null for none
     * @param dedicated whether it gets a thread that runs nothing else
     * @param priority among ready tasks
     * @param timeoutNanos how long each attempt may run, in nanoseconds; 0 for no timeout
     * @param withinNanos within which time after the spawn it must complete, in nanoseconds; 0 for no deadline
     * @param retry null for a single attempt
     * @param limits the limits that admit it; null for none
     */
    public record TaskOptions(
            @Nullable String name,
            @Nullable PersistentList<Edge> edges,
            boolean dedicated,
            Priority priority,
            long timeoutNanos,
            long withinNanos,
            @Nullable RetryPolicy retry,
            @Nullable PersistentList<LimitGate> limits) {
        /** No options. */
        public static final TaskOptions NONE = new TaskOptions(null, null, false, Priority.NORMAL, 0, 0, null, null);

        /** Returns these with a name. */
        public TaskOptions withName(String name) {
            return new TaskOptions(name, edges, dedicated, priority, timeoutNanos, withinNanos, retry, limits);
        }

        /** Returns these with more edges. */
        public TaskOptions withEdges(List<Edge> more) {
            return new TaskOptions(
                    name,
                    PersistentList.to(edges, more),
                    dedicated,
                    priority,
                    timeoutNanos,
                    withinNanos,
                    retry,
                    limits);
        }

        /** Returns these with a dedicated thread. */
        public TaskOptions withDedicatedThread() {
            return new TaskOptions(name, edges, true, priority, timeoutNanos, withinNanos, retry, limits);
        }

        /** Returns these with a priority. */
        public TaskOptions withPriority(Priority priority) {
            return new TaskOptions(name, edges, dedicated, priority, timeoutNanos, withinNanos, retry, limits);
        }

        /** Returns these with a timeout for each attempt, in nanoseconds. */
        public TaskOptions withTimeout(long nanos) {
            return new TaskOptions(name, edges, dedicated, priority, nanos, withinNanos, retry, limits);
        }

        /** Returns these with a deadline, in nanoseconds after the spawn. */
        public TaskOptions withDeadline(long nanos) {
            return new TaskOptions(name, edges, dedicated, priority, timeoutNanos, nanos, retry, limits);
        }

        /** Returns these with a retry policy. */
        public TaskOptions withRetry(RetryPolicy retry) {
            return new TaskOptions(name, edges, dedicated, priority, timeoutNanos, withinNanos, retry, limits);
        }

        /** Returns these with one more limit. */
        public TaskOptions withLimit(LimitGate limit) {
            return new TaskOptions(
                    name,
                    edges,
                    dedicated,
                    priority,
                    timeoutNanos,
                    withinNanos,
                    retry,
                    PersistentList.to(limits, List.of(limit)));
        }

        private boolean hasAttributes() {
            return priority != Priority.NORMAL
                    || timeoutNanos != 0
                    || withinNanos != 0
                    || retry != null
                    || limits != null;
        }

        private void applyTo(TaskNode<?> task) {
            if (dedicated) {
                task.flags |= Node.DEDICATED;
            }
            TaskAttributes attributes = hasAttributes() ? task.changeAttributes() : null;
            if (attributes != null) {
                attributes.priority = priority;
                attributes.timeoutNanos = timeoutNanos;
                attributes.retry = retry;
                attributes.limitBy(PersistentList.elements(limits));
                if (withinNanos != 0) {
                    attributes.expireAt(System.nanoTime() + withinNanos);
                }
            }
        }
    }

    /**
     * A completable task, and the means to complete it.
     *
     * @param <T> the type of the result
     */
    public static final class Completable<T extends @Nullable Object> {
        private final TaskNode<T> node;

        private Completable(TaskNode<T> node) {
            this.node = node;
        }

        /** Returns the handle. */
        public Task<T> task() {
            return node;
        }

        /** Completes it with a result; returns false if it has already completed. */
        public boolean complete(T result) {
            return node.complete(result, null);
        }

        /** Completes it with a failure; returns false if it has already completed. */
        public boolean fail(Throwable failure) {
            return node.complete(null, failure);
        }
    }

    /**
     * Launches a completable task, bypassing the open regions.
     *
     * @param core the runtime of the task
     * @throws IllegalArgumentException if the options include one that a completable task cannot have
     */
    public static <T extends @Nullable Object> Completable<T> completable(DagCore core, TaskOptions options) {
        if (options.edges != null
                || options.dedicated
                || options.timeoutNanos != 0
                || options.retry != null
                || options.limits != null) {
            throw new IllegalArgumentException(
                    "a completable task has no body: it can have a name and a deadline, but no"
                            + " dependencies, thread, timeout, retry or limit");
        }
        StackGuard.ensure8K();
        TaskNode<T> node = new TaskNode<>(BodyKind.COMPLETABLE, null, null, options.name, null);
        if (core.isObserved()) {
            core.hooks().spawned(node, null);
        }
        options.applyTo(node);
        try {
            core.launchCompletable(node);
        } catch (Throwable refused) {
            node.abandon(refused);
            throw refused;
        }
        return new Completable<>(node);
    }

    /** Sets the deadline of an unlaunched task, by {@link System#nanoTime()}, unless it has an earlier one. */
    public static void expireAt(PendingTask task, long nanoTime) {
        TaskNode<?> node = TaskNode.of(task.task());
        TaskAttributes attributes = node.bodyKind == BodyKind.BARRIER
                ? null
                : node.changeAttributes(); // a barrier completes with the tasks before it
        if (attributes != null) {
            attributes.expireAt(nanoTime);
            setDeadline(node, null);
        }
    }

    /**
     * Sets the timer for the deadline of an unlaunched task: the deadline also applies while a queue holds the task.
     */
    private static void setDeadline(TaskNode<?> node, @Nullable TaskQueue queue) {
        if ((node.flags & Node.ATTRIBUTES) != 0) {
            DagCore core = queue instanceof DagCore root ? root : DagCore.here();
            if (core != null) {
                core.setDeadline(node);
            }
        }
    }

    /** Adds a limit to an unlaunched task. */
    public static void limit(PendingTask task, LimitGate admission) {
        TaskNode<?> node = TaskNode.of(task.task());
        TaskAttributes attributes = node.bodyKind == BodyKind.BARRIER ? null : node.changeAttributes();
        if (attributes != null) {
            attributes.limitBy(List.of(admission));
        }
    }

    /**
     * An edge that is no argument.
     *
     * @param predecessor a task spawned by Regions
     * @param soft whether the edge only orders
     */
    public record Edge(Task<?> predecessor, boolean soft) {
        /** Checks that the task was spawned by Regions. */
        public Edge {
            TaskNode.of(predecessor);
        }
    }

    /** Spawns a task without arguments. */
    public static <R extends @Nullable Object> Task<R> call(
            TaskQueue queue, @Nullable TaskOptions options, Callable<? extends R> body) {
        return spawn(queue, options, BodyKind.CALLABLE, body, null);
    }

    /** Spawns a task without arguments or a result. */
    public static Task<@Nullable Void> run(TaskQueue queue, @Nullable TaskOptions options, TaskAction body) {
        return spawn(queue, options, BodyKind.ACTION, body, null);
    }

    /** Spawns a task with one argument. */
    public static <A extends @Nullable Object, R extends @Nullable Object> Task<R> apply(
            TaskQueue queue,
            @Nullable TaskOptions options,
            Task<? extends A> a,
            TaskFunction1<? super A, ? extends R> body) {
        return spawn(queue, options, BodyKind.FUNCTION1, body, argument(a, 1));
    }

    /** Spawns a task with two arguments. */
    public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> Task<R> apply(
            TaskQueue queue,
            @Nullable TaskOptions options,
            Task<? extends A> a,
            Task<? extends B> b,
            TaskFunction2<? super A, ? super B, ? extends R> body) {
        return spawn(queue, options, BodyKind.FUNCTION2, body, arguments(a, b));
    }

    /** Spawns a task with three arguments. */
    public static <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    R extends @Nullable Object>
            Task<R> apply(
                    TaskQueue queue,
                    @Nullable TaskOptions options,
                    Task<? extends A> a,
                    Task<? extends B> b,
                    Task<? extends C> c,
                    TaskFunction3<? super A, ? super B, ? super C, ? extends R> body) {
        return spawn(queue, options, BodyKind.FUNCTION3, body, arguments(a, b, c));
    }

    /** Spawns a task with four arguments. */
    public static <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object,
                    R extends @Nullable Object>
            Task<R> apply(
                    TaskQueue queue,
                    @Nullable TaskOptions options,
                    Task<? extends A> a,
                    Task<? extends B> b,
                    Task<? extends C> c,
                    Task<? extends D> d,
                    TaskFunction4<? super A, ? super B, ? super C, ? super D, ? extends R> body) {
        return spawn(queue, options, BodyKind.FUNCTION4, body, arguments(a, b, c, d));
    }

    /** Spawns a task with a list of arguments. */
    public static <A extends @Nullable Object, R extends @Nullable Object> Task<R> applyAll(
            TaskQueue queue,
            @Nullable TaskOptions options,
            List<? extends Task<? extends A>> all,
            TaskFunction1<? super List<A>, ? extends R> body) {
        Objects.requireNonNull(all, "the list of tasks is null");
        return spawn(queue, options, BodyKind.LIST, body, arguments(all.toArray(new Task<?>[0])));
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

    private static <R extends @Nullable Object> Task<R> spawn(
            TaskQueue queue, @Nullable TaskOptions options, byte bodyKind, Object body, @Nullable Object arguments) {
        Objects.requireNonNull(body, "the body of the task is null");
        StackGuard.ensure8K();
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        if (options == null && queue instanceof DagCore core) {
            TaskNode<R> task = new TaskNode<>(bodyKind, body, arguments, null, null);
            if (isOwn(loader)) {
                task.setContextLoader(loader);
            }
            if (core.isObserved()) {
                launchObserved(core, task, arguments);
            } else {
                core.launchFresh(task);
            }
            return task;
        }
        TaskOptions said = options == null ? TaskOptions.NONE : options;
        TaskNode<R> task = new TaskNode<>(bodyKind, body, inputs(arguments, said), said.name, queue);
        if (isOwn(loader)) {
            task.setContextLoader(loader);
        }
        if (DagCore.isAnyObserved()) {
            DagCore core = queue instanceof DagCore root ? root : DagCore.here();
            if (core != null && core.isObserved()) {
                core.hooks().spawned(task, arguments);
            }
        }
        said.applyTo(task);
        try {
            setDeadline(task, queue);
            QueueStack.tellListeners(task);
            queue.enqueue(task);
        } catch (Throwable refused) {
            task.abandon(refused);
            throw refused;
        }
        return task;
    }

    /** Returns true if a context class loader differs from the default one of the workers. */
    private static boolean isOwn(@Nullable ClassLoader loader) {
        return loader != SYSTEM_LOADER && loader != null;
    }

    private static void launchObserved(DagCore core, TaskNode<?> task, @Nullable Object arguments) {
        core.hooks().spawned(task, arguments);
        try {
            core.launchFresh(task, task.observation());
        } catch (Throwable refused) {
            task.abandon(refused);
            throw refused;
        }
    }

    private static @Nullable Object inputs(@Nullable Object arguments, TaskOptions options) {
        Object inputs = arguments;
        for (Edge edge : PersistentList.elements(options.edges)) {
            inputs = Dependencies.with(inputs, TaskNode.of(edge.predecessor), edge.soft);
        }
        return inputs;
    }
}
