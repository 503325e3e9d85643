package dev.regions.metrics;

import dev.regions.Limit;
import dev.regions.TaskRuntime;
import dev.regions.observe.ObserverRegistration;
import dev.regions.observe.TaskEvent;
import dev.regions.observe.TaskInfo;
import dev.regions.observe.TaskObserver;
import dev.regions.task.TaskState;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;

/**
 * Counts the tasks of a runtime, and how long they wait and run.
 *
 * {@snippet file="TaskMetricsTest.java" region="metrics"}
 *
 * <p>It counts what is spawned while it is open. It observes the runtime, so a task costs somewhat more while it is open
 * ({@link TaskObserver} says what observers cost); the counting itself is done on the observer's thread. Times go into histograms
 * of HdrHistogram, exact to 1 part in 1000.
 *
 * <p>Thread-safe.
 */
public final class TaskMetrics implements AutoCloseable {
    private static final int SIGNIFICANT_DIGITS = 3;

    private final TaskRuntime runtime;
    private final List<Limit> limits;
    private final ObserverRegistration registration;

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private final Map<TaskState, Long> ended = new EnumMap<>(TaskState.class);
    private final Histogram waitedForEdges = new Histogram(SIGNIFICANT_DIGITS);
    private final Histogram waitedForWorker = new Histogram(SIGNIFICANT_DIGITS);
    private final Histogram ran = new Histogram(SIGNIFICANT_DIGITS);
    private long spawned;
    private long retries;

    private TaskMetrics(TaskRuntime runtime, List<Limit> limits) {
        this.runtime = runtime;
        this.limits = limits;
        Arrays.stream(TaskState.values()).filter(TaskState::isCompleted).forEach(state -> ended.put(state, 0L));
        this.registration = runtime.observe(new Counting());
    }

    /**
     * Begins to count.
     *
     * @param limits whose depths are to be shown, too
     */
    public static TaskMetrics of(TaskRuntime runtime, Limit... limits) {
        return new TaskMetrics(runtime, List.of(limits));
    }

    private final class Counting implements TaskObserver {
        @Override
        public Set<TaskEvent.Kind> interests() {
            return Set.of(
                    TaskEvent.Kind.SPAWNED,
                    TaskEvent.Kind.RETRYING,
                    TaskEvent.Kind.FINISHED,
                    TaskEvent.Kind.SKIPPED,
                    TaskEvent.Kind.CANCELLED);
        }

        @Override
        public void spawned(TaskEvent event) {
            if (!event.task().isBarrier()) {
                locked(() -> spawned++);
            }
        }

        @Override
        public void retrying(TaskEvent event) {
            locked(() -> retries++);
        }

        @Override
        public void ended(TaskEvent event) {
            TaskInfo task = event.task();
            if (task.isBarrier()) {
                return;
            }
            locked(() -> {
                ended.merge(event.state(), 1L, Long::sum);
                if (event.kind() == TaskEvent.Kind.FINISHED && task.startedAt() != 0) {
                    record(waitedForEdges, task.launchedAt(), task.readyAt());
                    record(waitedForWorker, task.readyAt(), task.startedAt());
                    record(ran, task.startedAt(), task.endedAt());
                }
            });
        }

        private void record(Histogram histogram, long from, long to) {
            histogram.recordValue(Math.max(0, to - from));
        }

        private void locked(Runnable change) {
            lock.lock();
            try {
                change.run();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Returns what was counted until now, and the depths now. What has just happened may be missing: see {@link #flush()}.
     */
    public MetricsSnapshot snapshot() {
        List<LimitDepth> depths = limits.stream().map(LimitDepth::of).toList();
        long inFlight = runtime.inFlightCount();
        int ready = runtime.readyCount();
        int workers = runtime.workerCount();
        lock.lock();
        try {
            return new MetricsSnapshot(
                    runtime.name(),
                    inFlight,
                    ready,
                    workers,
                    spawned,
                    ended,
                    retries,
                    Times.of(waitedForEdges),
                    Times.of(waitedForWorker),
                    Times.of(ran),
                    depths,
                    registration.droppedEvents());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until everything that happened before this call is counted.
     *
     * @throws InterruptedException if the calling thread is interrupted first
     */
    public void flush() throws InterruptedException {
        registration.flush();
    }

    TaskRuntime runtime() {
        return runtime;
    }

    List<Limit> limits() {
        return limits;
    }

    /** Counts what happened before, and then no more; what was counted can still be asked for. */
    @Override
    public void close() {
        registration.close();
    }
}
