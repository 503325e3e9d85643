package dev.regions.core;

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
 * Makes tasks of what the user hands over and gives them to a queue: what all public ways to spawn come down to.
 *
 * <p>Each of these methods is told where the task goes, and what else was said about it, null for nothing: an
 * object that says so would be one more to allocate for each spawn.
 */
public final class TaskFactory {
    private static final ClassLoader SYSTEM_LOADER = ClassLoader.getSystemClassLoader();

    private TaskFactory() {}

    /**
     * What may be said of a task besides its arguments and its body. Immutable.
     *
     * @param name null for none
     * @param edges what it depends on without taking the result; null for nothing
     * @param dedicated whether it gets a thread that runs nothing else
     * @param priority among ready tasks
     * @param timeoutNanos how long each attempt may run; 0 for as long as it likes
     * @param withinNanos how long after the spawn it must be final; 0 for no limit
     * @param retry null for a single attempt
     * @param limits what it is admitted by; null for nothing
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
        /** Nothing said. */
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

        /** Returns these with a thread of the task's own. */
        public TaskOptions withDedicatedThread() {
            return new TaskOptions(name, edges, true, priority, timeoutNanos, withinNanos, retry, limits);
        }

        /** Returns these with a priority. */
        public TaskOptions withPriority(Priority priority) {
            return new TaskOptions(name, edges, dedicated, priority, timeoutNanos, withinNanos, retry, limits);
        }

        /** Returns these with a limit of time for each attempt, in nanoseconds. */
        public TaskOptions withTimeout(long nanos) {
            return new TaskOptions(name, edges, dedicated, priority, nanos, withinNanos, retry, limits);
        }

        /** Returns these with a limit of time from the spawn to the end, in nanoseconds. */
        public TaskOptions withDeadline(long nanos) {
            return new TaskOptions(name, edges, dedicated, priority, timeoutNanos, nanos, retry, limits);
        }

        /** Returns these with further attempts. */
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

        private boolean hasTerms() {
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
            TaskAttributes terms = hasTerms() ? task.changeTerms() : null;
            if (terms != null) {
                terms.priority = priority;
                terms.timeoutNanos = timeoutNanos;
                terms.retry = retry;
                terms.limitBy(PersistentList.elements(limits));
                if (withinNanos != 0) {
                    terms.expireAt(System.nanoTime() + withinNanos);
                }
            }
        }
    }

    /**
     * A task that somebody outside completes, and the means to do so.
     *
     * @param <T> the type of the result
     */
    public static final class External<T extends @Nullable Object> {
        private final TaskNode<T> node;

        private External(TaskNode<T> node) {
            this.node = node;
        }

        /** Returns the handle. */
        public Task<T> task() {
            return node;
        }

        /** Ends it with a result; returns false if it is final already. */
        public boolean complete(T result) {
            return node.complete(result, null);
        }

        /** Ends it with a failure; returns false if it is final already. */
        public boolean fail(Throwable failure) {
            return node.complete(null, failure);
        }
    }

    /**
     * Launches a task that somebody outside completes, past the regions that are open.
     *
     * @param core the runtime that it belongs to
     * @throws IllegalArgumentException if the options say something that an external task cannot have
     */
    public static <T extends @Nullable Object> External<T> completable(DagCore core, TaskOptions options) {
        if (options.edges != null
                || options.dedicated
                || options.timeoutNanos != 0
                || options.retry != null
                || options.limits != null) {
            throw new IllegalArgumentException("an external task has no body: it can have a name and a deadline, but no"
                    + " dependencies, thread, timeout, retry or limit");
        }
        StackGuard.ensure8K();
        TaskNode<T> node = new TaskNode<>(BodyKind.COMPLETABLE, null, null, options.name, null);
        if (core.observers != null) {
            core.observing().spawned(node, null);
        }
        options.applyTo(node);
        try {
            core.launchExternal(node);
        } catch (Throwable refused) {
            node.abandon(refused);
            throw refused;
        }
        return new External<>(node);
    }

    /** Lets a task that no root queue has taken yet be final by a point of {@link System#nanoTime()}, if not before. */
    public static void expireAt(PendingTask task, long nanoTime) {
        TaskNode<?> node = TaskNode.of(task.task());
        TaskAttributes terms = node.bodyKind == BodyKind.BARRIER
                ? null
                : node.changeTerms(); // a barrier ends when what is before it has
        if (terms != null) {
            terms.expireAt(nanoTime);
            setDeadline(node, null);
        }
    }

    /** Has the deadline of a task that is not launched come while a queue holds it, too. */
    private static void setDeadline(TaskNode<?> node, @Nullable TaskQueue queue) {
        if ((node.flags & Node.TERMS) != 0) {
            DagCore core = queue instanceof DagCore root ? root : ObserverRegistry.coreHere();
            if (core != null) {
                node.setDeadline(core);
            }
        }
    }

    /** Has a task that no root queue has taken yet be admitted by one more limit. */
    public static void limit(PendingTask task, LimitGate admission) {
        TaskNode<?> node = TaskNode.of(task.task());
        TaskAttributes terms = node.bodyKind == BodyKind.BARRIER ? null : node.changeTerms();
        if (terms != null) {
            terms.limitBy(List.of(admission));
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
    public static <R extends @Nullable Object> Task<R> call(
            TaskQueue queue, @Nullable TaskOptions options, Callable<? extends R> body) {
        return spawn(queue, options, BodyKind.CALLABLE, body, null);
    }

    /** Spawns a task without arguments and result. */
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
            if (core.observers != null) {
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
        ObserverRegistry.spawnedInRegion(task, queue, arguments);
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

    /** Returns true if a context class loader is not the one that workers have by themselves. */
    private static boolean isOwn(@Nullable ClassLoader loader) {
        return loader != SYSTEM_LOADER && loader != null;
    }

    private static void launchObserved(DagCore core, TaskNode<?> task, @Nullable Object arguments) {
        core.observing().spawned(task, arguments);
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
