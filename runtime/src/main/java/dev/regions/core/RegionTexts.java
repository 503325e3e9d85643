package dev.regions.core;

import dev.regions.internal.Words;
import dev.regions.queue.BulkQueue;
import dev.regions.queue.JoinedQueue;
import dev.regions.queue.PolicyQueue;
import dev.regions.queue.SequentialQueue;
import dev.regions.queue.TaskQueue;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

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
final class RegionTexts {
    private static final Map<Object, String> TEXTS = new ConcurrentHashMap<>();
    private static final ReferenceQueue<TaskQueue> GONE = new ReferenceQueue<>();

    private RegionTexts() {}

    /** Finds the text of a queue by identity, whatever its equals says, without keeping the queue. */
    private static final class Key extends WeakReference<TaskQueue> {
        private final int hash;

        Key(TaskQueue queue, @Nullable ReferenceQueue<TaskQueue> gone) {
            super(queue, gone);
            this.hash = System.identityHashCode(queue);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (this == other) {
                return true;
            }
            TaskQueue queue = get();
            return other instanceof Key key && queue != null && key.refersTo(queue);
        }
    }

    /** Called when the region of a queue is opened: makes the text, if it is the user's to make. */
    static void note(TaskQueue queue) {
        if (isOurs(queue)) {
            return;
        }
        for (Reference<?> dead; (dead = GONE.poll()) != null; ) {
            TEXTS.remove(dead);
        }
        if (!TEXTS.containsKey(new Key(queue, null))) {
            TEXTS.putIfAbsent(new Key(queue, GONE), Words.of(queue));
        }
    }

    /** Returns the text of a queue. Calls nothing of the user's. */
    static String of(TaskQueue queue) {
        if (isOurs(queue)) {
            return queue.toString();
        }
        String noted = TEXTS.get(new Key(queue, null));
        return noted != null
                ? noted
                : queue.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(queue));
    }

    private static boolean isOurs(TaskQueue queue) {
        return queue instanceof BulkQueue
                || queue instanceof SequentialQueue
                || queue instanceof JoinedQueue
                || queue instanceof PolicyQueue<?>
                || queue instanceof DagCore
                || queue instanceof KindOfRegion;
    }
}
