package dev.regions.core.util;

import dev.regions.queue.TaskQueue;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A map from queues, by identity regardless of their {@code equals}. Does not keep a queue reachable; the entry of an
 * unreachable queue is removed when another queue is put. Thread-safe.
 */
public final class WeakQueueMap<V> {
    private final Map<Object, V> map = new ConcurrentHashMap<>();
    private final ReferenceQueue<TaskQueue> unreachable = new ReferenceQueue<>();

    private static final class Key extends WeakReference<TaskQueue> {
        private final int hash;

        Key(TaskQueue queue, @Nullable ReferenceQueue<TaskQueue> unreachable) {
            super(queue, unreachable);
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

    /** Returns the value of a queue, null if it has none. */
    @Nullable
    public V get(TaskQueue queue) {
        return map.get(new Key(queue, null));
    }

    /** Adds a value for a queue unless it has one; returns its value afterwards. */
    public V putIfAbsent(TaskQueue queue, V value) {
        for (Reference<?> dead; (dead = unreachable.poll()) != null; ) {
            map.remove(dead);
        }
        V before = map.putIfAbsent(new Key(queue, unreachable), value);
        return before != null ? before : value;
    }

    /** Removes the value of a queue, and returns it; null if it has none. */
    @Nullable
    public V remove(TaskQueue queue) {
        return map.remove(new Key(queue, null));
    }
}
