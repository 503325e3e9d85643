package dev.regions.core.schedule;

import dev.regions.core.graph.Node;
import dev.regions.core.util.ClassPreloader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The deques of the workers, where each worker and the others find them.
 *
 * <p>The number of places is fixed, because an idle worker scans all deques in use, and there may be a worker for each
 * of a million tasks that block. A worker's place follows from the number of its thread. A spawning thread therefore
 * finds out with two reads whether it is on a worker, and pays for no more if it is not. If the place of a worker is
 * taken, it has no deque.
 *
 * <p>Thread-safe, without locks. A deque is entered, and its bit set, before its first task is pushed.
 */
final class WorkerDeques {
    /** Number of workers that may have one at the same time: one for each bit of a word. */
    static final int PLACES = Long.SIZE;

    private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(WorkerDeque[].class);

    static {
        try {
            // Not by a worker, where memory may run out: a class that fails to initialise stays unusable.
            MethodHandles.lookup().ensureInitialized(WorkerDeque.class);
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
        linkAccesses();
    }

    /** Links the accesses of this class by making each kind once, on null: see {@link ClassPreloader}. */
    private static void linkAccesses() {
        for (int access = 0; access < 4; access++) {
            try {
                switch (access) {
                    case 0 -> PLACE.compareAndSet((WorkerDeque[]) null, 0, null, (WorkerDeque) null);
                    case 1 -> {
                        WorkerDeque unused = (WorkerDeque) PLACE.getVolatile((WorkerDeque[]) null, 0);
                    }
                    case 2 -> {
                        Object unused = PLACE.getVolatile((WorkerDeque[]) null, 0);
                    }
                    case 3 -> PLACE.setVolatile((WorkerDeque[]) null, 0, null);
                    default -> throw new AssertionError(access);
                }
            } catch (NullPointerException linked) {
                // expected
            }
        }
    }

    private final @Nullable WorkerDeque[] places = new WorkerDeque[PLACES];
    /** One bit for each place with a deque that was pushed to. */
    private final AtomicLong used = new AtomicLong();

    private static int place(Thread thread) {
        return (int) thread.threadId() & PLACES - 1;
    }

    /** Registers a new deque for a worker; returns null if its place is taken. */
    @Nullable
    WorkerDeque enter(Thread worker) {
        int place = place(worker);
        if (PLACE.getVolatile(places, place) != null) {
            return null;
        }
        WorkerDeque fresh = new WorkerDeque(worker);
        return PLACE.compareAndSet(places, place, null, fresh) ? fresh : null;
    }

    /** Unregisters a deque, which its owner has emptied. */
    void leave(WorkerDeque deque) {
        int place = place(deque.owner);
        if (deque.isUsed()) { // first: once the place is empty, the bit may be that of the next
            setBit(place, false);
        }
        PLACE.setVolatile(places, place, null);
    }

    /** Returns the deque of the calling thread, null if it has none. */
    @Nullable
    WorkerDeque here() {
        Thread thread = Thread.currentThread();
        WorkerDeque there = places[place(thread)]; // a thread sees its own
        return there != null && there.owner == thread ? there : null;
    }

    /** Adds a task to the deque of the calling thread; returns false if that is full. */
    boolean push(WorkerDeque own, Node node) {
        if (!own.isUsed()) {
            setBit(place(own.owner), true);
            own.use();
        }
        return own.push(node);
    }

    private void setBit(int place, boolean on) {
        long before;
        long after;
        do {
            before = used.get();
            after = on ? before | 1L << place : before & ~(1L << place);
        } while (!used.compareAndSet(before, after));
    }

    /**
     * Takes the oldest task of some deque, null if all are empty.
     *
     * @param from the place to begin at; if it were always the same, later places might never get their turn
     */
    @Nullable
    Node take(int from) {
        for (long left = Long.rotateRight(used.get(), from); left != 0; left &= left - 1) {
            WorkerDeque deque =
                    (WorkerDeque) PLACE.getVolatile(places, from + Long.numberOfTrailingZeros(left) & PLACES - 1);
            Node node = deque == null ? null : deque.take();
            if (node != null) {
                return node;
            }
        }
        return null;
    }

    /** Returns true if there is nothing to take. */
    boolean isEmpty() {
        for (long left = used.get(); left != 0; left &= left - 1) {
            WorkerDeque deque = first(left);
            if (deque != null && !deque.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Visits the tasks in all deques. Weakly consistent, for diagnostics. */
    void forEach(Consumer<Node> action) {
        for (long left = used.get(); left != 0; left &= left - 1) {
            WorkerDeque deque = first(left);
            if (deque != null) {
                deque.forEach(action);
            }
        }
    }

    private @Nullable WorkerDeque first(long bits) {
        return (WorkerDeque) PLACE.getVolatile(places, Long.numberOfTrailingZeros(bits));
    }
}
