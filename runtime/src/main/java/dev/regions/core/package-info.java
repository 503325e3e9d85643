/**
 * The DAG core: what happens to a task between the root queue and its final state. Not exported.
 *
 * <p>Read in this order: {@link dev.regions.core.TaskNode} (one object per task, and the protocol of its two words),
 * {@link dev.regions.core.Completion} (what a final task sets off) and {@link dev.regions.core.CallbackRunner} (of
 * users), {@link dev.regions.core.DagCore} (how tasks come in), {@link dev.regions.core.WorkerPool} and
 * {@link dev.regions.core.Worker} (who runs them), {@link dev.regions.core.ReadyQueue} and
 * {@link dev.regions.core.WorkerDeque} (where tasks wait for those). Whoever looks on stands beside it:
 * {@link dev.regions.core.diagnostics.ObserverRegistry} and {@link dev.regions.core.diagnostics.TaskRecord} (what is
 * noted as it happens), {@link dev.regions.core.diagnostics.UnfinishedTaskScan} and
 * {@link dev.regions.core.diagnostics.TaskExplainer} (what can be found out afterwards), and
 * {@link dev.regions.core.diagnostics.DeadlockDetector} with {@link dev.regions.core.diagnostics.CycleSearch} (which
 * tasks wait for each other).
 */
@NullMarked
package dev.regions.core;

import org.jspecify.annotations.NullMarked;
