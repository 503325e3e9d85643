package dev.regions.core;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The deques of those workers whose tasks have spawned some, where other workers find them.
 *
 * <p>Only so many, for workers without work look at all of them, and there may be a worker for each of a million tasks that
 * block. A worker that finds no place does without a deque. The lowest places are taken first, and nobody looks above the
 * highest that was ever taken.
 *
 * <p>Thread-safe, without locks. A deque is entered before its first task is pushed, so who has seen the one sees the other.
 */
final class WorkerDeques {
    /** How many workers may have one at the same time. */
    static final int PLACES = 64;

    private final AtomicReferenceArray<@Nullable WorkerDeque> places = new AtomicReferenceArray<>(PLACES);
    private final AtomicInteger highest = new AtomicInteger();

    /** Enters a new deque; returns its place, -1 if there is none left. */
    int enter(WorkerDeque deque) {
        for (int place = 0; place < PLACES; place++) {
            if (places.get(place) == null && places.compareAndSet(place, null, deque)) {
                highest.accumulateAndGet(place + 1, Math::max);
                return place;
            }
        }
        return -1;
    }

    /** Takes a deque off the list, which the owner has emptied. */
    void leave(int place) {
        places.set(place, null);
    }

    /**
     * Takes the oldest task of some deque, null if all are empty.
     *
     * @param turn differs from call to call, so that not all begin with the same deque
     */
    @Nullable
    Node take(int turn) {
        int count = highest.get();
        Node node = null;
        for (int i = 0; i < count && node == null; i++) {
            WorkerDeque deque = places.get(Math.floorMod(turn + i, count));
            node = deque == null ? null : deque.take();
        }
        return node;
    }

    /** Tells whether there is nothing to take. */
    boolean isEmpty() {
        int count = highest.get();
        for (int place = 0; place < count; place++) {
            WorkerDeque deque = places.get(place);
            if (deque != null && !deque.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Tells of the tasks there are, roughly: for people. */
    void forEach(Consumer<Node> action) {
        int count = highest.get();
        for (int place = 0; place < count; place++) {
            WorkerDeque deque = places.get(place);
            if (deque != null) {
                deque.forEach(action);
            }
        }
    }
}
