package dev.regions.core.graph;

import dev.regions.core.diagnostics.Diagnostics;
import dev.regions.core.schedule.DagCore;
import dev.regions.core.schedule.LimitGate;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.OverflowPolicy;
import dev.regions.task.Priority;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * Tasks in the states in which the races begin.
 *
 * <p>Most tests need no worker. They end and wire tasks by hand, each actor with a {@link Completion} of its own that
 * keeps the task it makes ready: so they see not only that a task became ready, but also how often and by whose hand.
 */
public final class Graph {
    /** A core whose workers get nothing to do, for tasks that are only hung on each other. */
    public static final DagCore INERT = core();

    /** What bodies throw. */
    public static final Failure FAILURE = new Failure();

    private static final int WORKER = 1;
    public static final Callable<Integer> BODY = () -> 1;

    private Graph() {}

    public static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Failure() {
            super("the body failed", null, false, false);
        }
    }

    /** A queue that launches nothing: the test does that by itself. */
    public static final class Nowhere implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {}

        @Override
        public void enqueue(TaskBatch batch) {}
    }

    // ---- What to make -----------------------------------------------------------------------------------------------

    public static DagCore core() {
        return coreWithBound(0);
    }

    /** Makes a core with a bound on tasks in flight, at which one waits; 0 for none. */
    public static DagCore coreWithBound(int maxInFlight) {
        return new DagCore(
                "stress",
                1,
                List.of(),
                UnaryOperator.identity(),
                failure -> {},
                maxInFlight,
                OverflowPolicy.BLOCK,
                Diagnostics::new);
    }

    /** Makes a core whose alarms do not go off by themselves: the tests do that by hand. */
    public static DagCore coreWithoutTimer() {
        DagCore core = core();
        core.timers().end();
        return core;
    }

    /** Makes a task that no queue has seen yet, for the tests of the queues. */
    public static PendingTask pending(String name) {
        return new TaskNode<>(BodyKind.CALLABLE, BODY, null, name, null);
    }

    public static TaskNode<Integer> task(Object inputs) {
        return task(BODY, inputs);
    }

    public static TaskNode<Integer> task(Callable<Integer> body, Object inputs) {
        return new TaskNode<>(BodyKind.CALLABLE, body, inputs, null, null);
    }

    /** Makes a task that is admitted by limits. */
    public static TaskNode<Integer> limited(Callable<Integer> body, LimitGate... limits) {
        TaskNode<Integer> task = task(body, null);
        Objects.requireNonNull(task.changeAttributes()).limitBy(List.of(limits));
        return task;
    }

    public static TaskNode<Integer> prioritised(Callable<Integer> body, Priority priority) {
        TaskNode<Integer> task = task(body, null);
        Objects.requireNonNull(task.changeAttributes()).priority = priority;
        return task;
    }

    /** Makes a task that somebody outside completes. */
    public static TaskNode<Integer> completable() {
        return new TaskNode<>(BodyKind.COMPLETABLE, null, null, null, null);
    }

    public static TaskNode<Void> barrier(Object inputs) {
        return new TaskNode<>(BodyKind.BARRIER, null, inputs, null, null);
    }

    public static Object hard(TaskNode<?>... predecessors) {
        return predecessors;
    }

    public static Object soft(TaskNode<?> predecessor) {
        return Dependencies.with(null, predecessor, true);
    }

    // ---- What state to bring it to ----------------------------------------------------------------------------------

    public static <N extends Node> N launched(N node) {
        return launched(INERT, node);
    }

    public static <N extends Node> N launched(DagCore core, N node) {
        node.launch(core);
        return node;
    }

    /** Launches and wires; the task is ready if it depends on nothing, and no worker has it then. */
    public static <N extends Node> N wired(N node) {
        return wired(INERT, node);
    }

    public static <N extends Node> N wired(DagCore core, N node) {
        wire(launched(core, node), new Completion(core));
        return node;
    }

    public static <N extends Node> N running(N node) {
        return running(INERT, node);
    }

    public static <N extends Node> N running(DagCore core, N node) {
        wired(core, node).claim(WORKER);
        return node;
    }

    /** Makes the hand of one actor: it keeps the first task of the inert core that it makes ready. */
    public static Completion hand() {
        return new Completion(INERT);
    }

    // ---- What actors do ---------------------------------------------------------------------------------------------

    /** Does what the intake does with a task. */
    public static void wire(Node node, Completion release) {
        release.satisfied(node, 1 + node.wire(release));
        release.run();
    }

    /** What is to run next is then in the hand. */
    public static void succeed(Node running, Completion release) {
        release.putBack(running.finish(1, null, release));
        release.run();
    }

    public static void fail(Node running, Completion release) {
        running.finish(Node.NULL_RESULT, FAILURE, release);
        release.run();
    }

    public static boolean cancel(Node node, Completion release) {
        boolean cancelled = node.cancel(true, release);
        release.run();
        return cancelled;
    }

    /** Begins to wait, and gives up at once. */
    public static void waitInVain(TaskNode<?> task) {
        try {
            task.get(1, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // gave up, and left
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Passes some time, to shift two actors against each other. */
    public static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    /** Waits until the other actor has come so far; not for ever. */
    public static void spinUntil(BooleanSupplier reached) {
        for (int i = 0; i < 1_000_000 && !reached.getAsBoolean(); i++) {
            Thread.onSpinWait();
        }
    }

    // ---- What arbiters ask ------------------------------------------------------------------------------------------

    /** Tells how many of these hands made a task ready. */
    public static int timesReady(Node node, Completion... hands) {
        int times = 0;
        for (Completion hand : hands) {
            if (hand.takeFirst() == node) {
                times++;
            }
        }
        return times;
    }

    /** Waits until a task is final; false if it does not come to that. */
    public static boolean ends(TaskNode<?> task) {
        return Patience.until(millis -> endsWithin(millis, task));
    }

    private static boolean endsWithin(int millis, TaskNode<?> task) throws InterruptedException {
        try {
            task.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException | CancellationException e) {
            return task.isDone();
        }
    }

    /** Waits until a closed core says that nothing is in flight; false if it does not come to that. */
    public static boolean terminates(DagCore core) {
        return Patience.returns(() -> {
            core.awaitTerminated();
            return null;
        });
    }
}
