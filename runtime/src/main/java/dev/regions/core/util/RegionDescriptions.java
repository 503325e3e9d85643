package dev.regions.core.util;

import dev.regions.internal.SafeToString;
import dev.regions.queue.BulkQueue;
import dev.regions.queue.JoinedQueue;
import dev.regions.queue.JoinerQueue;
import dev.regions.queue.SequentialQueue;
import dev.regions.queue.TaskQueue;

/**
 * Texts of the queues of regions, for reports of failures.
 *
 * <p>The text of a built-in queue is created on request: it is short, and calls nothing. The text of a user's queue is
 * its {@link Object#toString()}, which may take any length of time, and may request locks and the states of tasks. But
 * a failure is noted in the middle of the end of a task, and on the timer's thread. Therefore the thread that opens the
 * region creates this text once, as it is then. A queue that was put on the stack by other means than {@code Regions}
 * is named by its class.
 *
 * <p>Thread-safe. Keeps no queue reachable.
 */
public final class RegionDescriptions {
    private static final WeakQueueMap<String> TEXTS = new WeakQueueMap<>();

    private RegionDescriptions() {}

    /** Creates the text of a user's queue. Called when its region is opened. */
    public static void note(TaskQueue queue) {
        if (!isOurs(queue) && TEXTS.get(queue) == null) {
            TEXTS.putIfAbsent(queue, SafeToString.of(queue));
        }
    }

    /** Returns the text of a queue. Calls no user code. */
    public static String of(TaskQueue queue) {
        if (isOurs(queue)) {
            return queue.toString();
        }
        String noted = TEXTS.get(queue);
        return noted != null
                ? noted
                : queue.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(queue));
    }

    private static boolean isOurs(TaskQueue queue) {
        return queue instanceof BulkQueue
                || queue instanceof SequentialQueue
                || queue instanceof JoinedQueue
                || queue instanceof JoinerQueue<?>
                || queue instanceof AttributeQueue;
    }
}
