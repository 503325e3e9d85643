package dev.regions.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that bodies on one worker have spawned and that nobody has taken: a bounded deque whose newest end is the worker's,
 * and whose oldest end is anybody's.
 *
 * <p><b>Why.</b> A body that spawns a task and joins it touches nothing that other workers touch, and leaves nothing behind. In
 * the one queue for all, each such task would cost its producers' counter, and stay there, claimed, until somebody had polled
 * it. And with many processors, what tasks spawn does not all meet in one place.
 *
 * <p><b>Algorithm.</b> The deque of David Chase and Yossi Lev ("Dynamic Circular Work-Stealing Deque", SPAA 2005), with an array that
 * does not grow: who finds it full takes the tasks to the queue for all. The owner moves {@code tail}, and whoever takes the
 * oldest moves {@code head} by compare-and-set. Two things differ. Who runs a task is decided by the claim of its
 * status, as everywhere; so the deque must lose none, but need not keep two from taking the same. And the owner takes off
 * what it joins, which is not always the newest: then the task stays, spent, until what is above it has gone, or until
 * somebody has taken it and found it spent.
 *
 * <p><b>What a race would look like.</b> A taker has read {@code head}, {@code tail} and the task there, and is about to move
 * {@code head}. Meanwhile the owner moves {@code tail} back to that place, and puts another task there: the taker's
 * compare-and-set would succeed, and take a task away that it has not seen. So the owner, when it has moved {@code tail} back,
 * reads {@code head}, and only if that is still below leaves it at that: who takes the place later has read {@code tail} later,
 * too. Otherwise it moves {@code tail} up again, and the place is not used a second time. All four accesses are volatile.
 *
 * <p>A task in the array is visible to who has read a {@code tail} above it: that is written after it, and volatile. A slot is
 * set to null, for the collector, by who has moved {@code head} past it, unless the owner has used it again.
 */
final class WorkerDeque {
    /** How many tasks it holds. A power of two. */
    static final int CAPACITY = 128;

    private static final VarHandle HEAD;
    private static final VarHandle TAIL;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(WorkerDeque.class, "head", long.class);
            TAIL = lookup.findVarHandle(WorkerDeque.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final AtomicReferenceArray<@Nullable Node> slots = new AtomicReferenceArray<>(CAPACITY);
    private volatile long head;
    private volatile long tail;

    private static int slot(long index) {
        return (int) index & CAPACITY - 1;
    }

    // ---- The owner's end --------------------------------------------------------------------------------------------

    /** Adds the newest task; returns false if there is no room. Called by the owner, who then sees to a standby. */
    boolean push(Node node) {
        long end = (long) TAIL.get(this);
        if (end - head == CAPACITY) {
            return false;
        }
        slots.setPlain(slot(end), node);
        tail = end + 1;
        return true;
    }

    /** Claims a ready task for the owner, which calls this; takes it off if it is the newest. */
    boolean claim(Node node, int worker) {
        long last = (long) TAIL.get(this) - 1;
        if (last < 0 || slots.getPlain(slot(last)) != node) {
            return node.claim(worker);
        }
        tail = last;
        boolean claimed = node.claim(worker);
        long first = head;
        if (first < last) {
            slots.setPlain(slot(last), null);
            dropSpent(first, last);
        } else {
            head = last + 1; // as a taker would, who may have done so: there is nothing below
            slots.setPlain(slot(last), null);
            tail = last + 1;
        }
        return claimed;
    }

    /** Takes the newest off that somebody has claimed: the owner has joined them before those above them. */
    private void dropSpent(long first, long end) {
        long keep = end;
        while (keep > first && isSpent(slots.getPlain(slot(keep - 1)))) {
            keep--;
        }
        if (keep == end) {
            return;
        }
        if (keep == first) {
            head = end; // whoever takes one of these finds it spent
            forget(first, end);
            return;
        }
        tail = keep;
        if (head < keep) {
            forget(keep, end);
        } else {
            tail = end;
        }
    }

    private static boolean isSpent(@Nullable Node node) {
        return node == null || !node.isReady();
    }

    private void forget(long from, long to) {
        for (long i = from; i < to; i++) {
            slots.setPlain(slot(i), null);
        }
    }

    /** Takes all off. Called by the owner, when they are elsewhere. */
    void clear() {
        while (take() != null) {}
    }

    // ---- The other end ----------------------------------------------------------------------------------------------

    /** Takes the oldest task that nobody has claimed, null if there is none. */
    @Nullable
    Node take() {
        while (true) {
            long first = head;
            if (first >= tail) {
                return null;
            }
            Node node = slots.get(slot(first));
            if (HEAD.compareAndSet(this, first, first + 1) && node != null) {
                slots.compareAndSet(slot(first), node, null);
                if (node.isReady()) {
                    return node;
                }
            }
        }
    }

    /** Tells whether there is nothing to take. What there is may be spent. */
    boolean isEmpty() {
        return head >= tail;
    }

    /** Tells of what is there, roughly unless the owner calls this: oldest first. */
    void forEach(Consumer<Node> action) {
        long end = tail;
        for (long i = head; i < end; i++) {
            Node node = slots.get(slot(i));
            if (node != null) {
                action.accept(node);
            }
        }
    }
}
