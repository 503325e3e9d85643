package dev.regions.core.diagnostics;

import dev.regions.core.graph.BodyKind;
import dev.regions.core.graph.DependentStack;
import dev.regions.core.graph.ExceptionalOutcome;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskMetadata;
import dev.regions.core.graph.TaskNode;
import dev.regions.core.graph.TaskProbe;
import dev.regions.observe.RegionInfo;
import dev.regions.observe.TaskEdge;
import dev.regions.observe.TaskEvent;
import dev.regions.observe.TaskEvent.Kind;
import dev.regions.observe.TaskInfo;
import dev.regions.queue.Dependency;
import dev.regions.queue.EdgeReason;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The history of an observed task, and its observers. Stored in the {@link TaskMetadata} of the task, which is flagged
 * {@link Node#OBSERVED}; a task that was spawned unobserved never has one.
 *
 * <p>It has no reference to the task, so that a record that is kept does not keep results reachable. Of other tasks it
 * has ids and names, and, if unfinished tasks are listed, references to the predecessors until the task is ready.
 *
 * <p>Threads that move the task on call this; apart from {@link #edge}, it neither throws nor blocks, even if memory or
 * stack runs out. The lock is held for at most two offers to each queue. It puts the events of one task in order, and
 * drops any event after the end of the task: a launch that races with a cancellation is not reported.
 */
public final class TaskRecord extends TaskProbe implements TaskInfo {
    private static final AtomicLong IDS = new AtomicLong();

    private final long id = IDS.incrementAndGet();
    private final ObserverSet observers;
    private final boolean barrier;
    private final long spawnedBy;
    private final @Nullable RegionInfo region;
    private volatile @Nullable String givenName;
    private volatile TaskState state = TaskState.UNLAUNCHED;

    // Guarded by this.
    private final List<TaskEdge> edges = new ArrayList<>(0);
    /** The predecessors of the edges, until the task is ready; null if unfinished tasks are not listed. */
    private @Nullable List<Node> predecessors;

    private boolean over;
    private long spawnedAt;
    private long launchedAt;
    private long readyAt;
    private long startedAt;
    private long endedAt;
    private int attempts;
    private int worker;
    private long threadId;
    private @Nullable String failure;

    /** The event of the flight recorder for the attempt under way. */
    private @Nullable Object recorded;

    public TaskRecord(
            ObserverSet observers,
            @Nullable String givenName,
            boolean barrier,
            long spawnedBy,
            @Nullable RegionInfo region) {
        this.observers = observers;
        this.givenName = givenName;
        this.barrier = barrier;
        this.spawnedBy = spawnedBy;
        this.region = region;
        this.predecessors = observers.live() == null ? null : new ArrayList<>(0);
    }

    ObserverSet observers() {
        return observers;
    }

    // ---- Called for each event --------------------------------------------------------------------------------------

    @Override
    public void renamed(String name) {
        givenName = name;
    }

    @Override
    public void edge(Task<?> before, boolean soft, EdgeReason reason, @Nullable TaskQueue by) {
        TaskNode<?> predecessor = TaskNode.of(before);
        TaskRecord other = of(predecessor);
        TaskEdge edge = new TaskEdge(
                other == null ? 0 : other.id,
                other == null ? predecessor.displayName() : other.name(),
                soft ? Dependency.Kind.SOFT : Dependency.Kind.HARD,
                reason,
                observers.of().regionOf(by));
        synchronized (this) {
            edges.add(edge);
            if (predecessors != null) {
                predecessors.add(predecessor);
            }
        }
    }

    @Override
    public void barrier(Task<?> barrier) {
        ObserverRegistry.barrier(TaskNode.of(barrier), this);
    }

    /** Returns the record of a task, null if it is not observed. */
    static @Nullable TaskRecord of(@Nullable Node node) {
        return node == null ? null : (TaskRecord) node.observation();
    }

    void spawned() {
        note(Kind.SPAWNED, TaskState.UNLAUNCHED, 0);
    }

    @Override
    public void launched() {
        note(Kind.LAUNCHED, TaskState.WAITING, 0);
    }

    @Override
    public void ready() {
        note(Kind.READY, TaskState.READY, 0);
    }

    @Override
    public void started(int number) {
        Object begun = null;
        if (observers.flightRecorder()) {
            try {
                begun = JfrEvents.begin();
            } catch (Throwable exhausted) {
                observers.lose();
            }
        }
        note(Kind.STARTED, TaskState.RUNNING, number, begun);
    }

    @Override
    public void retrying(int number) {
        note(Kind.RETRYING, TaskState.WAITING, number);
        try {
            record();
        } catch (Throwable exhausted) {
            observers.lose();
        }
    }

    /** Records that the body has ended and the outcome is about to be set. Must be followed by {@link #ended}. */
    @Override
    public void ending() {
        note(Kind.FINISHED, TaskState.RUNNING, worker);
    }

    /** Records that the outcome is set. */
    @Override
    public void ended(Task<?> task, Object end) {
        try {
            TaskState reached = settle(end);
            state = reached;
            leave(TaskNode.of(task));
        } catch (Throwable exhausted) {
            state = TaskState.FAILED; // no later call corrects it
            observers.lose();
        }
    }

    /** Records that the task is completed without its body having run, or that it had none. */
    @Override
    public void withdrawn(Task<?> task, Object end) {
        try {
            TaskState reached = settle(end);
            boolean ordinary = reached == TaskState.SUCCEEDED
                    || TaskNode.of(task).bodyKind == BodyKind.COMPLETABLE && reached == TaskState.FAILED;
            note(ordinary ? Kind.FINISHED : reached == TaskState.SKIPPED ? Kind.SKIPPED : Kind.CANCELLED, reached, 0);
            leave(TaskNode.of(task));
        } catch (Throwable exhausted) {
            observers.lose();
        }
    }

    private TaskState settle(Object end) {
        Object outcome = end instanceof DependentStack.Unsettled unsettled ? unsettled.outcome : end;
        if (!(outcome instanceof ExceptionalOutcome unsuccessful)) {
            return TaskState.SUCCEEDED;
        }
        String words = unsuccessful.describe();
        synchronized (this) {
            failure = words;
        }
        return unsuccessful.state();
    }

    private void leave(Node node) {
        if (observers.live() != null) {
            observers.live().remove(id);
        }
        record();
    }

    private void record() {
        if (observers.flightRecorder()) {
            JfrEvents.end(takeAttempt(), this);
        }
    }

    /**
     * The data of an attempt for the flight recorder.
     *
     * @param event as {@link JfrEvents#begin} returned it, null if no attempt was under way
     */
    record Recorded(@Nullable Object event, int attempt, int worker, long launchedAt, long readyAt, long startedAt) {}

    /** Takes the attempt under way, once: a cancellation between two attempts may come at the same time. */
    private synchronized Recorded takeAttempt() {
        Object event = recorded;
        recorded = null;
        return new Recorded(event, attempts, worker, launchedAt, readyAt, startedAt);
    }

    /** Returns the predecessors of the edges, null if they are not recorded, or the task no longer waits for them. */
    synchronized @Nullable List<Node> predecessors() {
        return predecessors == null ? null : List.copyOf(predecessors);
    }

    /** Discards the predecessors. Called when a withdrawn task no longer keeps its place in the order. */
    @Override
    public synchronized void settled() {
        predecessors = null;
    }

    private void note(Kind kind, TaskState after, int number) {
        note(kind, after, number, null);
    }

    private void note(Kind kind, TaskState after, int number, @Nullable Object begun) {
        try {
            long thread = Thread.currentThread().threadId();
            synchronized (this) {
                long now = System.nanoTime(); // under the lock, so that a later event has a later time
                if (over || kind == Kind.READY && state != TaskState.WAITING) {
                    return;
                }
                if (kind == Kind.STARTED
                        && state == TaskState.WAITING) { // the joining thread overtook the one that made it ready
                    readyAt = now;
                    predecessors = null;
                    tell(Kind.READY, TaskState.READY, now, 0, thread);
                }
                switch (kind) {
                    case SPAWNED -> spawnedAt = now;
                    case LAUNCHED -> launchedAt = now;
                    case READY -> {
                        readyAt = now;
                        predecessors = null;
                    }
                    case STARTED -> {
                        startedAt = now;
                        attempts++;
                        worker = number;
                        threadId = thread;
                        recorded = begun;
                    }
                    case RETRYING -> {}
                    case FINISHED, SKIPPED, CANCELLED -> {
                        endedAt = now;
                        over = true;
                    }
                }
                state = after;
                tell(kind, after, now, number, thread);
            }
        } catch (Throwable exhausted) {
            observers.lose();
        }
    }

    private void tell(Kind kind, TaskState after, long now, int number, long thread) {
        if (observers.wants(kind)) {
            observers.tell(new TaskEvent(kind, this, after, now, number, thread));
        }
    }

    // ---- For observers ----------------------------------------------------------------------------------------------

    @Override
    public long id() {
        return id;
    }

    @Override
    public String name() {
        String given = givenName;
        return given != null ? given : "task-" + id;
    }

    @Override
    public boolean isNamed() {
        return givenName != null;
    }

    @Override
    public boolean isBarrier() {
        return barrier;
    }

    @Override
    public @Nullable RegionInfo region() {
        return region;
    }

    @Override
    public long spawnedBy() {
        return spawnedBy;
    }

    @Override
    public synchronized List<TaskEdge> edges() {
        return List.copyOf(edges);
    }

    @Override
    public TaskState state() {
        return state;
    }

    @Override
    public synchronized long spawnedAt() {
        return spawnedAt;
    }

    @Override
    public synchronized long launchedAt() {
        return launchedAt;
    }

    @Override
    public synchronized long readyAt() {
        return readyAt;
    }

    @Override
    public synchronized long startedAt() {
        return startedAt;
    }

    @Override
    public synchronized long endedAt() {
        return endedAt;
    }

    @Override
    public synchronized int attempts() {
        return attempts;
    }

    @Override
    public synchronized int worker() {
        return worker;
    }

    @Override
    public synchronized long threadId() {
        return threadId;
    }

    @Override
    public synchronized @Nullable String failure() {
        return failure;
    }

    @Override
    public String toString() {
        return "task '" + name() + "' (" + state + ")";
    }
}
