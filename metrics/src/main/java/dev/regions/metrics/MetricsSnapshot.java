package dev.regions.metrics;

import dev.regions.task.TaskState;
import java.util.List;
import java.util.Map;

/**
 * A snapshot of the counts of {@link TaskMetrics}, and of the current depths. Immutable. Barriers, which queues create,
 * are not counted.
 *
 * @param runtime the name of the runtime
 * @param inFlight the current number of launched, uncompleted tasks, barriers included
 * @param ready the current number of tasks that are ready and wait for a worker
 * @param workers the current number of workers
 * @param spawned the number of spawned tasks
 * @param ended the number of tasks that have completed in each of the completed states, all of which are present
 * @param retries the number of attempts that have failed and were followed, or were to be followed, by another
 * @param waitedForEdges the times that tasks which have run had waited for others, from launch until they were ready
 * @param waitedForWorker the times that they then had waited for a permit and for a worker; of several attempts, the
 *     last
 * @param ran the run times of bodies; of several attempts, the last
 * @param limits the use of the watched limits
 * @param droppedEvents the number of events that were dropped, because there were too many at once: the counts and
 *     times above do not include them
 */
public record MetricsSnapshot(
        String runtime,
        long inFlight,
        int ready,
        int workers,
        long spawned,
        Map<TaskState, Long> ended,
        long retries,
        Times waitedForEdges,
        Times waitedForWorker,
        Times ran,
        List<LimitDepth> limits,
        long droppedEvents) {

    /** Copies the collections. */
    public MetricsSnapshot {
        ended = Map.copyOf(ended);
        limits = List.copyOf(limits);
    }
}
