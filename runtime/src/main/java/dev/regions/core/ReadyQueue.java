package dev.regions.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that are ready and that nobody runs yet: an unbounded lock-free FIFO queue for any number of producers and
 * consumers.
 *
 * <p><b>Algorithm.</b> A linked list of segments, each an array with two counters. Producers draw an index by fetch-and-add
 * and put their node there by compare-and-set from null, as in the {@code FAAArrayQueue} of Pedro Ramalhete and Andreia
 * Correia ("FAAArrayQueue: MPMC lock-free queue (part 4 of 4)", Concurrency Freaks, 2016), with the garbage collector in
 * place of hazard pointers. Consumers differ: they move the other counter on by compare-and-set, by several indices at a
 * time, and never past an index that was not drawn. A consumer that comes before its producer, which has drawn the index
 * and not filled it yet, marks the slot taken, and both try again. JCTools has no unbounded multi-consumer queue that does
 * without {@code Unsafe}; a {@code ConcurrentLinkedQueue} allocates a link per task, which this does per segment.
 *
 * <p><b>Reserved, not removed.</b> What a consumer has moved the counter past is its own to take, in order: a {@link
 * Reservation}. But the nodes stay in their slots until they are taken, and the consumer may be held up by one of them
 * before it comes to the next. So anybody who has nothing else to do may {@linkplain #stealReserved take over} nodes that others
 * have reserved. Nobody loses a race for that here: a node is run by whoever claims it, by a compare-and-set of its own
 * status, and a slot only ever goes from null to a node and back to null. That is why reservations cost their owner no atomic
 * operation per node, and why no one needs to know whose they are.
 *
 * <p><b>Letting go.</b> A segment that is used up is linked to itself. What still refers to it, be it a consumer that has not
 * reserved anything since and runs a long task, or the collector's old generation, would otherwise keep all segments that come
 * after it. Whoever walks along the segments and comes to such a one begins again at the oldest. For the counters it is as any
 * other that is full: by then neither {@code head} nor {@code tail} stands there, for the next one is full, too, and was filled
 * and reserved by way of them; so who is late, and wants to move one of them on from there, fails and looks again.
 *
 * <p>A node with {@link TaskAttributes} may be ready more than once, and ready without being allowed to run, so being ready is no
 * licence to claim it. It is always reserved by itself, taken at once, and never taken over.
 *
 * <p><b>Sweeping.</b> A task that is joined where it is ready is claimed without being polled, and stays in its slot, with its
 * result. Where bodies that spawn and join keep all carriers, no worker polls, and such tasks would pile up. So each worker counts
 * the tasks that it has claimed so, and for every few of them {@linkplain #sweep sweeps} twice as many slots from the front: it drops
 * the claimed ones, and offers the others again. If most of the queue is claimed, it shrinks; so there are never many more claimed
 * tasks than ready ones, at a constant cost for each. The ready ones keep their order, but tasks that are offered meanwhile may
 * go past them. A node is offered before its slot is given up, so that it is not lost if memory gives out in between; the two
 * entries do no harm, because the claim decides.
 *
 * <p><b>Why.</b> Between two processors, a cache line takes longer than a task. A consumer that took nodes one by one would
 * fetch the line of the producers' counter for each, and the producer would fetch it back. A reservation pays for that once;
 * and because it is made by looking at several nodes with no atomic operation in between, the processor fetches them side
 * by side. A consumer that is faster than the producers is worse off: it follows at their heels, and the two take each other's
 * lines away with every task, until both are slower than one alone. So a reservation never takes more than half of what is
 * there, and a consumer of small tasks that finds only few lets the producers alone for a moment first, and again as long as
 * they use that to get further away: what a processor reads ahead should not be what another one is writing. It
 * writes to what it is about to reserve, too: so all lines are asked for at once, and none is asked for
 * twice, once to read and once to write. The benchmarks {@code IndependentTasks} and {@code IndependentTasksFromTask} show it:
 * that consumers keep their distance made 21.7 and 23.6 ns of 26.8 and 26.6 (docs/internals/before-and-after.md).
 *
 * <p><b>Memory ordering.</b> The slot is the hand-over: a volatile compare-and-set by the producer, a volatile read by the
 * consumer. Both sides of the counters are volatile read-modify-writes, so that a thread which has offered and then reads
 * some flag, and one that has set the flag and then finds this queue empty, cannot both miss the other; {@link WorkerPool}
 * relies on that. It holds for reservations, too: what is reserved was in its slot before, and who finds the queue empty
 * because of the reservation finds it there, unless it is taken.
 */
final class ReadyQueue {
    // Figures are nanoseconds for a task: docs/internals/before-and-after.md, "Constants".

    /** In a segment. With 128, IndependentTasksFromTask took 31.1 instead of 18.4. */
    private static final int SLOTS = 1024;
    /** How long a moment of patience is. With 4, IndependentTasksFromTask took 20.0 instead of 18.4, within the noise. */
    private static final int SPINS_OF_PATIENCE = 32;
    /**
     * How many nodes a consumer of several would rather have between itself and the producers: some pages of memory. With
     * none, IndependentTasksFromTask took 22.8 instead of 18.4, with 32 26.7.
     */
    private static final int DISTANCE = 256;
    /**
     * It waits for that as long as so many come with each moment of patience: producers that do nothing else. With 1, throughput
     * was the same; but the tasks of a slow producer would wait until there are many.
     */
    private static final int GROWTH = 16;

    // Indices of the two counters of a segment, far enough apart from each other and from the array's header that
    // producers and consumers do not share a cache line (64 bytes, prefetchMark in pairs).
    private static final int OFFERED = 32;
    private static final int POLLED = 64;
    private static final int COUNTERS = 96;

    /** Stands in a slot whose consumer came too early. */
    private static final Object TAKEN = new Object();

    // Plain arrays and fields, with handles for the atomic steps: such a step waits for all reads before it, so each
    // object between the queue and the word to be written costs its producers the time of a read. With the same in
    // the deques and the counter, IndependentTasks took 20.7 ns for a task instead of 24.2
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

    /** Makes each kind of access of this class once, to nothing: see {@link ClassPreloader}. */
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
                // as it should be
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

        /** Makes each kind of access of this class once, to nothing: see {@link ClassPreloader}. */
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
                    // as it should be
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
         * Looks at what stands from an index on.
         *
         * @return how many slots a consumer may reserve together; 0 if the first is not filled yet
         */
        int probe(int from, int most) {
            for (int i = 0; i < most; i++) {
                if (!(slot(from + i) instanceof Node there)) {
                    return i; // not filled yet; or given up, by a consumer that has come before this one
                }
                if ((there.flags & Node.TERMS) != 0) {
                    return Math.max(i, 1);
                }
                there.prefetchMark = 1;
            }
            return most;
        }

        /** Takes what stands at an index that the caller has reserved; null if that has not been filled, or taken over. */
        @Nullable
        Node take(int index) {
            if (slot(index) instanceof Node node) {
                slots[index] = null; // for the collector: no producer comes to this index again
                return node;
            }
            return null;
        }

        /** Empties reserved slots whose nodes were claimed elsewhere. */
        void dropClaimed() {
            int reserved = polled();
            for (int i = 0; i < reserved; i++) {
                if (slot(i) instanceof Node node && !node.isReady() && (node.flags & Node.TERMS) == 0) {
                    slots[i] = null;
                }
            }
        }

        /** As {@link #take}, where the producer may not have come yet; it need not come any more then. */
        @Nullable
        Node takeOrMark(int index) {
            return (Node) SLOT.getAndSet(slots, index, TAKEN);
        }
    }

    /** What a consumer has reserved. Used by that consumer alone. */
    static final class Reservation {
        private @Nullable Segment segment;
        private int next;
        private int end;

        private void set(Segment reserved, int from, int count) {
            if (segment != reserved) { // a write of a reference costs, for the collector
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
    /** The first segment that may hold what was reserved and not taken. */
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

    /** Adds a segment that begins with the node; if another thread is faster, only helps that along. */
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
     * @param own what the caller has reserved, which comes first
     * @param most how many nodes to reserve if it is used up. If it is more than one, and there are few, the caller waits
     *     for a moment, and again while they become many
     * @return null if there is none
     */
    @Nullable
    Node poll(Reservation own, int most) {
        Node node = own.take();
        int before = most > 1 ? -GROWTH : SLOTS; // no patience for one
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

    /** Offers again what a consumer has reserved and will not come to. If memory gives out meanwhile, others may take it over. */
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
     * Drops nodes at the front that were claimed without being polled, and those that were claimed in reservations.
     *
     * @param most how many slots to look at; those that hold a ready node count, too, and their nodes go to the end
     */
    void sweep(int most) {
        for (int left = most; left > 0; left--) {
            Segment first = head;
            int from = first.polled();
            if (from < first.offered()) {
                if (!(first.slot(from) instanceof Node node) || !sweep(first, from, node)) {
                    break; // its producer is on the way; or another thread polls, and so helps with this
                }
            } else if (from < SLOTS || first.next == null) {
                break;
            } else if (HEAD.compareAndSet(this, first, first.next)) {
                Node reclaimOldSegment = reclaimOldSegment();
                if (reclaimOldSegment != null) {
                    offerAnyway(reclaimOldSegment);
                }
            }
        }
        for (Segment segment = oldest; segment != null; segment = after(segment)) {
            segment.dropClaimed();
        }
    }

    private boolean sweep(Segment first, int from, Node node) {
        boolean withTerms = (node.flags & Node.TERMS) != 0; // such a node must not be here twice
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

    /** Offers a node that is nowhere else: it must not be lost if there is no memory. */
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

    /** Tells of what is in the queue, or reserved, roughly: for people. */
    void forEach(Consumer<Node> action) {
        for (Segment segment = oldest; segment != null; segment = after(segment)) {
            for (int i = 0; i < SLOTS; i++) {
                if (segment.slot(i) instanceof Node node) {
                    action.accept(node);
                }
            }
        }
    }

    /** Tells whether there is nothing to poll. May say no where the last offer is under way. */
    boolean isEmpty() {
        Segment first = head;
        return first.polled() >= first.offered() && first.next == null;
    }

    /** Tells whether what is to be polled next is there, and not only on its way. */
    boolean isFilled() {
        Segment first = head;
        int next = first.polled();
        return next < SLOTS ? first.slot(next) instanceof Node : first.next != null;
    }

    // ---- What others have reserved ----------------------------------------------------------------------------------

    /** Takes a node that is reserved by somebody who has not come to it; null if there is none. */
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
            node = segment.take(index); // unless its owner has come to it meanwhile
        }
        return node;
    }

    /** Tells whether there is something to take over. */
    boolean hasReserved() {
        for (Segment segment = oldest; segment != null; segment = after(segment)) {
            if (firstLeft(segment) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Returns the next segment, null if there is none; the oldest one after one that was let go of meanwhile. */
    private @Nullable Segment after(Segment segment) {
        Segment next = segment.next;
        return next == segment ? oldest : next;
    }

    /** Returns where the first node stands that is reserved and not taken; -1 if there is none. */
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
        return node.isReady() && (node.flags & Node.TERMS) == 0;
    }

    /**
     * Lets go of segments that are used up. If there is one that is not, though all of the next is reserved, takes over what
     * is left of it: a node must not wait for one that blocks just because there is always other work.
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
