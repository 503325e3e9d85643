/**
 * The DAG core: the life of a task from the root queue to its completion. Not exported. This is the overview; the class
 * comments that it points to carry the protocols, the memory-ordering arguments and the figures.
 *
 * <h2>Structural overview</h2>
 *
 * <p>Three packages, whose imports point one way: {@link dev.regions.core.util}, {@link dev.regions.core.graph},
 * {@link dev.regions.core.schedule}. A runtime has one {@link dev.regions.core.schedule.DagCore}, its root queue. A
 * task is one object, a {@link dev.regions.core.graph.TaskNode}, with {@link dev.regions.core.graph.Node} as its
 * superclass: a node of the graph with two contended words, its status and its outcome, which is first the Treiber
 * stack of its dependents ({@link dev.regions.core.graph.Link}). {@link dev.regions.core.schedule.TaskFactory} creates
 * tasks. The {@link dev.regions.core.schedule.InFlightLimiter} admits them at launch. The spawner of a new task
 * straight onto the core wires it, that is, connects it to its predecessors; tasks and batches that come through other
 * queues go to the {@link dev.regions.core.schedule.SubmissionQueue}, where the consumer, a submitter or a virtual
 * thread that takes over from it, wires them. When its last edge is taken off, a task is ready and goes to the
 * {@link dev.regions.core.schedule.WorkerPool}, where a {@link dev.regions.core.schedule.Worker} claims it and runs its
 * body. {@link dev.regions.core.graph.Completion} carries out the effects of its outcome: it wakes waiters, counts down
 * or skips successors, and leaves user code to {@link dev.regions.core.graph.CallbackRunner}.
 *
 * <h2>Scheduling policy</h2>
 *
 * <p>A worker that completes a task runs the first successor that became ready next, bypassing all queues, unless that
 * has attributes or priorities are in use. It pushes other ready tasks to its own
 * {@link dev.regions.core.schedule.WorkerDeque}. Ready tasks from other threads or from a full deque, and those with
 * attributes, go to the {@link dev.regions.core.schedule.ReadyQueue}, which is FIFO and from which a worker reserves
 * several at a time. A worker prefers its reservation, then the oldest task of its deque, then the queue; some of its
 * polls begin elsewhere, so that none starves. Tasks of high or low priority have queues of their own,
 * {@link dev.regions.core.schedule.PriorityQueues}; once they exist, the deques are not used. A ready task with limits
 * goes through its {@link dev.regions.core.schedule.LimitGate}s first, and occupies no thread there.
 * {@link dev.regions.core.util.TimerService} has one platform thread for deadlines and the back-off between attempts
 * ({@link dev.regions.core.schedule.Attempt}).
 *
 * <h2>Work stealing and affinity</h2>
 *
 * <p>A worker without work of its own takes the oldest task of another worker's deque, by way of
 * {@link dev.regions.core.schedule.WorkerDeques}, or a task that another worker has reserved. No queue decides which
 * thread runs a task, because the claim in the status of {@code Node} does. A join uses this for affinity: a task that
 * joins a ready task runs it in place, on its own worker, inside the call of {@code join()}, if both allow that (see
 * {@code Worker}).
 *
 * <h2>Thread management</h2>
 *
 * <p>Workers are virtual threads, started on demand and never counted to decide on a start. Whenever a ready task is
 * not taken, one <em>standby</em> worker is on its way or watches the queues: the flag {@code standby} of
 * {@code WorkerPool} and the queues are a Dekker pair. A worker leaves when it finds no work after a short while
 * (unless the root queue asks it to stay), or at the end of its time slice if there is more, which it leaves to the
 * standby. A dedicated task gets a virtual thread that runs nothing else. The core is terminated when it is closed and
 * as many tasks have completed as were launched (see {@code DagCore}).
 *
 * <h2>Support for blocking tasks</h2>
 *
 * <p>No code detects that a body blocks. Its virtual thread unmounts, and a free carrier mounts the standby, which
 * ensures the next standby and runs the ready tasks, including those that the blocked worker has reserved or pushed. A
 * wait on a thread of a {@code ForkJoinPool} outside of the runtime is reported to that pool
 * ({@link dev.regions.core.util.Blocking}). A cancellation interrupts a body through the
 * {@link dev.regions.core.util.InterruptHandshake}, never the body of another task on that worker. Because a wait may
 * never end, the core asks its {@link dev.regions.core.graph.CoreHooks} before and during waits. It reports each step
 * of an observed task to a {@link dev.regions.core.graph.TaskProbe}. The package {@link dev.regions.core.diagnostics}
 * implements both: {@link dev.regions.core.diagnostics.Diagnostics} and
 * {@link dev.regions.core.diagnostics.TaskRecord}.
 *
 * <h2>Reading order</h2>
 *
 * <p>{@code Node} (the states and the memory ordering), {@code DependentStack}, {@code Wiring}, {@code Withdrawal},
 * {@code Completion}; {@code DagCore}, {@code SubmissionQueue}; then {@code WorkerPool}, {@code Worker},
 * {@code ReadyQueue}, {@code WorkerDeque}; then as needed {@code LimitGate}, {@code TimerService},
 * {@code CallbackRunner} and {@link dev.regions.core.util.StackGuard}. Last, the diagnostics.
 */
@NullMarked
package dev.regions.core;

import org.jspecify.annotations.NullMarked;
