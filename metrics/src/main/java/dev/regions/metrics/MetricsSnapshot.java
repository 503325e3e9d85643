package dev.regions.metrics;

import dev.regions.task.TaskState;
import java.util.List;
import java.util.Map;

/**
 * What {@link TaskMetrics} has counted, and the depths at the moment. Immutable. Barriers, which queues make, are not counted.
 *
 * @param runtime the name of the runtime
 * @param inFlight how many tasks are launched and not final now, barriers included
 * @param ready how many tasks are ready and wait for a worker now
 * @param workers how many workers there are now
 * @param spawned how many tasks were spawned
 * @param ended how many tasks have ended in each of the final states; every final state is there
 * @param retries how many attempts have failed and were followed, or were to be followed, by another
 * @param waitedForEdges how long tasks that have run had waited for others, from launch until they were ready
 * @param waitedForWorker how long they then had waited for a place in a limit and for a worker; of several attempts, the last
 * @param ran how long bodies ran; of several attempts, the last
 * @param limits how full the limits are that are watched
 * @param droppedEvents how many events were lost, because there were more at once than could be taken: the counts and times above are
 *     short by what these would have told
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

    /** Makes copies. */
    public MetricsSnapshot {
        ended = Map.copyOf(ended);
        limits = List.copyOf(limits);
    }
}
