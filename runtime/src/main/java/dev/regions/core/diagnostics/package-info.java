/**
 * The diagnostics of a running core. The core calls this package only through {@link dev.regions.core.graph.CoreHooks}
 * and {@link dev.regions.core.graph.TaskProbe}.
 *
 * <p>Recorded as it happens: {@link dev.regions.core.diagnostics.ObserverRegistry} and
 * {@link dev.regions.core.diagnostics.TaskRecord}. Found on request: the unfinished tasks, by
 * {@link dev.regions.core.diagnostics.UnfinishedTaskScan}, and explanations, by
 * {@link dev.regions.core.diagnostics.TaskExplainer}. Tasks that wait for each other are found by
 * {@link dev.regions.core.diagnostics.DeadlockDetector} with {@link dev.regions.core.diagnostics.CycleSearch}; open
 * regions are in {@link dev.regions.core.diagnostics.RegionRegistry}.
 */
@NullMarked
package dev.regions.core.diagnostics;

import org.jspecify.annotations.NullMarked;
