package dev.regions.core;

import dev.regions.internal.SafeToString;
import dev.regions.queue.BulkQueue;
import dev.regions.queue.JoinedQueue;
import dev.regions.queue.JoinerQueue;
import dev.regions.queue.SequentialQueue;
import dev.regions.queue.TaskQueue;

/**
 * Texts of the queues of regions, for reports of failures.
 *
 * <p>The text of a queue of ours is made when it is asked for: it is short, and calls nothing. That of a queue of the user's is
 * {@link Object#toString()}, which may take as long as it likes, ask for locks and for the states of tasks; and a failure is noted in the
 * middle of the end of a task, and on the timer's thread. So it is made once, by the thread that opens the region, as it is then. A
 * queue that was put on the stack by other means than {@code Regions} goes by its class.
 *
 * <p>Thread-safe. Keeps no queue.
 */
final class RegionDescriptions {
    private static final WeakQueueMap<String> TEXTS = new WeakQueueMap<>();

    private RegionDescriptions() {}

    /** Called when the region of a queue is opened: makes the text, if it is the user's to make. */
    static void note(TaskQueue queue) {
        if (!isOurs(queue) && TEXTS.get(queue) == null) {
            TEXTS.putIfAbsent(queue, SafeToString.of(queue));
        }
    }

    /** Returns the text of a queue. Calls nothing of the user's. */
    static String of(TaskQueue queue) {
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
                || queue instanceof DagCore
                || queue instanceof AttributeQueue;
    }
}
