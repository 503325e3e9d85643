package dev.regions.core.schedule;

import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskAttributes;
import dev.regions.core.util.ClassPreloader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ready tasks that no worker runs yet: an unbounded lock-free FIFO queue for any number of producers and consumers.
 *
 * <p><b>Algorithm.</b> A linked list of segments, each an array with two counters. Producers draw an index by
 * fetch-and-add and put their node there by compare-and-set from null, as in the {@code FAAArrayQueue} of Pedro
 * Ramalhete and Andreia Correia ("FAAArrayQueue: MPMC lock-free queue (part 4 of 4)", Concurrency Freaks, 2016), with
 * the garbage collector in place of hazard pointers. Consumers differ: they advance the other counter by
 * compare-and-set, by several indices at a time, and never past an index that was not drawn. A consumer that comes
 * before its producer, which has drawn the index and not filled it yet, marks the slot taken, and both try again.
 * JCTools has no unbounded multi-consumer queue that does without {@code Unsafe}; a {@code ConcurrentLinkedQueue}
 * allocates a link per task, this queue a segment for many.
 *
 * <p><b>Reserved, not removed.</b> The nodes past which a consumer has moved the counter are its own to take, in order:
 * a {@link Reservation}. But they stay in their slots until they are taken, and one of them may block the consumer
 * before it comes to the next. Therefore a thread that has nothing else to do may {@linkplain #stealReserved steal}
 * nodes that others have reserved. No race has to be decided for that: a node is run by the thread that claims it, by a
 * compare-and-set of the node's own status, and a reserved slot only ever goes from null to a node and back to null.
 * Therefore reservations cost their owner no atomic operation per node, and no thread needs to know which consumer owns
 * them.
 *
 * <p><b>Unlinking.</b> A used-up segment is linked to itself. References to it, from a consumer that has reserved
 * nothing since and runs a long task, or from the collector's old generation, would otherwise keep all later segments.
 * A thread that walks along the segments and comes to such a one begins again at the oldest. For the counters it is a
 * full segment like any other: neither {@code head} nor {@code tail} is there by then, because the next one is full,
 * too, and was filled and reserved by way of them. A late thread that wants to advance one of them from there fails,
 * and reads it again.
 *
 * <p>A node with {@link TaskAttributes} may be ready more than once, and ready without being allowed to run, so being
 * ready is no licence to claim it. It is always reserved by itself, taken at once, and never stolen.
 *
 * <p><b>Sweeping.</b> A ready task that is joined is claimed without being polled, and stays in its slot, with its
 * result. Where bodies that spawn and join keep all carriers, no worker polls, and such tasks would pile up. Therefore
 * each worker counts the tasks that it has claimed in this way, and for every few of them {@linkplain #sweep sweeps}
 * twice as many slots from the front: it drops the claimed ones, and offers the others again. If most of the queue is
 * claimed, it shrinks. Hence there are never many more claimed tasks than ready ones, at a constant cost for each. The
 * ready ones keep their order, but tasks that are offered meanwhile may overtake them. A node is offered before its
 * slot is emptied, so that it is not lost if memory runs out in between; the two entries do no harm, because the claim
 * decides.
 *
 * <p><b>Why.</b> Moving a cache line between two processors takes longer than a task. A consumer that took nodes one by
 * one would fetch the line of the producers' counter for each, and the producer would fetch it back. A reservation pays
 * for that once. Because it is made by reading several nodes with no atomic operation in between, the processor fetches
 * them side by side. A consumer that is faster than the producers is worse off: it is right behind them, and the two
 * take each other's lines away with every task, until both are slower than one alone. Therefore a reservation never
 * takes more than half of the nodes there, and a consumer of small tasks that finds only few first backs off for a
 * moment, and again as long as the producers use that to get further away: a processor should not read ahead into lines
 * that another one is writing. It also writes to the nodes that it is about to reserve: all lines are then asked for at
 * once, and none is asked for twice, once to read and once to write. The benchmarks {@code IndependentTasks} and
 * {@code IndependentTasksFromTask} show it: that consumers keep their distance made 21.7 and 23.6 ns of 26.8 and 26.6
 * (docs/internals/before-and-after.md).
 *
 * <p><b>Memory ordering.</b> The slot is the hand-over: a volatile compare-and-set by the producer, a volatile read by
 * the consumer. Both sides of the counters are volatile read-modify-writes. Therefore a thread that has offered and
 * then reads some flag, and one that has set the flag and then finds this queue empty, cannot both miss the other;
 * {@link WorkerPool} relies on that. It holds for reservations, too: a reserved node was in its slot before, and a
 * thread that finds the queue empty because of the reservation finds the node there, unless it is taken.
 */
public final class ReadyQueue {
    // Figures are nanoseconds per task: docs/internals/before-and-after.md, "Constants".

    /** Number of slots in a segment. With 128, IndependentTasksFromTask took 31.1 instead of 18.4. */
    private static final int SLOTS = 1024;
    /** Spins of a back-off. With 4, IndependentTasksFromTask took 20.0 instead of 18.4, within the noise. */
    private static final int SPINS_OF_PATIENCE = 32;
    /**
     * Number of nodes that a consumer of several prefers to keep between itself and the producers: some pages of
     * memory. With none, IndependentTasksFromTask took 22.8 instead of 18.4, with 32 26.7.
     */
    private static final int DISTANCE = 256;
    /**
     * It waits for that as long as this many nodes arrive with each back-off: from producers that do nothing else. With
     * 1, throughput was the same; but the tasks of a slow producer would wait until there are many.
     */
    private static final int GROWTH = 16;

    // Indices of the two counters of a segment, far enough apart from each other and from the array's header that
    // producers and consumers do not share a cache line (64 bytes, fetched in pairs).
    private static final int OFFERED = 32;
    private static final int POLLED = 64;
    private static final int COUNTERS = 96;

    /** Marks a slot to which the consumer came before the producer. */
    private static final Object TAKEN = new Object();

    // Plain arrays and fields, with handles for the atomic steps. Such a step waits for all reads before it; each
    // object between the queue and the word to be written therefore costs its producers the time of a read. With the
    // same in the deques and the counter, IndependentTasks took 20.7 ns for a task instead of 24.2
    // (docs/internals/before-and-after.md).
    private static final VarHandle HEAD;
    private static final VarHandle TAIL;
    private static final VarHandle OLDEST;
    private static final VarHandle NEXT;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);
    private static final VarHandle COUNTER = MethodHandles.arrayElementVarHandle(int[].class);

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(ReadyQueue.class, "head", Segment.class);
            TAIL = lookup.findVarHandle(ReadyQueue.class, "tail", Segment.class);
            OLDEST = lookup.findVarHandle(ReadyQueue.class, "oldest", Segment.class);
            NEXT = lookup.findVarHandle(Segment.class, "next", Segment.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        linkAccesses();
    }

    /** Links the accesses of this class by making each kind once, on null: see {@link ClassPreloader}. */
    private static void linkAccesses() {
        for (int access = 0; access < 4; access++) {
            try {
                switch (access) {
                    case 0 -> HEAD.compareAndSet((ReadyQueue) null, (Segment) null, (Segment) null);
                    case 1 -> NEXT.compareAndSet((Segment) null, null, (Segment) null);
                    case 2 -> SLOT.compareAndSet((Object[]) null, 0, null, (Node) null);
                    case 3 -> {
                        int unused = (int) COUNTER.getAndAdd((int[]) null, 0, 0);
                    }
                    default -> throw new AssertionError(access);
                }
            } catch (NullPointerException linked) {
                // expected
            }
        }
    }

    private static final class Segment {
        final @Nullable Object[] slots = new Object[SLOTS];
        final int[] counters = new int[COUNTERS];
        volatile @Nullable Segment next;

        static {
            linkAccesses();
        }

        /** Links the accesses of this class by making each kind once, on null: see {@link ClassPreloader}. */
        private static void linkAccesses() {
            for (int access = 0; access < 4; access++) {
                try {
                    switch (access) {
                        case 0 -> COUNTER.compareAndSet((int[]) null, 0, 0, 0);
                        case 1 -> {
                            int unused = (int) COUNTER.getVolatile((int[]) null, 0);
                        }
                        case 2 -> {
                            Object unused = SLOT.getVolatile((Object[]) null, 0);
                        }
                        case 3 -> {
                            Node unused = (Node) SLOT.getAndSet((Object[]) null, 0, (Object) null);
                        }
                        default -> throw new AssertionError(access);
                    }
                } catch (NullPointerException linked) {
                    // expected
                }
            }
        }

        @Nullable
        Object slot(int index) {
            return SLOT.getVolatile(slots, index);
        }

        int offered() {
            return Math.min((int) COUNTER.getVolatile(counters, OFFERED), SLOTS);
        }

        int polled() {
            return (int) COUNTER.getVolatile(counters, POLLED);
        }

        boolean movePolled(int from, int by) {
            return COUNTER.compareAndSet(counters, POLLED, from, from + by);
        }

        /**
         * Reads and marks the nodes from an index on.
         *
         * @return how many slots a consumer may reserve together; 0 if the first is not filled yet
         */
        int probe(int from, int most) {
            for (int i = 0; i < most; i++) {
                if (!(slot(from + i) instanceof Node there)) {
                    return i; // not filled yet; or given up, or emptied, by an earlier consumer
                }
                if ((there.flags & Node.ATTRIBUTES) != 0) {
                    return Math.max(i, 1);
                }
                there.prefetchMark = 1;
            }
            return most;
        }

        /** Takes the node at an index that the caller has reserved; null if it was stolen or dropped. */
        @Nullable
        Node take(int index) {
            if (slot(index) instanceof Node node) {
                slots[index] = null; // for the collector: no producer comes to this index again
                return node;
            }
            return null;
        }

        /** Empties reserved slots with nodes that were claimed elsewhere. */
        void dropClaimed() {
            int reserved = polled();
            for (int i = 0; i < reserved; i++) {
                if (slot(i) instanceof Node node && !node.isReady() && (node.flags & Node.ATTRIBUTES) == 0) {
                    slots[i] = null;
                }
            }
        }

        /** As {@link #take}, where the producer may not have come yet; if so, it must offer elsewhere. */
        @Nullable
        Node takeOrMark(int index) {
            return (Node) SLOT.getAndSet(slots, index, TAKEN);
        }
    }

    /** Slots that a consumer has reserved. Used by that consumer alone. */
    static final class Reservation {
        private @Nullable Segment segment;
        private int next;
        private int end;

        private void set(Segment reserved, int from, int count) {
            if (segment != reserved) { // the write of a reference has a cost, for the collector
                segment = reserved;
            }
            next = from;
            end = from + count;
        }

        boolean isEmpty() {
            return next == end;
        }

        /** Takes the next node, null if there is none left. */
        @Nullable
        Node take() {
            Segment reserved = segment;
            while (next < end && reserved != null) {
                Node node = reserved.take(next++);
                if (node != null) {
                    return node;
                }
            }
            return null;
        }
    }

    private volatile Segment head;
    private volatile Segment tail;
    /** The first segment that may hold reserved nodes that are not taken. */
    private volatile Segment oldest;

    ReadyQueue() {
        Segment first = new Segment();
        head = first;
        tail = first;
        oldest = first;
    }

    // ---- Producers --------------------------------------------------------------------------------------------------

    /** Adds a node at the end. */
    void offer(Node node) {
        while (true) {
            Segment last = tail;
            int index = (int) COUNTER.getAndAdd(last.counters, OFFERED, 1);
            if (index < SLOTS) {
                if (SLOT.compareAndSet(last.slots, index, null, node)) {
                    return;
                }
            } else if (append(last, node)) {
                return;
            }
        }
    }

    /** Appends a segment that begins with the node; if another thread is faster, only advances the tail. */
    private boolean append(Segment full, Node node) {
        Segment next = full.next;
        boolean mine = false;
        if (next == null) {
            Segment fresh = new Segment();
            fresh.slots[0] = node;
            fresh.counters[OFFERED] = 1;
            mine = NEXT.compareAndSet(full, null, fresh);
            next = mine ? fresh : full.next;
        }
        TAIL.compareAndSet(this, full, next);
        return mine;
    }

    // ---- Consumers --------------------------------------------------------------------------------------------------

    /**
     * Takes the node at the front.
     *
     * @param own the caller's reservation, which is used first
     * @param most how many nodes to reserve if it is used up. If this is more than one, and there are few nodes, the
     *     caller backs off for a moment, and again while they become many
     * @return null if there is none
     */
    @Nullable
    Node poll(Reservation own, int most) {
        Node node = own.take();
        int before = most > 1 ? -GROWTH : SLOTS; // for one node, no back-off
        while (node == null) {
            Segment first = head;
            int from = first.polled();
            int available = first.offered() - from;
            boolean isLast = first.next == null;
            if (isLast && available < DISTANCE && available - before >= GROWTH && from + available < SLOTS) {
                before = available;
                backOff();
            } else if (available > 0) {
                int count = first.probe(from, Math.min(isLast ? (available + 1) / 2 : available, most));
                if (first.movePolled(from, Math.max(count, 1))) {
                    if (count == 0) {
                        node = first.takeOrMark(from);
                    } else {
                        own.set(first, from, count);
                        node = own.take();
                    }
                }
            } else {
                Segment next = first.next;
                if (next == null) {
                    return null;
                }
                if (from == SLOTS && HEAD.compareAndSet(this, first, next)) {
                    node = reclaimOldSegment();
                }
            }
        }
        return node;
    }

    /** Offers the unrun nodes of a reservation again. If memory runs out meanwhile, others may steal the rest. */
    void takeBack(Reservation reserved) {
        Segment segment = reserved.segment;
        for (; segment != null && !reserved.isEmpty(); reserved.next++) {
            if (segment.slot(reserved.next) instanceof Node node) {
                if (isLeft(node)) {
                    offer(node);
                }
                segment.slots[reserved.next] = null;
            }
        }
    }

    /**
     * Drops nodes at the front that were claimed without being polled, and nodes in reservations that were claimed.
     *
     * @param most how many slots to visit; those that hold a ready node count, too, and their nodes go to the end
     */
    void sweep(int most) {
        for (int left = most; left > 0; left--) {
            Segment first = head;
            int from = first.polled();
            if (from < first.offered()) {
                if (!(first.slot(from) instanceof Node node) || !sweep(first, from, node)) {
                    break; // its producer is on the way; or another thread polls, and thereby helps with this
                }
            } else if (from < SLOTS || first.next == null) {
                break;
            } else if (HEAD.compareAndSet(this, first, first.next)) {
                Node overdue = reclaimOldSegment();
                if (overdue != null) {
                    offerAnyway(overdue);
                }
            }
        }
        for (Segment segment = oldest; segment != null; segment = after(segment)) {
            segment.dropClaimed();
        }
    }

    private boolean sweep(Segment first, int from, Node node) {
        boolean withTerms = (node.flags & Node.ATTRIBUTES) != 0; // such a node must not be here twice
        if (!withTerms && node.isReady()) {
            offer(node);
        }
        if (!first.movePolled(from, 1)) {
            return false;
        }
        first.slots[from] = null;
        if (withTerms) {
            offerAnyway(node);
        }
        return true;
    }

    /** Offers a node that is in no other place, and must therefore not be lost if there is no memory. */
    private void offerAnyway(Node node) {
        while (true) {
            try {
                offer(node);
                return;
            } catch (OutOfMemoryError none) {
                Thread.yield();
            }
        }
    }

    private static void backOff() {
        for (int spins = SPINS_OF_PATIENCE; spins > 0; spins--) {
            Thread.onSpinWait();
        }
    }

    /** As {@link #poll(Reservation, int)}, one node at a time. */
    @Nullable
    Node poll() {
        return poll(new Reservation(), 1);
    }

    /** Visits the nodes that are in the queue or reserved. Weakly consistent, for diagnostics. */
    void forEach(Consumer<Node> action) {
        for (Segment segment = oldest; segment != null; segment = after(segment)) {
            for (int i = 0; i < SLOTS; i++) {
                if (segment.slot(i) instanceof Node node) {
                    action.accept(node);
                }
            }
        }
    }

    /** Returns true if there is nothing to poll. May return false while the last offer is under way. */
    boolean isEmpty() {
        Segment first = head;
        return first.polled() >= first.offered() && first.next == null;
    }

    /** Returns true if the next node to be polled is there, and not only on its way. */
    boolean isFilled() {
        Segment first = head;
        int next = first.polled();
        return next < SLOTS ? first.slot(next) instanceof Node : first.next != null;
    }

    // ---- Stealing reserved nodes ------------------------------------------------------------------------------------

    /** Steals a reserved node that its consumer has not come to; null if there is none. */
    @Nullable
    Node stealReserved() {
        Node left = null;
        for (Segment segment = oldest; segment != null && left == null; segment = after(segment)) {
            left = stealReserved(segment);
        }
        return left;
    }

    private static @Nullable Node stealReserved(Segment segment) {
        Node node = null;
        for (int index; node == null && (index = firstLeft(segment)) >= 0; ) {
            node = segment.take(index); // null if its owner has come to it meanwhile
        }
        return node;
    }

    /** Returns true if there is something to steal. */
    boolean hasReserved() {
        for (Segment segment = oldest; segment != null; segment = after(segment)) {
            if (firstLeft(segment) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Returns the next segment, null if there is none; after a segment unlinked meanwhile, the oldest. */
    private @Nullable Segment after(Segment segment) {
        Segment next = segment.next;
        return next == segment ? oldest : next;
    }

    /** Returns the index of the first node that is reserved and not taken; -1 if there is none. */
    private static int firstLeft(Segment segment) {
        int reserved = segment.polled();
        for (int i = 0; i < reserved; i++) {
            if (segment.slot(i) instanceof Node node && isLeft(node)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isLeft(Node node) {
        return node.isReady() && (node.flags & Node.ATTRIBUTES) == 0;
    }

    /**
     * Unlinks used-up segments. If there is one that is not used up, though all of the next is reserved, steals from
     * it: a node must not wait for one that blocks just because there is always other work.
     */
    private @Nullable Node reclaimOldSegment() {
        while (true) {
            Segment first = oldest;
            Segment next = first.next;
            if (next == null || next.polled() < SLOTS) {
                return null;
            }
            Node left = stealReserved(first);
            if (left != null) {
                return left;
            }
            if (OLDEST.compareAndSet(this, first, next)) {
                first.next = first;
            }
        }
    }
}
