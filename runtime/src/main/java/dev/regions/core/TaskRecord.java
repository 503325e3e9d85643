package dev.regions.core;

import dev.regions.observe.RegionInfo;
import dev.regions.observe.TaskEdge;
import dev.regions.observe.TaskEvent;
import dev.regions.observe.TaskEvent.Kind;
import dev.regions.observe.TaskInfo;
import dev.regions.queue.Dependency;
import dev.regions.queue.EdgeReason;
import dev.regions.queue.TaskQueue;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What is noted of a task while somebody observes its runtime, and who is to be told. It hangs on the {@link TaskMetadata} of the task,
 * which is flagged {@link Node#OBSERVED}; a task that was spawned while nobody observed has none, ever.
 *
 * <p>It has no reference to the task, so that who keeps it does not keep results, and of other tasks knows the numbers only.
 *
 * <p>Whoever moves the task on calls this; it neither throws nor blocks, even where memory or stack give out. The lock is held
 * for an offer to each queue at most, and makes what is told of one task come in order, and nothing after its end: a launch that
 * crosses a cancellation is not told of.
 */
final class TaskRecord implements TaskInfo {
    private static final AtomicLong IDS = new AtomicLong();

    private final long id = IDS.incrementAndGet();
    private final ObserverSet told;
    private final boolean barrier;
    private final long spawnedBy;
    private final @Nullable RegionInfo region;
    private volatile @Nullable String givenName;
    private volatile TaskState state = TaskState.UNLAUNCHED;

    // Guarded by this.
    private final List<TaskEdge> edges = new ArrayList<>(0);
    /** The predecessors of the edges, until the task is ready; null if no list of tasks is kept. */
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

    TaskRecord(
            ObserverSet told,
            @Nullable String givenName,
            boolean barrier,
            long spawnedBy,
            @Nullable RegionInfo region) {
        this.told = told;
        this.givenName = givenName;
        this.barrier = barrier;
        this.spawnedBy = spawnedBy;
        this.region = region;
        this.predecessors = told.live() == null ? null : new ArrayList<>(0);
    }

    ObserverSet observers() {
        return told;
    }

    // ---- Called as things happen ------------------------------------------------------------------------------------

    void renamed(String name) {
        givenName = name;
    }

    void edge(Node predecessor, boolean soft, EdgeReason reason, @Nullable TaskQueue by) {
        TaskRecord other = predecessor.observation();
        TaskEdge edge = new TaskEdge(
                other == null ? 0 : other.id,
                other == null ? predecessor.displayName() : other.name(),
                soft ? Dependency.Kind.SOFT : Dependency.Kind.HARD,
                reason,
                told.of().regionOf(by));
        synchronized (this) {
            edges.add(edge);
            if (predecessors != null) {
                predecessors.add(predecessor);
            }
        }
    }

    void spawned() {
        note(Kind.SPAWNED, TaskState.UNLAUNCHED, 0);
    }

    void launched() {
        note(Kind.LAUNCHED, TaskState.WAITING, 0);
    }

    void ready() {
        note(Kind.READY, TaskState.READY, 0);
    }

    void started(int number) {
        Object begun = null;
        if (told.flightRecorder()) {
            try {
                begun = JfrEvents.begin();
            } catch (Throwable exhausted) {
                told.lose();
            }
        }
        note(Kind.STARTED, TaskState.RUNNING, number, begun);
    }

    void retrying(int number) {
        note(Kind.RETRYING, TaskState.WAITING, number);
        try {
            record();
        } catch (Throwable exhausted) {
            told.lose();
        }
    }

    /** The body has ended; the outcome is about to be set. To be followed by {@link #ended}. */
    void ending() {
        note(Kind.FINISHED, TaskState.RUNNING, worker);
    }

    /** The outcome is set. */
    void ended(Node node, Object end) {
        try {
            TaskState reached = settle(end);
            state = reached;
            leave(node);
        } catch (Throwable exhausted) {
            state = TaskState.FAILED; // nobody will say it better
            told.lose();
        }
    }

    /** The task is final without its body having run, or there was none. */
    void withdrawn(Node node, Object end) {
        try {
            TaskState reached = settle(end);
            boolean ordinary = reached == TaskState.SUCCEEDED
                    || node.bodyKind == BodyKind.COMPLETABLE && reached == TaskState.FAILED;
            note(ordinary ? Kind.FINISHED : reached == TaskState.SKIPPED ? Kind.SKIPPED : Kind.CANCELLED, reached, 0);
            leave(node);
        } catch (Throwable exhausted) {
            told.lose();
        }
    }

    private TaskState settle(Object end) {
        Object outcome = end instanceof Node.Unsettled unsettled ? unsettled.outcome : end;
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
        if (told.live() != null) {
            told.live().remove(id);
        }
        record();
    }

    private void record() {
        if (told.flightRecorder()) {
            JfrEvents.end(takeAttempt(), this);
        }
    }

    /**
     * What the flight recorder is to have of an attempt.
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

    /** Returns the tasks at the other ends of the edges, null if that is not noted, or the task waits for them no more. */
    synchronized @Nullable List<Node> predecessors() {
        return predecessors == null ? null : List.copyOf(predecessors);
    }

    /** Called when a withdrawn task no longer keeps its place in the order. */
    synchronized void settled() {
        predecessors = null;
    }

    private void note(Kind kind, TaskState after, int number) {
        note(kind, after, number, null);
    }

    private void note(Kind kind, TaskState after, int number, @Nullable Object begun) {
        try {
            long thread = Thread.currentThread().threadId();
            synchronized (this) {
                long now = System.nanoTime(); // under the lock, so that what is noted later has a later time
                if (over || kind == Kind.READY && state != TaskState.WAITING) {
                    return;
                }
                if (kind == Kind.STARTED
                        && state == TaskState.WAITING) { // who joins it was faster than who made it ready
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
            told.lose();
        }
    }

    private void tell(Kind kind, TaskState after, long now, int number, long thread) {
        if (told.wants(kind)) {
            told.tell(new TaskEvent(kind, this, after, now, number, thread));
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
