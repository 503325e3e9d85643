/**
 * The DAG core: what happens to a task between the root queue and its final state. Not exported.
 *
 * <p>Read in this order: {@link dev.regions.core.TaskNode} (one object per task, and the protocol of its two words),
 * {@link dev.regions.core.Release} (what a final task sets off) and {@link dev.regions.core.Callbacks} (of users), {@link dev.regions.core.DagCore} (how tasks come in),
 * {@link dev.regions.core.Workers} and {@link dev.regions.core.Worker} (who runs them), {@link dev.regions.core.ReadyQueue} and
 * {@link dev.regions.core.WorkerDeque} (where tasks wait for those). Whoever looks on stands beside it:
 * {@link dev.regions.core.Observing} and {@link dev.regions.core.Observation} (what is noted as it happens), {@link
 * dev.regions.core.Reach} and {@link dev.regions.core.Diagnosis} (what can be found out afterwards), and {@link
 * dev.regions.core.Deadlocks} with {@link dev.regions.core.CircleSearch} (which tasks wait for each other).
 */
@NullMarked
package dev.regions.core;

import org.jspecify.annotations.NullMarked;
