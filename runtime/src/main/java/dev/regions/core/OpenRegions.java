package dev.regions.core;

import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskQueue;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The queues of those open regions of a core that may hold tasks: what these hold, nothing that is launched leads to. Here so that
 * a dump finds it; nothing else depends on it.
 *
 * <p>Other regions cost the call that asks them. One that holds tasks is entered when it opens, and removed when its queue was
 * closed or abandoned, each a step in a concurrent map. An entry stands for the region and not for its queue, of which one may be
 * open twice, or be equal to another. It does not keep the queue: a scope that nobody ever closes goes when its thread does, and so
 * does an entry whose removal was cut short by an error of the JVM.
 *
 * <p>Thread-safe.
 */
public final class OpenRegions {
    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<TaskQueue> gone = new ReferenceQueue<>();

    /** An open region. */
    public static final class Entry extends WeakReference<TaskQueue> {
        private final OpenRegions in;

        private Entry(TaskQueue queue, OpenRegions in) {
            super(queue, in.gone);
            this.in = in;
        }
    }

    /**
     * Called when a region is opened. What a user's queue throws when it is asked, or a lack of memory, makes dumps incomplete, and
     * is no reason to fail.
     *
     * @return what to give to {@link #leave}; null if the region holds nothing
     */
    public static @Nullable Entry enter(TaskQueue queue) {
        try {
            DagCore core = queue.holdsUntilClosed() ? Observing.coreHere() : null;
            return core == null ? null : core.openRegions().add(queue);
        } catch (Throwable wrong) {
            return null;
        }
    }

    /** Called when the queue of a region was closed or abandoned; more than once does no harm. */
    public static void leave(@Nullable Entry entry) {
        if (entry != null) {
            entry.in.entries.remove(entry);
            entry.clear();
        }
    }

    private Entry add(TaskQueue queue) {
        for (Reference<?> dead; (dead = gone.poll()) != null; ) {
            entries.remove(dead);
        }
        Entry entry = new Entry(queue, this);
        entries.add(entry);
        return entry;
    }

    /** Returns how many there are. A snapshot. */
    int count() {
        return entries.size();
    }

    /** Tells of the tasks that these regions hold. */
    void forEachHeld(Consumer<? super PendingTask> action) {
        for (Entry entry : entries) {
            TaskQueue queue = entry.get();
            if (queue != null) {
                ask(queue, action);
            }
        }
    }

    /** Has a queue tell of what it holds; if it throws, what it has told of until then must do. */
    static void ask(TaskQueue queue, Consumer<? super PendingTask> action) {
        try {
            queue.forEachHeld(action);
        } catch (Throwable wrong) {
            // a user's queue: a dump that lacks what it holds is better than none
        }
    }
}
