package dev.regions.observe;

import dev.regions.TaskRuntime;
import java.util.Set;

/**
 * Is told what becomes of the tasks and regions of a {@link TaskRuntime}: for whoever records, counts or shows them.
 *
 * {@snippet file="SnippetsTest.java" region="observer"}
 *
 * <p>By default, no method does anything, but for those that call {@link #ended}. Any number of observers may share a runtime; each is
 * {@linkplain TaskRuntime#observe registered} by itself and knows nothing of the others.
 *
 * <p><b>No observer can harm the run.</b> Each registration has a bounded queue and one daemon thread of its own, on which all
 * methods are called, one at a time. The threads that spawn and run tasks only put what happened into the queue; they never
 * wait for an observer and never run its code. So an observer needs no locks, may block, and may call whatever it likes. What
 * it throws is logged, the first time, and {@linkplain ObserverRegistration#callbackFailures() counted}. If it is so slow that its
 * queue runs full, events are dropped and {@linkplain ObserverRegistration#droppedEvents() counted}: the run does not slow down.
 *
 * <p><b>What is told.</b> The whole life of each task that is spawned after the registration, and nothing of those spawned
 * before. An observer hears of one task in the order in which things happened to it, and of the end of a task before the start of
 * what had to wait for it. When a task has been waited for, its last event has been put into the queue.
 *
 * <p>A task that is taken back from its region, skipped or cancelled does not go through all stages, and a launch that crosses a
 * cancellation is not told of: after {@link #spawned} there is exactly one of {@link #finished}, {@link #skipped} and
 * {@link #cancelled}, which comes last; in between, whatever has happened.
 */
public interface TaskObserver {

    /** Returns the kinds of task events to deliver; the others do not even enter the queue. Asked once. The default is all. */
    default Set<TaskEvent.Kind> interests() {
        return Set.of(TaskEvent.Kind.values());
    }

    /** A task was spawned, or a queue has made a barrier. No other task can know it yet. */
    default void spawned(TaskEvent event) {}

    /** The scheduler has got the task; its {@linkplain TaskInfo#edges() edges} are complete. */
    default void launched(TaskEvent event) {}

    /** Everything the task depends on is done. It may still wait for a place in a limit, and for a worker. */
    default void ready(TaskEvent event) {}

    /** A worker begins to run the body; for a task with further attempts, once for each. */
    default void started(TaskEvent event) {}

    /** An attempt has failed, and there will be another one. */
    default void retrying(TaskEvent event) {}

    /**
     * The task has ended in the ordinary way: its body returned, or threw, or was cancelled while it ran, and has ended now; or
     * the task, a barrier or one completed from outside, needs no body. The state says how.
     */
    default void finished(TaskEvent event) {
        ended(event);
    }

    /** The task never ran, because something that it requires did not succeed. */
    default void skipped(TaskEvent event) {
        ended(event);
    }

    /** The task never ran, because it was cancelled, abandoned with its region, or past its deadline. The state says which. */
    default void cancelled(TaskEvent event) {
        ended(event);
    }

    /**
     * The task has completed, in whichever way. Called by the defaults of {@link #finished}, {@link #skipped} and {@link #cancelled}; an
     * observer that overrides one of these as well calls this there itself. It gets the events of these three kinds that are among its
     * {@linkplain #interests() interests}.
     */
    default void ended(TaskEvent event) {}

    /** A region was opened. */
    default void regionOpened(RegionEvent event) {}

    /** A region has handed on to the scheduler, or the region around it, what was spawned in it so far. */
    default void regionLaunched(RegionEvent event) {}

    /** A region has ended, and takes no more tasks. */
    default void regionClosed(RegionEvent event) {}

    /**
     * Tasks were found that wait for each other, and one of them got a {@link dev.regions.task.DeadlockException}.
     *
     * @param description names them, in their order
     */
    default void deadlockFound(String description) {}
}
