package dev.regions.observe;

import java.util.Set;

/**
 * Is notified of the events of the tasks and regions of a {@link TaskRuntime}, to record, count or show them.
 *
 * {@snippet file="SnippetsTest.java" region="observer"}
 *
 * <p>By default, no method does anything, except those that call {@link #ended}. Any number of observers may share a
 * runtime; each is {@linkplain TaskRuntime#observe registered} separately, and is independent of the others.
 *
 * <p><b>No observer can harm the run.</b> Each registration has a bounded queue and one daemon thread of its own, on
 * which all methods are called, one at a time. The threads that spawn and run tasks only put events into the queue;
 * they never wait for an observer and never run its code. Therefore an observer needs no locks, may block, and may call
 * any code. An exception is logged, the first time, and {@linkplain ObserverRegistration#callbackFailures() counted}.
 * If an observer is so slow that its queue runs full, events are dropped and
 * {@linkplain ObserverRegistration#droppedEvents() counted}: the run does not slow down.
 *
 * <p><b>Events.</b> An observer is notified of the whole life of each task that is spawned after the registration, and
 * of no task spawned before. Events of one task arrive in order, and the completion of a task arrives before the start
 * of its successors. When a task has been awaited, its last event has been put into the queue.
 *
 * <p>A task that is withdrawn from its region, skipped or cancelled does not go through all stages, and a launch that
 * crosses a cancellation is not reported. After {@link #spawned} there is exactly one of {@link #finished},
 * {@link #skipped} and {@link #cancelled}, which comes last; the events in between are those that have happened.
 */
public interface TaskObserver {

    /**
     * Returns the kinds of task events to deliver; the others do not even enter the queue. Called once. The default is
     * all.
     */
    default Set<TaskEvent.Kind> interests() {
        return Set.of(TaskEvent.Kind.values());
    }

    /** Called when a task was spawned, or a queue has created a barrier. No other task can know it yet. */
    default void spawned(TaskEvent event) {}

    /** Called when the scheduler has got the task; its {@linkplain TaskInfo#edges() edges} are complete. */
    default void launched(TaskEvent event) {}

    /** Called when all dependencies of the task are completed. It may still wait for a permit, and for a worker. */
    default void ready(TaskEvent event) {}

    /** Called when a worker begins to run the body; for a task with further attempts, once for each. */
    default void started(TaskEvent event) {}

    /** Called when an attempt has failed, and there will be another one. */
    default void retrying(TaskEvent event) {}

    /**
     * Called when the task has completed normally: its body returned, or threw, or was cancelled while it ran, and has
     * ended; or the task needs no body, as a barrier or a completable task. The state distinguishes these.
     */
    default void finished(TaskEvent event) {
        ended(event);
    }

    /** Called when the task has completed without running, because a task that it requires did not succeed. */
    default void skipped(TaskEvent event) {
        ended(event);
    }

    /**
     * Called when the task has completed without running, because it was cancelled, abandoned with its region, or past
     * its deadline. The state distinguishes these.
     */
    default void cancelled(TaskEvent event) {
        ended(event);
    }

    /**
     * Called when the task has completed in any way, by the defaults of {@link #finished}, {@link #skipped} and
     * {@link #cancelled}. An observer that overrides one of these as well must call this there itself. It gets the
     * events of these three kinds that are among its {@linkplain #interests() interests}.
     */
    default void ended(TaskEvent event) {}

    /** Called when a region was opened. */
    default void regionOpened(RegionEvent event) {}

    /**
     * Called when a region has forwarded the tasks spawned in it so far to the scheduler, or to the enclosing region.
     */
    default void regionLaunched(RegionEvent event) {}

    /** Called when a region has ended, and takes no more tasks. */
    default void regionClosed(RegionEvent event) {}

    /**
     * Called when tasks were found that wait for each other, and one of them got a
     * {@link dev.regions.task.DeadlockException}.
     *
     * @param description names them, in their order
     */
    default void deadlockFound(String description) {}
}
