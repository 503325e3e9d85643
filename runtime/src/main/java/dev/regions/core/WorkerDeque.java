package dev.regions.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that bodies on one worker have spawned and that nobody has taken: a bounded deque whose newest end is the worker's,
 * and whose oldest end is anybody's.
 *
 * <p><b>Why.</b> A body that spawns a task and joins it touches nothing that other workers touch, and leaves nothing behind. In
 * the one {@link ReadyQueue} for all, each such task would cost a step of its producers' counter, and would stay there,
 * claimed, until somebody had polled it. In the benchmarks {@code Fibonacci} and {@code Skynet},
 * 49 and 67 ns for a task became 30 and 32 (docs/internals/before-and-after.md).
 *
 * <p><b>Algorithm.</b> An array as a stack. Only the owner pushes, at {@code tail}, and only the owner moves {@code tail} back, over
 * slots that are empty. Whoever takes goes through the slots from the oldest on, and takes by compare-and-set of the slot,
 * from the task to null. A work-stealing deque such as that of David Chase and Yossi Lev ("Dynamic Circular Work-Stealing
 * Deque", SPAA 2005) has takers race for an index, and must tell apart one place used twice. Here a slot says itself what is
 * in it, and no task is ever pushed twice. And who runs a task is decided by the claim of its status, as everywhere: so this must
 * lose no task, but may show one to two takers, or one that is spent. The price is that a taker passes over what others
 * have taken before it, at most {@value #CAPACITY} slots.
 *
 * <p><b>Memory ordering.</b> A slot is written before {@code tail} is, and that is volatile: with a flag that the taker has written
 * before it reads {@code tail}, and that the owner reads after it has pushed, it is the Dekker pair of {@link WorkerPool}. The slot
 * is written with release semantics, for a taker may come to it by way of an older {@code tail}. A race would show as a task that
 * nobody runs: a taker that empties a slot into which the owner has put another task, or an owner that moves {@code tail} back
 * below a task.
 *
 * <p><b>When it is full</b>, it is of no use: the body spawns many tasks, and joins none. Then all go to the queue for all, where
 * others find several at a time, and so does what this body spawns from then on.
 */
final class WorkerDeque {
    // Figures are nanoseconds for a task: docs/internals/before-and-after.md, "Constants".

    /** How many tasks it holds; for a recursion, some tens of levels of it. With 16, Skynet took 49.5 instead of 25.5. */
    static final int CAPACITY = 64;
    /**
     * How far below the newest a task is looked for when it is joined: tasks are often joined in the order of their spawns. If
     * it is only the newest, Skynet took 50.5 instead of 25.5.
     */
    private static final int SEARCHED = 16;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Node[].class);
    private static final VarHandle TAIL;

    static {
        try {
            TAIL = MethodHandles.lookup().findVarHandle(WorkerDeque.class, "tail", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        linkAccesses();
    }

    /** Makes each kind of access of this class once, to nothing: see {@link ClassPreloader}. */
    private static void linkAccesses() {
        for (int access = 0; access < 5; access++) {
            try {
                switch (access) {
                    case 0 -> {
                        int unused = (int) TAIL.get((WorkerDeque) null);
                    }
                    case 1 -> TAIL.setRelease((WorkerDeque) null, 0);
                    case 2 -> SLOT.compareAndSet((Node[]) null, 0, (Node) null, null);
                    case 3 -> {
                        Node unused = (Node) SLOT.getVolatile((Node[]) null, 0);
                    }
                    case 4 -> SLOT.setRelease((Node[]) null, 0, (Node) null);
                    default -> throw new AssertionError(access);
                }
            } catch (NullPointerException linked) {
                // as it should be
            }
        }
    }

    /** The thread of the worker. */
    final Thread owner;

    private final @Nullable Node[] slots = new Node[CAPACITY];
    private volatile int tail;

    // Used by the owner alone.
    private boolean used;
    private boolean overflows;

    WorkerDeque(Thread owner) {
        this.owner = owner;
    }

    // ---- The owner's end --------------------------------------------------------------------------------------------

    /** Tells whether it is known to others, and so may be pushed to. */
    boolean isUsed() {
        return used;
    }

    /** Notes that it is known to others. */
    void use() {
        used = true;
    }

    /** Adds the newest task; returns false if it is full. */
    boolean push(Node node) {
        int end = (int) TAIL.get(this);
        if (end == CAPACITY) {
            overflows = true;
            return false;
        }
        SLOT.setRelease(slots, end, node);
        tail = end + 1;
        return true;
    }

    /** Tells whether the body that runs has found it full, and so must not push any more. */
    boolean overflows() {
        return overflows;
    }

    /** A body begins, which may be one that spawns few tasks. */
    void beginBody() {
        if (overflows) {
            overflows = false;
        }
    }

    /** Removes a claimed task; returns false if it is not here, or far below the newest. */
    boolean remove(Node node) {
        int end = (int) TAIL.get(this);
        int lowest = Math.max(0, end - SEARCHED);
        for (int i = end - 1; i >= lowest; i--) {
            if (slots[i] == node) {
                slots[i] = null;
                if (i == end - 1) {
                    dropEmpty(end);
                }
                return true;
            }
        }
        return false;
    }

    /** Removes the tasks that were claimed elsewhere, or far below the newest. */
    void dropClaimed() {
        int end = (int) TAIL.get(this);
        for (int i = 0; i < end; i++) {
            Node node = (Node) SLOT.getVolatile(slots, i);
            if (node != null && !node.isReady()) {
                slots[i] = null;
            }
        }
        dropEmpty(end);
    }

    /** Takes the oldest task, as {@link #take}, and uses the room again. */
    @Nullable
    Node poll() {
        int end = (int) TAIL.get(this);
        if (end == 0) {
            return null;
        }
        Node node = take();
        dropEmpty(end);
        return node;
    }

    /** Moves all that is here to the queue; first there, then away here, so that nothing is lost if memory gives out. */
    void moveAll(ReadyQueue to) {
        int end = (int) TAIL.get(this);
        for (int i = 0; i < end; i++) {
            Node node = (Node) SLOT.getVolatile(slots, i);
            if (node != null && node.isReady()) {
                to.offer(node);
            }
        }
        for (int i = 0; i < end; i++) {
            slots[i] = null;
        }
        dropEmpty(end);
    }

    /** Moves the tail back over empty slots. No fence: who reads an older tail finds them empty. */
    private void dropEmpty(int end) {
        int top = end;
        while (top > 0 && slots[top - 1] == null) {
            top--;
        }
        if (top != end) {
            TAIL.setRelease(this, top);
        }
    }

    // ---- The other end ----------------------------------------------------------------------------------------------

    /** Takes the oldest task that nobody has claimed, null if there is none. */
    @Nullable
    Node take() {
        int end = tail;
        for (int i = 0; i < end; i++) {
            Node node = (Node) SLOT.getVolatile(slots, i);
            if (node != null && SLOT.compareAndSet(slots, i, node, null) && node.isReady()) {
                return node;
            }
        }
        return null;
    }

    /** Tells whether there is nothing to take. */
    boolean isEmpty() {
        int end = tail;
        for (int i = 0; i < end; i++) {
            Node node = (Node) SLOT.getVolatile(slots, i);
            if (node != null && node.isReady()) {
                return false;
            }
        }
        return true;
    }

    /** Tells of what is here, roughly unless the owner calls this: oldest first. */
    void forEach(Consumer<Node> action) {
        int end = tail;
        for (int i = 0; i < end; i++) {
            Node node = (Node) SLOT.getVolatile(slots, i);
            if (node != null) {
                action.accept(node);
            }
        }
    }
}
