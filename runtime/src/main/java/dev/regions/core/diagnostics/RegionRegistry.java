package dev.regions.core.diagnostics;

import dev.regions.core.graph.Node;
import dev.regions.core.schedule.DagCore;
import dev.regions.core.schedule.Worker;
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
 * The queues of those open regions of a core that may hold tasks. No launched task leads to held ones; a dump finds
 * them here. The registry also shows which code must end which region before the tasks that it holds can start: a
 * search for deadlocks asks the worker for the regions that its tasks have open, and a thread that is about to wait
 * asks for its own.
 *
 * <p>A region that holds no tasks costs one call of its queue. A region that holds tasks is entered when it opens, and
 * removed when its queue was closed or abandoned, each a step in a concurrent map. An entry stands for the region and
 * not for its queue, because a queue may be open twice, or be equal to another. It does not keep the queue reachable: a
 * scope that is never closed goes when its thread does, and so does an entry with a removal that was cut short by an
 * error of the JVM.
 *
 * <p>Thread-safe.
 */
public final class RegionRegistry {
    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<TaskQueue> gone = new ReferenceQueue<>();

    /**
     * The open regions of a thread that is no worker, or runs no task, the last one first; a worker has its own. A
     * thread adds and removes the entries of its own regions; others read those of workers.
     */
    private static final ThreadLocal<@Nullable Entry> HERE = new ThreadLocal<>();

    /** An open region. */
    public static final class Entry extends WeakReference<TaskQueue> {
        private final RegionRegistry in;
        /** The task that has it open in its body, null if it is open in no task. */
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

        /**
         * Returns true if the region can no longer be ended: the removal of its entry was cut short, or its scope was
         * left.
         */
        private boolean isLeft() {
            return !open || opener != null && opener.isCompleted() || refersTo(null);
        }
    }

    /**
     * Registers a region that may hold tasks. Called when a region is opened. If a user's queue throws when it is
     * asked, or memory runs out, dumps are incomplete; that is no reason to fail.
     *
     * @return the argument for {@link #leave}; null if the region holds nothing
     */
    public static @Nullable Entry enter(TaskQueue queue) {
        try {
            DagCore core = queue.holdsUntilClosed() ? DagCore.here() : null;
            return core == null ? null : Diagnostics.of(core).openRegions().add(queue);
        } catch (Throwable wrong) {
            return null;
        }
    }

    /** Removes a region; more than once does no harm. Called when its queue was closed or abandoned. */
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

    /**
     * Returns true if the calling code has a region open that may hold tasks. For a task in place, regions of the task
     * around it do not count.
     */
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

    /**
     * Returns true if a queue belongs to a region that the calling code has open, even around a call of another
     * runtime.
     */
    static boolean isOpenHere(TaskQueue queue) {
        Node opener = Worker.innermostHere();
        for (Entry entry = top(); entry != null; entry = entry.below) {
            if (entry.open && entry.opener == opener && entry.refersTo(queue)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the innermost region that the body on a worker has open, null if there is none. */
    static @Nullable Entry openOn(Worker worker) {
        return (Entry) worker.openRegions();
    }

    private static @Nullable Entry top() {
        Worker worker = Worker.ofBody();
        return worker != null ? openOn(worker) : HERE.get();
    }

    private static void setTop(@Nullable Entry top) {
        Worker worker = Worker.ofBody();
        if (worker != null) {
            worker.setOpenRegions(top);
        } else if (top != null) {
            HERE.set(top);
        } else {
            HERE.remove();
        }
    }

    /**
     * Unlinks the entries of regions that were left, anywhere in the list. Regions nest, so mostly that is the first
     * one.
     */
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

    /** Returns the number of regions. A snapshot. */
    int count() {
        return entries.size();
    }

    /** Visits the tasks that these regions hold. */
    void forEachHeld(Consumer<? super PendingTask> action) {
        for (Entry entry : entries) {
            TaskQueue queue = entry.get();
            if (queue != null) {
                ask(queue, action);
            }
        }
    }

    /** Visits the tasks that a queue holds; if the queue throws, those visited until then must do. */
    static void ask(TaskQueue queue, Consumer<? super PendingTask> action) {
        try {
            queue.forEachHeld(action);
        } catch (Throwable wrong) {
            // a user's queue: a dump that lacks its tasks is better than none
        }
    }
}
