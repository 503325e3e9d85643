package dev.regions.core;

import dev.regions.queue.BulkQueue;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskQueue;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The queues of those open regions of a core that may hold tasks: what these hold, nothing that is launched leads to. Here so that
 * a dump finds it, and so that it is known which code must end which region before the tasks that it holds can start: a search for
 * deadlocks asks the worker for the regions that its tasks have open, and a thread that is about to wait asks for its own.
 *
 * <p>Other regions cost the call that asks them. One that holds tasks is entered when it opens, and removed when its queue was
 * closed or abandoned, each a step in a concurrent map. An entry stands for the region and not for its queue, of which one may be
 * open twice, or be equal to another. It does not keep the queue: a scope that nobody ever closes goes when its thread does, and so
 * does an entry whose removal was cut short by an error of the JVM.
 *
 * <p>Thread-safe.
 */
public final class RegionRegistry {
    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<TaskQueue> gone = new ReferenceQueue<>();

    /**
     * The open regions of a thread that is no worker, or runs no task, the last one first; a worker has its own. A thread adds
     * and removes the entries of its own regions; others read those of workers.
     */
    private static final ThreadLocal<@Nullable Entry> HERE = new ThreadLocal<>();

    /** An open region. */
    public static final class Entry extends WeakReference<TaskQueue> {
        private final RegionRegistry in;
        /** The task whose body has it open, null if it is open in no task. */
        private final @Nullable Node opener = Worker.innermostHere();

        private final long threadId = Thread.currentThread().threadId();
        private volatile boolean open = true;
        /** The region of the same thread that was opened before. */
        private volatile @Nullable Entry below;

        private Entry(TaskQueue queue, RegionRegistry in) {
            super(queue, in.gone);
            this.in = in;
        }

        @Nullable
        Node opener() {
            return opener;
        }

        boolean isOpen() {
            return open;
        }

        @Nullable
        Entry below() {
            return below;
        }

        /** Returns true if the region cannot be ended any more: the removal of its entry was cut short, or its scope was left. */
        private boolean isLeft() {
            return !open || opener != null && opener.isCompleted() || refersTo(null);
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
            DagCore core = queue.holdsUntilClosed() ? ObserverRegistry.coreHere() : null;
            return core == null ? null : core.openRegions().add(queue);
        } catch (Throwable wrong) {
            return null;
        }
    }

    /** Called when the queue of a region was closed or abandoned; more than once does no harm. */
    public static void leave(@Nullable Entry entry) {
        if (entry != null) {
            entry.open = false;
            entry.in.entries.remove(entry);
            entry.clear();
            if (entry.threadId == Thread.currentThread().threadId()) {
                setTop(withoutLeft(top()));
            }
        }
    }

    /** Returns true if the calling code has a region open that may hold tasks. A task in place does not have those of the task around it. */
    static boolean hasOpenHere() {
        Entry top = top();
        return top != null && top.open && top.opener == Worker.innermostHere();
    }

    /** Returns the regions that the calling code has open, except for those that hold no tasks now. */
    static List<Entry> holdingHere() {
        List<Entry> holding = new ArrayList<>();
        Node opener = Worker.innermostHere();
        for (Entry entry = top(); entry != null; entry = entry.below) {
            boolean isEmpty = entry.get() instanceof BulkQueue bulk && bulk.isEmpty();
            if (entry.open && entry.opener == opener && !isEmpty) {
                holding.add(entry);
            }
        }
        return holding;
    }

    /** Returns true if a queue is that of a region which the calling code has open, be it around a call of another runtime. */
    static boolean isOpenHere(TaskQueue queue) {
        Node opener = Worker.innermostHere();
        for (Entry entry = top(); entry != null; entry = entry.below) {
            if (entry.open && entry.opener == opener && entry.refersTo(queue)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Entry top() {
        Worker worker = Worker.inBody();
        return worker != null ? worker.openRegions() : HERE.get();
    }

    private static void setTop(@Nullable Entry top) {
        Worker worker = Worker.inBody();
        if (worker != null) {
            worker.setOpenRegions(top);
        } else if (top != null) {
            HERE.set(top);
        } else {
            HERE.remove();
        }
    }

    /** Unlinks the entries that are left, at the top of the list and below. Regions nest, so mostly that is the first one. */
    private static @Nullable Entry withoutLeft(@Nullable Entry top) {
        Entry first = top;
        while (first != null && first.isLeft()) {
            first = first.below;
        }
        for (Entry entry = first; entry != null; ) {
            Entry next = entry.below;
            if (next != null && next.isLeft()) {
                entry.below = next.below;
            } else {
                entry = next;
            }
        }
        return first;
    }

    private Entry add(TaskQueue queue) {
        for (Reference<?> dead; (dead = gone.poll()) != null; ) {
            entries.remove(dead);
        }
        Entry entry = new Entry(queue, this);
        entries.add(entry);
        entry.below = withoutLeft(top());
        setTop(entry);
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
