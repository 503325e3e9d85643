package dev.regions.report;

import dev.regions.queue.EdgeReason;
import dev.regions.task.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The recording of a run: its regions, its tasks, and the edges between them. Immutable.
 *
 * <p>Kept in columns, about 64 bytes a task and 14 an edge besides the names, so that a million tasks fit into a small
 * heap.
 */
public final class RunRecording {
    private final String name;
    private final Instant startedAt;
    private final long nanos;
    private final long droppedTasks;
    private final long droppedEvents;
    private final List<RecordedRegion> regions;
    private final List<String> workers;
    private final Tasks tasks;
    private final Edges edges;

    private RunRecording(Builder builder, long nanos, long droppedTasks, long droppedEvents) {
        this.name = builder.name;
        this.startedAt = builder.startedAt;
        this.nanos = nanos;
        this.droppedTasks = droppedTasks;
        this.droppedEvents = droppedEvents;
        this.regions = List.copyOf(builder.regions);
        this.workers = List.copyOf(builder.workers);
        this.tasks = builder.tasks;
        this.edges = builder.edges;
    }

    /** Returns the name of the recorded runtime. */
    public String name() {
        return name;
    }

    /** Returns when the recording began, from which all its times count. */
    public Instant startedAt() {
        return startedAt;
    }

    /** Returns the duration of the recording, in nanoseconds. */
    public long nanos() {
        return nanos;
    }

    /** Returns the number of tasks that were not kept because the recorder was full. */
    public long droppedTasks() {
        return droppedTasks;
    }

    /** Returns the number of events that the runtime dropped because the recorder did not take them fast enough. */
    public long droppedEvents() {
        return droppedEvents;
    }

    /** Returns the regions, in the order of opening. */
    public List<RecordedRegion> regions() {
        return regions;
    }

    /** Returns the names of the threads that ran tasks. */
    public List<String> workers() {
        return workers;
    }

    /** Returns the number of tasks. */
    public int taskCount() {
        return tasks.size;
    }

    /**
     * Returns a task.
     *
     * @param id from 0 to one less than {@link #taskCount()}
     * @throws IndexOutOfBoundsException if there is no such task
     */
    public RecordedTask task(int id) {
        Objects.checkIndex(id, tasks.size);
        return new RecordedTask(
                id,
                tasks.name[id],
                tasks.barrier[id],
                tasks.region[id],
                state(id),
                tasks.spawned[id],
                tasks.launched[id],
                tasks.ready[id],
                tasks.started[id],
                tasks.finished[id],
                tasks.worker[id],
                tasks.spawnedBy[id]);
    }

    /** Returns the number of edges. */
    public int edgeCount() {
        return edges.size;
    }

    /**
     * Returns an edge.
     *
     * @param index from 0 to one less than {@link #edgeCount()}
     * @throws IndexOutOfBoundsException if there is no such edge
     */
    public RecordedEdge edge(int index) {
        Objects.checkIndex(index, edges.size);
        return new RecordedEdge(
                edges.predecessor[index],
                edges.successor[index],
                reason(index),
                edges.soft[index],
                edges.region[index]);
    }

    // Returns the name of a task, without creating an object for the task.

    String name(int task) {
        return tasks.name[task];
    }

    boolean barrier(int task) {
        return tasks.barrier[task];
    }

    int region(int task) {
        return tasks.region[task];
    }

    TaskState state(int task) {
        return STATES[tasks.state[task]];
    }

    long spawned(int task) {
        return tasks.spawned[task];
    }

    long launched(int task) {
        return tasks.launched[task];
    }

    long ready(int task) {
        return tasks.ready[task];
    }

    long started(int task) {
        return tasks.started[task];
    }

    /** Returns when a task completed, or the end of the recording if it did not. */
    long finishedOrNow(int task) {
        return tasks.finished[task] == RecordedTask.NEVER ? nanos : tasks.finished[task];
    }

    long finished(int task) {
        return tasks.finished[task];
    }

    int worker(int task) {
        return tasks.worker[task];
    }

    int spawnedBy(int task) {
        return tasks.spawnedBy[task];
    }

    /** Returns true if its body has begun. */
    boolean ran(int task) {
        return tasks.started[task] != RecordedTask.NEVER;
    }

    int predecessor(int edge) {
        return edges.predecessor[edge];
    }

    int successor(int edge) {
        return edges.successor[edge];
    }

    EdgeReason reason(int edge) {
        return REASONS[edges.reason[edge]];
    }

    boolean soft(int edge) {
        return edges.soft[edge];
    }

    private static final TaskState[] STATES = TaskState.values();
    private static final EdgeReason[] REASONS = EdgeReason.values();

    /** The columns of the tasks. */
    private static final class Tasks {
        int size;
        String[] name = new String[64];
        boolean[] barrier = new boolean[64];
        int[] region = new int[64];
        byte[] state = new byte[64];
        long[] spawned = new long[64];
        long[] launched = new long[64];
        long[] ready = new long[64];
        long[] started = new long[64];
        long[] finished = new long[64];
        int[] worker = new int[64];
        int[] spawnedBy = new int[64];

        void grow() {
            int capacity = Math.multiplyExact(name.length, 2);
            resize(capacity);
        }

        void resize(int capacity) {
            name = Arrays.copyOf(name, capacity);
            barrier = Arrays.copyOf(barrier, capacity);
            region = Arrays.copyOf(region, capacity);
            state = Arrays.copyOf(state, capacity);
            spawned = Arrays.copyOf(spawned, capacity);
            launched = Arrays.copyOf(launched, capacity);
            ready = Arrays.copyOf(ready, capacity);
            started = Arrays.copyOf(started, capacity);
            finished = Arrays.copyOf(finished, capacity);
            worker = Arrays.copyOf(worker, capacity);
            spawnedBy = Arrays.copyOf(spawnedBy, capacity);
        }

        Tasks copy() {
            Tasks copy = new Tasks();
            copy.size = size;
            copy.name = name;
            copy.barrier = barrier;
            copy.region = region;
            copy.state = state;
            copy.spawned = spawned;
            copy.launched = launched;
            copy.ready = ready;
            copy.started = started;
            copy.finished = finished;
            copy.worker = worker;
            copy.spawnedBy = spawnedBy;
            copy.resize(Math.max(1, size));
            return copy;
        }
    }

    /** The columns of the edges. */
    private static final class Edges {
        int size;
        int[] predecessor = new int[64];
        int[] successor = new int[64];
        byte[] reason = new byte[64];
        boolean[] soft = new boolean[64];
        int[] region = new int[64];

        void resize(int capacity) {
            predecessor = Arrays.copyOf(predecessor, capacity);
            successor = Arrays.copyOf(successor, capacity);
            reason = Arrays.copyOf(reason, capacity);
            soft = Arrays.copyOf(soft, capacity);
            region = Arrays.copyOf(region, capacity);
        }

        Edges copy() {
            Edges copy = new Edges();
            copy.size = size;
            copy.predecessor = predecessor;
            copy.successor = successor;
            copy.reason = reason;
            copy.soft = soft;
            copy.region = region;
            copy.resize(Math.max(1, size));
            return copy;
        }
    }

    /** Builds a recording. Not thread-safe. */
    static final class Builder {
        private final String name;
        private final Instant startedAt;
        private final List<RecordedRegion> regions = new ArrayList<>();
        private final List<String> workers = new ArrayList<>();
        private Tasks tasks = new Tasks();
        private Edges edges = new Edges();

        Builder(String name, Instant startedAt) {
            this.name = name;
            this.startedAt = startedAt;
        }

        /** Adds a region and returns its id. */
        int region(int parent, String kind, String name, long opened) {
            int id = regions.size();
            regions.add(new RecordedRegion(id, parent, kind, name, opened, RecordedTask.NEVER, RecordedTask.NEVER));
            return id;
        }

        void regionLaunched(int id, long time) {
            RecordedRegion r = regions.get(id);
            regions.set(id, new RecordedRegion(id, r.parent(), r.kind(), r.name(), r.opened(), time, r.ended()));
        }

        void regionEnded(int id, long time) {
            RecordedRegion r = regions.get(id);
            regions.set(id, new RecordedRegion(id, r.parent(), r.kind(), r.name(), r.opened(), r.launched(), time));
        }

        /** Adds a thread and returns its index. */
        int worker(String name) {
            workers.add(name);
            return workers.size() - 1;
        }

        /** Adds a task and returns its id. */
        int task(String name, boolean barrier, int region, long spawned) {
            if (tasks.size == tasks.name.length) {
                tasks.grow();
            }
            int id = tasks.size++;
            tasks.name[id] = name;
            tasks.barrier[id] = barrier;
            tasks.region[id] = region;
            tasks.spawned[id] = spawned;
            tasks.launched[id] = RecordedTask.NEVER;
            tasks.ready[id] = RecordedTask.NEVER;
            tasks.started[id] = RecordedTask.NEVER;
            tasks.finished[id] = RecordedTask.NEVER;
            tasks.worker[id] = RecordedTask.NO_WORKER;
            tasks.spawnedBy[id] = RecordedTask.NO_TASK;
            return id;
        }

        int taskCount() {
            return tasks.size;
        }

        int regionCount() {
            return regions.size();
        }

        void renamed(int task, String name) {
            tasks.name[task] = name;
        }

        void spawnedBy(int task, int spawner) {
            tasks.spawnedBy[task] = spawner;
        }

        void state(int task, TaskState state) {
            tasks.state[task] = (byte) state.ordinal();
        }

        void launched(int task, long time) {
            tasks.launched[task] = time;
        }

        void ready(int task, long time) {
            tasks.ready[task] = time;
        }

        void started(int task, long time, int worker) {
            tasks.started[task] = time;
            tasks.worker[task] = worker;
        }

        void finished(int task, long time) {
            tasks.finished[task] = time;
        }

        void edge(int predecessor, int successor, EdgeReason reason, boolean soft, int region) {
            if (edges.size == edges.predecessor.length) {
                edges.resize(Math.multiplyExact(edges.size, 2));
            }
            int index = edges.size++;
            edges.predecessor[index] = predecessor;
            edges.successor[index] = successor;
            edges.reason[index] = (byte) reason.ordinal();
            edges.soft[index] = soft;
            edges.region[index] = region;
        }

        int edgeCount() {
            return edges.size;
        }

        /** Removes the edges added after the given number of edges. */
        void keepEdges(int count) {
            edges.size = count;
        }

        /** Returns a snapshot of the recording, which later additions do not change. */
        RunRecording snapshot(long nanos, long droppedTasks, long droppedEvents) {
            RunRecording recording = new RunRecording(this, nanos, droppedTasks, droppedEvents);
            tasks = tasks.copy();
            edges = edges.copy();
            return recording;
        }
    }
}
