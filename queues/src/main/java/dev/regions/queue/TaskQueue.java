package dev.regions.queue;

import dev.regions.task.QueueClosedException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The queue of a region, which receives the tasks that are spawned in the region. A queue may hold, reorder, merge,
 * wrap or rename tasks, and add dependencies to them or drop these. It forwards the tasks to its upstream queue,
 * usually {@link QueueStack#current()} at its creation. The last queue is the root queue, which launches.
 *
 * <p>{@link ForwardingQueue} is the base class. A queue that renames tasks is no more than this:
 *
 * {@snippet file="PrefixQueue.java" region="queue"}
 *
 * <p><b>Contract</b>, checked for any implementation by {@code dev.regions.queue.testing.TaskQueueContract} in the
 * test-jar of this module:
 *
 * <ul>
 *   <li>Every accepted task is forwarded to the upstream queue exactly once, or {@linkplain PendingTask#abandon
 *       abandoned}, at the latest when the queue is closed. No task is lost silently.
 *   <li>An empty batch changes nothing. Null is refused with a {@link NullPointerException} and changes nothing either.
 *   <li>All methods may be called from any thread at any time; threads that the user forks inherit the binding of a
 *       region.
 *   <li>A closed queue refuses late tasks with {@link QueueClosedException} and does not change them: the submitter
 *       abandons them. Closing it again is harmless.
 *   <li>A queue that keeps tasks until it is closed reports that ({@link #holdsUntilClosed()} and
 *       {@link PendingTask#heldBy}), so that waiting for them inside the region is an error and not a hang.
 *   <li>A queue that keeps tasks visits them on request ({@link #forEachHeld}), even while the upstream queue is slow
 *       to take them.
 * </ul>
 */
public interface TaskQueue {

    /**
     * Adds one task.
     *
     * @throws QueueClosedException if this queue takes no more
     */
    void enqueue(PendingTask task);

    /**
     * Adds several tasks as one: a queue that orders or holds must treat them as a whole.
     *
     * @throws QueueClosedException if this queue takes no more
     */
    void enqueue(TaskBatch batch);

    /**
     * Returns the upstream queue, to which this one forwards; null if there is none, as for the root queue, or if this
     * queue does not expose it.
     */
    default @Nullable TaskQueue upstream() {
        return null;
    }

    /**
     * Returns the kind of region that this queue makes, in a word or two, for messages and observers. The default is
     * its class.
     */
    default String kind() {
        String name = getClass().getSimpleName();
        return name.isEmpty() ? getClass().getTypeName() : name;
    }

    /** Forwards held tasks, and stays open. Called by {@code launch()} and {@code join()} of a scope. */
    default void flush() {}

    /** Closes the queue at the end of its region: forwards held tasks, and refuses later ones. */
    default void close() {
        flush();
    }

    /**
     * Abandons held tasks, and refuses later ones. A queue that holds nothing needs no more than {@link #close()},
     * which is the default.
     *
     * @param reason the cause, usually the exception of the region's body
     */
    default void abandon(Throwable reason) {
        close();
    }

    /**
     * Called when a task that was spawned into this queue, or into a region inside it, has failed. A queue that tracks
     * tasks, as that of a joined region does, may then discard failures that it does not need. A queue that forwards
     * tasks notifies the upstream queue. The default does nothing. An enclosing joined region may then keep more
     * failures, until as many tasks as it tracks have come after them.
     *
     * <p>The runtime calls this on the thread that completed the task, for the queue of the innermost region in which
     * the task was spawned; not for a task that is skipped, cancelled or abandoned. It may be called after this queue
     * was closed, and on several threads at once. It runs at the root of the runtime, with no region open; a scope that
     * it leaves open is ended afterwards. It must not wait. Its exceptions are logged.
     */
    default void onTaskFailed() {}

    /**
     * Returns true if tasks may stay in this queue, unable to start, until it is closed. The runtime relies on it: the
     * code that has the region open must not wait for these tasks, nor for those that depend on them. The default is
     * false.
     */
    default boolean holdsUntilClosed() {
        return false;
    }

    /**
     * Returns true if this queue currently holds tasks, which a scope must not leave behind when it is closed after a
     * {@code join()} or {@code launch()}. The default is false.
     */
    default boolean holdsTasks() {
        return false;
    }

    /**
     * Visits the tasks that this queue has accepted, and neither forwarded nor abandoned: for reports of unfinished
     * tasks, and for deadlock detection. Weakly consistent: a task that moves meanwhile may be missed, visited all the
     * same, or visited twice. Barriers may be left out.
     *
     * <p>The runtime asks its root queue, and the queues of open regions that {@linkplain #holdsUntilClosed() hold
     * tasks until they are closed}. A queue that stands in front of another as part of a root asks that one, too. The
     * default visits none, which is right for a queue that forwards its tasks at once.
     *
     * <p>Called on any thread, also after this queue was closed. It must not change anything and must not wait, not
     * even for a lock that is held while the upstream queue takes tasks. If it throws, the tasks not yet visited are
     * left out.
     *
     * @param action called with each task; must not wait either
     */
    default void forEachHeld(Consumer<? super PendingTask> action) {}
}
