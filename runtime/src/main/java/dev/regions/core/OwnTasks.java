package dev.regions.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that the bodies on one worker have spawned and that nobody has taken: a bounded deque whose newest end is the
 * worker's, for recursive spawn-and-join, and whose oldest end is anybody's.
 *
 * <p><b>Algorithm.</b> The deque of David Chase and Yossi Lev ("Dynamic Circular Work-Stealing Deque", SPAA 2005): the owner
 * moves {@code tail}, takers move {@code head} by compare-and-set, and the owner, having taken its newest back, looks whether
 * a taker is at the same one. What differs: who runs a task is decided by the claim of its status, as everywhere, so the
 * deque only has to lose none; that a task is taken twice does no harm. And the owner takes back what it joins, not what
 * is on top: the rest stays, claimed and so of no interest, until what is above it has gone.
 *
 * <p><b>Announced.</b> Nobody looks through the deques of all workers, for there is a worker for each task that blocks. A
 * worker with tasks of its own puts its deque on a list, once; who finds nothing else takes a deque off the list, a task
 * off the deque, and puts the deque back if there are more. A Dekker pair again:
 *
 * <pre>
 *   owner:  move the tail;            then read announced: if clear, set it and put the deque on the list
 *   taker:  clear announced;          then look at the deque: if not empty, set it and put the deque back
 * </pre>
 */
final class OwnTasks {
    private static final int INITIAL = 16;
    private static final int MOST = 128;

    private static final VarHandle HEAD;
    private static final VarHandle TAIL;
    private static final VarHandle ANNOUNCED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(OwnTasks.class, "head", long.class);
            TAIL = lookup.findVarHandle(OwnTasks.class, "tail", long.class);
            ANNOUNCED = lookup.findVarHandle(OwnTasks.class, "announced", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile AtomicReferenceArray<@Nullable Node> slots = new AtomicReferenceArray<>(INITIAL);
    private volatile long head;
    private volatile long tail;
    private volatile boolean announced;

    /** Owner only. */
    boolean push(Node node) {
        long end = (long) TAIL.get(this);
        AtomicReferenceArray<@Nullable Node> array = slots;
        if (end - (long) HEAD.getAcquire(this) >= array.length()) {
            if (array.length() == MOST) {
                return false;
            }
            array = grow(array, end);
        }
        array.setPlain((int) end & array.length() - 1, node);
        TAIL.setVolatile(this, end + 1);
        return true;
    }

    private AtomicReferenceArray<@Nullable Node> grow(AtomicReferenceArray<@Nullable Node> full, long end) {
        AtomicReferenceArray<@Nullable Node> larger = new AtomicReferenceArray<>(2 * full.length());
        for (long i = end - full.length(); i < end; i++) {
            larger.setPlain((int) i & larger.length() - 1, full.getPlain((int) i & full.length() - 1));
        }
        slots = larger;
        return larger;
    }

    /** Owner only: claims a task, and takes it off if it is the newest. */
    boolean claim(Node node, int worker) {
        long last = (long) TAIL.get(this) - 1;
        AtomicReferenceArray<@Nullable Node> array = slots;
        int index = (int) last & array.length() - 1;
        if (last < 0 || array.getPlain(index) != node) {
            return node.claim(worker);
        }
        TAIL.setRelease(this, last);
        boolean claimed = node.claim(worker);
        long first = (long) HEAD.getVolatile(this);
        if (first < last) {
            array.setPlain(index, null);
            trim(array, last);
        } else {
            HEAD.compareAndSet(this, last, last + 1);
            array.setPlain(index, null);
            TAIL.setVolatile(this, last + 1);
        }
        return claimed;
    }

    private void trim(AtomicReferenceArray<@Nullable Node> array, long end) {
        long last = end - 1;
        Node node = array.getPlain((int) last & array.length() - 1);
        if (node == null || node.isReady()) {
            return;
        }
        do {
            last--;
            node = last < 0 ? null : array.getPlain((int) last & array.length() - 1);
        } while (node != null && !node.isReady());
        long keep = last + 1;
        TAIL.setVolatile(this, keep);
        if ((long) HEAD.getVolatile(this) >= keep) {
            TAIL.setVolatile(this, end); // a taker is about here, or has been
        } else {
            for (long i = keep; i < end; i++) {
                array.setPlain((int) i & array.length() - 1, null);
            }
        }
    }

    @Nullable
    Node take() {
        while (true) {
            long first = head;
            if (first >= tail) {
                return null;
            }
            AtomicReferenceArray<@Nullable Node> array = slots;
            int index = (int) first & array.length() - 1;
            Node node = array.get(index);
            if (HEAD.compareAndSet(this, first, first + 1) && node != null) {
                array.compareAndSet(index, node, null);
                if (node.isReady()) {
                    return node;
                }
            }
        }
    }

    boolean isEmpty() {
        return head >= tail;
    }

    boolean isAnnounced() {
        return announced;
    }

    boolean announce() {
        return ANNOUNCED.compareAndSet(this, false, true);
    }

    void withdraw() {
        announced = false;
    }
}
