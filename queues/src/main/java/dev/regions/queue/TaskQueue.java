package dev.regions.queue;

import dev.regions.task.QueueClosedException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a region binds: tasks spawned in it come here first. A queue may hold, reorder, merge, wrap or rename tasks, add
 * dependencies to them or drop them, and hands the rest to the upstream queue it, its upstream queue, which it usually takes as
 * {@link QueueStack#current()} when it is made. At the top stands the root queue, which launches.
 *
 * <p>{@link ForwardingQueue} is the base class. A queue that renames tasks is no more than this:
 *
 * {@snippet file="PrefixQueue.java" region="queue"}
 *
 * <p><b>Contract</b>, checked for any implementation by {@code dev.regions.queue.testing.TaskQueueContract} in the
 * test-jar of this module:
 *
 * <ul>
 *   <li>Every task that was taken is handed to the upstream queue exactly once, or
 *       {@linkplain PendingTask#abandon abandoned}, at the latest when the queue is closed. Nothing is silently lost.
 *   <li>An empty batch changes nothing. Null is refused with a {@link NullPointerException} and changes nothing either.
 *   <li>All methods may be called from any thread at any time; a region's binding is inherited by threads that the user
 *       forks.
 *   <li>A queue that was closed refuses what comes late with {@link QueueClosedException} and does nothing with it: whoever
 *       spawns abandons the task. Closing it again is harmless.
 *   <li>A queue that keeps tasks until it is closed says so ({@link #holdsUntilClosed()} and
 *       {@link PendingTask#heldBy}), so that waiting for them inside the region is an error and not a hang.
 *   <li>A queue that keeps tasks tells of them when it is asked ({@link #forEachHeld}), also while the upstream queue is slow to
 *       take them.
 * </ul>
 */
public interface TaskQueue {

    /**
     * Takes one task.
     *
     * @throws QueueClosedException if this queue takes no more
     */
    void enqueue(PendingTask task);

    /**
     * Takes several tasks as one: a queue that orders or holds must treat them as a whole.
     *
     * @throws QueueClosedException if this queue takes no more
     */
    void enqueue(TaskBatch batch);

    /**
     * Returns the queue that gets the tasks after this one; null if there is none, as for the root queue, or if this queue does not
     * say.
     */
    default @Nullable TaskQueue upstream() {
        return null;
    }

    /** Returns the kind of region that this queue makes, in a word or two, for messages and observers: its class, by default. */
    default String kind() {
        String name = getClass().getSimpleName();
        return name.isEmpty() ? getClass().getTypeName() : name;
    }

    /** Hands on what is still held, and stays open. Called by {@code launch()} and {@code join()} of a scope. */
    default void flush() {}

    /** Ends the region: hands on what is still held, and refuses what comes later. */
    default void close() {
        flush();
    }

    /**
     * Gives the region up: abandons what is still held, and refuses what comes later. A queue that holds nothing needs no
     * more than {@link #close()}, which is the default.
     *
     * @param reason why, usually what the body of the region threw
     */
    default void abandon(Throwable reason) {
        close();
    }

    /**
     * Tells this queue that a task which was spawned into it, or into a region inside it, has failed. A queue that remembers
     * what passes through it, as that of a joined region does, may then let go of failures it has no need for. A queue that
     * hands on what it gets tells the upstream queue; the default does nothing, so that a joined region further up may keep
     * more failures, until as many tasks as it remembers have come after them.
     *
     * <p>The runtime calls this when the task is final, on the thread that has ended it, of the queue of the innermost region
     * that the task was spawned in; not for a task that is skipped, cancelled or abandoned. May be called after this queue
     * was closed, and on several threads at once. Runs at the root of the runtime: no region is open around it, and a scope that it
     * leaves open is ended after it. Must not wait. What it throws is logged.
     */
    default void onTaskFailed() {}

    /**
     * Tells whether tasks may stay in this queue, unable to start, until it is closed. The runtime takes a queue at its word: the code
     * that has the region open must not wait for these tasks, nor for those that depend on them.
     */
    default boolean holdsUntilClosed() {
        return false;
    }

    /**
     * Returns true if this queue holds tasks now, which a scope must not leave behind when it is closed after a {@code join()} or
     * {@code launch()}. The default is false.
     */
    default boolean holdsTasks() {
        return false;
    }

    /**
     * Tells of the tasks that this queue has taken, and neither handed on nor abandoned: for people who ask what is unfinished, and
     * for the search for deadlocks.
     * A look at a moment, while others go on: a task that moves meanwhile may be missed or told of all the same, and one may be
     * told of twice. Barriers may be left out.
     *
     * <p>The runtime asks the queues of open regions that {@linkplain #holdsUntilClosed() hold tasks until they are closed}, and
     * the queue that is its root; one that stands in front of another as part of a root asks that, too. The default tells of
     * none, which is right for a queue that hands on at once what it gets.
     *
     * <p>Called on any thread, also after this queue was closed. Must not wait, not even for a lock that is held while the queue
     * above takes tasks, and must not change anything. If it throws, what it has not told of is left out.
     *
     * @param action is told of each task; must not wait either
     */
    default void forEachHeld(Consumer<? super PendingTask> action) {}
}
