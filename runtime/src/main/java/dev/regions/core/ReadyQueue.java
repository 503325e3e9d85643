package dev.regions.core;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that are ready and that nobody runs yet: an unbounded lock-free FIFO queue for any number of producers and
 * consumers.
 *
 * <p><b>Algorithm.</b> {@code FAAArrayQueue} of Pedro Ramalhete and Andreia Correia ("FAAArrayQueue: MPMC lock-free queue
 * (part 4 of 4)", Concurrency Freaks, 2016), with the garbage collector in place of hazard pointers: a linked list of
 * segments, each an array in which producers and consumers draw indices by fetch-and-add. A producer puts its node at its
 * index by compare-and-set from null; a consumer takes what stands at its index. A consumer that comes before its producer
 * marks the slot taken, and both draw again. JCTools has no unbounded multi-consumer queue that does without
 * {@code Unsafe}; a {@code ConcurrentLinkedQueue} allocates a link per task, which this does per segment.
 *
 * <p><b>Memory ordering.</b> The slot is the hand-over: a volatile compare-and-set by the producer, a volatile read by the
 * consumer. Both sides of the indices are volatile read-modify-writes, so that a thread which has offered and then reads
 * some flag, and one that has set the flag and then finds this queue empty, cannot both miss the other; {@link Workers}
 * relies on that.
 */
final class ReadyQueue {
    private static final int SLOTS = 1024;
    private static final int SPINS_BEFORE_TAKING = 32;

    // Indices of the two counters of a segment, far enough apart from each other and from the array's header that
    // producers
    // and consumers do not share a cache line (64 bytes, fetched in pairs).
    private static final int OFFERED = 32;
    private static final int POLLED = 64;
    private static final int COUNTERS = 96;

    /** Stands in a slot whose consumer came too early. */
    private static final Object TAKEN = new Object();

    private static final class Segment extends AtomicReference<@Nullable Segment> {
        private static final long serialVersionUID = 1L;

        final transient AtomicReferenceArray<@Nullable Object> slots = new AtomicReferenceArray<>(SLOTS);
        final transient AtomicIntegerArray counters = new AtomicIntegerArray(COUNTERS);
    }

    private final AtomicReference<Segment> head;
    private final AtomicReference<Segment> tail;

    ReadyQueue() {
        Segment first = new Segment();
        head = new AtomicReference<>(first);
        tail = new AtomicReference<>(first);
    }

    /** Adds a node at the end. */
    void offer(Node node) {
        while (true) {
            Segment last = tail.get();
            int index = last.counters.getAndIncrement(OFFERED);
            if (index < SLOTS) {
                if (last.slots.compareAndSet(index, null, node)) {
                    return;
                }
            } else if (append(last, node)) {
                return;
            }
        }
    }

    /** Adds a segment that begins with the node; if another thread is faster, only helps that along. */
    private boolean append(Segment full, Node node) {
        Segment next = full.get();
        boolean mine = false;
        if (next == null) {
            Segment fresh = new Segment();
            fresh.slots.setPlain(0, node);
            fresh.counters.setPlain(OFFERED, 1);
            mine = full.compareAndSet(null, fresh);
            next = mine ? fresh : full.get();
        }
        tail.compareAndSet(full, next);
        return mine;
    }

    /** Takes the node at the front, null if there is none. */
    @Nullable
    Node poll() {
        while (true) {
            Segment first = head.get();
            if (first.counters.get(POLLED) >= first.counters.get(OFFERED) && first.get() == null) {
                return null;
            }
            int index = first.counters.getAndIncrement(POLLED);
            if (index < SLOTS) {
                Object taken = take(first, index);
                if (taken != null) {
                    return (Node) taken;
                }
            } else {
                Segment next = first.get();
                if (next == null) {
                    return null;
                }
                head.compareAndSet(first, next);
            }
        }
    }

    private static @Nullable Object take(Segment segment, int index) {
        for (int spins = SPINS_BEFORE_TAKING; spins > 0; spins--) {
            Object there = segment.slots.get(index);
            if (there != null) {
                segment.slots.setPlain(index, null); // for the collector: no producer comes to this index again
                return there;
            }
            Thread.onSpinWait();
        }
        return segment.slots.getAndSet(index, TAKEN);
    }

    /** Tells of what is in the queue, roughly: for people. */
    void forEach(Consumer<Node> action) {
        for (Segment segment = head.get(); segment != null; segment = segment.get()) {
            for (int i = 0; i < SLOTS; i++) {
                if (segment.slots.get(i) instanceof Node node) {
                    action.accept(node);
                }
            }
        }
    }

    /** Tells whether there is nothing to poll. May say no where the last offer is under way. */
    boolean isEmpty() {
        Segment first = head.get();
        return first.counters.get(POLLED) >= Math.min(first.counters.get(OFFERED), SLOTS) && first.get() == null;
    }
}
