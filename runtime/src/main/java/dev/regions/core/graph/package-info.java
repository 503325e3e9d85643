/**
 * Tasks and the edges between them: the states of a task, its outcome, the stack of its dependents, and the effects of
 * its completion. Not exported.
 *
 * <p>{@link dev.regions.core.graph.Node} has the two contended words, of which
 * {@link dev.regions.core.graph.DependentStack} is one, and the life of a task that runs.
 * {@link dev.regions.core.graph.Wiring} has the edges, {@link dev.regions.core.graph.Withdrawal} the ways to end
 * without a run of the body, {@link dev.regions.core.graph.Completion} the effects on others. These, with
 * {@link dev.regions.core.graph.TaskNode}, are one algorithm.
 *
 * <p>This package knows the scheduler as {@link dev.regions.core.graph.Scheduler} and
 * {@link dev.regions.core.graph.Gate}, and the diagnostics as {@link dev.regions.core.graph.CoreHooks} and
 * {@link dev.regions.core.graph.TaskProbe}.
 */
@NullMarked
package dev.regions.core.graph;

import org.jspecify.annotations.NullMarked;
