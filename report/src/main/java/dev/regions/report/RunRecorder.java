package dev.regions.report;

import dev.regions.TaskRuntime;
import dev.regions.observe.ObserverRegistration;
import dev.regions.observe.RegionEvent;
import dev.regions.observe.RegionInfo;
import dev.regions.observe.TaskEdge;
import dev.regions.observe.TaskEvent;
import dev.regions.observe.TaskInfo;
import dev.regions.observe.TaskObserver;
import dev.regions.queue.Dependency;
import dev.regions.task.TaskState;
import java.time.Instant;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Records what becomes of the tasks and regions of a runtime, from when it is made until it is closed:
 *
 * {@snippet file="ReportSnippetsTest.java" region="record"}
 *
 * <p>It keeps about a hundred bytes of each task, as long as there is room: past a number of tasks it counts those that
 * come, and keeps no more of them. So it may stay open in a program that runs on and on, and then shows the beginning.
 *
 * <p>It listens as a {@link TaskObserver}, which costs the runtime what that says, and no more.
 *
 * <p>Thread-safe: a recording may be taken at any time, also while tasks run.
 */
public final class RunRecorder implements AutoCloseable {
    /** How many tasks are kept, where nothing else is said. */
    public static final int DEFAULT_CAPACITY = 1_000_000;

    /** Two events a task, for a burst of as many as are kept by default; the queue grows with what is in it. */
    private static final int EVENTS = 1 << 21;

    private final ReentrantLock lock = new ReentrantLock();
    private final int capacity;
    private final long origin = System.nanoTime();
    private final ObserverRegistration registration;

    // Guarded by the lock.
    private final RunRecording.Builder recorded;
    private final TaskNumbers places = new TaskNumbers();
    private final Map<TaskInfo, Integer> unfinished = new IdentityHashMap<>();
    private final Map<RegionInfo, Integer> regions = new IdentityHashMap<>();
    private final Map<String, Integer> workers = new HashMap<>();
    private long droppedTasks;
    private long last;

    private RunRecorder(TaskRuntime runtime, int capacity) {
        this.capacity = capacity;
        this.recorded = new RunRecording.Builder(runtime.name(), Instant.now());
        this.registration = runtime.observe(new Listener(), EVENTS);
    }

    /** Begins to record what is spawned in a runtime, up to {@value #DEFAULT_CAPACITY} tasks. */
    public static RunRecorder of(TaskRuntime runtime) {
        return of(runtime, DEFAULT_CAPACITY);
    }

    /**
     * Begins to record what is spawned in a runtime.
     *
     * @param capacity how many tasks, and how many regions, to keep at most
     * @throws IllegalArgumentException if the capacity is less than 1
     */
    public static RunRecorder of(TaskRuntime runtime, int capacity) {
        Objects.requireNonNull(runtime, "runtime");
        if (capacity < 1) {
            throw new IllegalArgumentException(
                    "a recorder must keep at least 1 task, and its capacity was " + capacity);
        }
        return new RunRecorder(runtime, capacity);
    }

    /**
     * Returns what has happened so far. What a task did before somebody waited for its end, and saw it, is in it.
     *
     * @throws InterruptedException if the calling thread is interrupted while it waits for what happened to be recorded
     */
    public RunRecording recording() throws InterruptedException {
        registration.flush();
        lock.lock();
        try {
            int edges = recorded.edgeCount();
            unfinished.forEach((task, place) -> {
                note(task, place, task.state());
                noteEdges(task, place);
            });
            long nanos = unfinished.isEmpty() ? last : System.nanoTime() - origin;
            RunRecording recording = recorded.snapshot(nanos, droppedTasks, registration.droppedEvents());
            recorded.keepEdges(edges); // those of unfinished tasks are noted again when these are final
            return recording;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the recording. What was recorded can still be had. Closing it again does nothing. */
    @Override
    public void close() {
        registration.close();
    }

    private long time(long nanoTime) {
        return nanoTime == 0 ? RecordedTask.NEVER : Math.max(0, nanoTime - origin);
    }

    private int place(@Nullable RegionInfo region) {
        if (region == null) {
            return RecordedRegion.NONE;
        }
        Integer known = regions.get(region);
        if (known != null) {
            return known;
        }
        int parent = place(region.parent());
        if (recorded.regionCount() >= capacity) {
            return parent;
        }
        int place = recorded.region(parent, region.kind(), region.name(), time(region.openedAt()));
        regions.put(region, place);
        return place;
    }

    private int worker(TaskInfo task) {
        if (task.startedAt() == 0) {
            return RecordedTask.NO_WORKER;
        }
        String name = task.worker() > 0 ? "worker " + task.worker() : "thread " + task.threadId();
        return workers.computeIfAbsent(name, recorded::worker);
    }

    private void note(TaskInfo task, int place, TaskState state) {
        recorded.renamed(place, task.name());
        recorded.state(place, state);
        recorded.launched(place, time(task.launchedAt()));
        recorded.ready(place, time(task.readyAt()));
        recorded.started(place, time(task.startedAt()), worker(task));
        recorded.finished(place, time(task.endedAt()));
    }

    private void noteEdges(TaskInfo task, int place) {
        for (TaskEdge edge : task.edges()) {
            int predecessor = places.find(edge.predecessor());
            if (predecessor != TaskNumbers.NOT_FOUND) {
                recorded.edge(
                        predecessor, place, edge.reason(), edge.kind() == Dependency.Kind.SOFT, place(edge.region()));
            }
        }
    }

    /** Needs no more than the beginning and the end of a task: by the end, the task knows all that was in between. */
    private final class Listener implements TaskObserver {
        @Override
        public Set<TaskEvent.Kind> interests() {
            return Set.of(
                    TaskEvent.Kind.SPAWNED, TaskEvent.Kind.FINISHED, TaskEvent.Kind.SKIPPED, TaskEvent.Kind.CANCELLED);
        }

        @Override
        public void spawned(TaskEvent event) {
            lock.lock();
            try {
                if (recorded.taskCount() >= capacity) {
                    droppedTasks++;
                    return;
                }
                TaskInfo task = event.task();
                int place = recorded.task(task.name(), task.isBarrier(), place(task.region()), time(event.nanoTime()));
                recorded.spawnedBy(place, places.find(task.spawnedBy()));
                places.put(task.id(), place);
                unfinished.put(task, place);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void ended(TaskEvent event) {
            lock.lock();
            try {
                Integer place = unfinished.remove(event.task());
                if (place != null) {
                    note(event.task(), place, event.state());
                    noteEdges(event.task(), place);
                    last = Math.max(last, time(event.nanoTime()));
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void regionOpened(RegionEvent event) {
            lock.lock();
            try {
                place(event.region());
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void regionLaunched(RegionEvent event) {
            lock.lock();
            try {
                Integer place = regions.get(event.region());
                if (place != null) {
                    recorded.regionLaunched(place, time(event.nanoTime()));
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void regionClosed(RegionEvent event) {
            lock.lock();
            try {
                Integer place = regions.get(event.region());
                if (place != null) {
                    recorded.regionEnded(place, time(event.nanoTime()));
                    last = Math.max(last, time(event.nanoTime()));
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
