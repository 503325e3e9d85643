/**
 * What launches tasks and runs them: the root queue of a runtime, the submission queue, limits, workers and the queues
 * of ready tasks. Not exported.
 *
 * <p>{@link dev.regions.core.schedule.DagCore} is the {@link dev.regions.core.graph.Scheduler} of the graph, and
 * {@link dev.regions.core.schedule.LimitGate} its {@link dev.regions.core.graph.Gate}.
 */
@NullMarked
package dev.regions.core.schedule;

import org.jspecify.annotations.NullMarked;
