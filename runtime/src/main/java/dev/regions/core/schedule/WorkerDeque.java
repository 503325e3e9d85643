package dev.regions.core.schedule;

import dev.regions.core.graph.Node;
import dev.regions.core.util.ClassPreloader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that bodies on one worker have spawned and that no worker has taken: a bounded deque with its newest end for
 * the worker, and its oldest for all threads.
 *
 * <p><b>Why.</b> A body that spawns a task and joins it touches nothing that other workers touch, and leaves nothing
 * behind. In the one {@link ReadyQueue} for all, each such task would cost a step of its producers' counter, and would
 * stay there, claimed, until a worker had polled it. In the benchmarks {@code Fibonacci} and {@code Skynet}, 49 and 67
 * ns for a task became 30 and 32 (docs/internals/before-and-after.md).
 *
 * <p><b>Algorithm.</b> An array as a stack. Only the owner pushes, at {@code tail}, and only the owner moves
 * {@code tail} back, over empty slots. A taker visits the slots from the oldest on, and takes a task by compare-and-set
 * of its slot to null. In a work-stealing deque such as that of David Chase and Yossi Lev ("Dynamic Circular
 * Work-Stealing Deque", SPAA 2005), takers race for an index, and must distinguish two uses of one slot. Here the slot
 * itself says which task is in it, and no task is ever pushed twice. As everywhere, the claim of a task's status
 * decides which thread runs it: the deque must lose no task, but may yield one to two takers, or one that is claimed.
 * The price: a taker passes over the slots that takers before it have emptied, at most {@value #CAPACITY}.
 *
 * <p><b>Memory ordering.</b> A slot is written before {@code tail}, which is volatile. With a flag that the taker
 * writes before it reads {@code tail}, and that the owner reads after it has pushed, this is the Dekker pair of
 * {@link WorkerPool}. The slot is written with release semantics, because a taker may reach it by way of an older
 * {@code tail}. A race would show as a task that no thread runs: a taker that empties a slot into which the owner has
 * put another task, or an owner that moves {@code tail} back below a task.
 *
 * <p><b>When it is full</b>, it is of no use: the body spawns many tasks, and joins none. All tasks then go to the
 * queue for all, where other workers find several at a time, and so do the tasks that this body spawns from then on.
 */
public final class WorkerDeque {
    // Figures are nanoseconds per task: docs/internals/before-and-after.md, "Constants".

    /** Maximum number of tasks; for a recursion, some tens of levels. With 16, Skynet took 49.5 instead of 25.5. */
    static final int CAPACITY = 64;
    /**
     * How far below the newest a joined task is searched for: tasks are often joined in the order of their spawns. With
     * only the newest, Skynet took 50.5 instead of 25.5.
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

    /** Links the accesses of this class by making each kind once, on null: see {@link ClassPreloader}. */
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
                // expected
            }
        }
    }

    /** The thread of the worker. */
    final Thread owner;

    private final @Nullable Node[] slots = new Node[CAPACITY];
    private volatile int tail;

    // Used only by the owner.
    private boolean used;
    private boolean overflows;

    WorkerDeque(Thread owner) {
        this.owner = owner;
    }

    // ---- The owner's end --------------------------------------------------------------------------------------------

    /** Returns true if other threads can find this deque, so that it may be pushed to. */
    boolean isUsed() {
        return used;
    }

    /** Records that other threads can find this deque. */
    void use() {
        used = true;
    }

    /** Adds the newest task; returns false if the deque is full. */
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

    /** Returns true if the running body has found the deque full, and must not push any more. */
    boolean overflows() {
        return overflows;
    }

    /** Prepares for the next body, which may spawn few tasks. */
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

    /** Takes the oldest task, as {@link #take}, and frees empty slots. */
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

    /**
     * Moves all tasks to the queue; offers them there before it removes them, so that none is lost if memory runs out.
     */
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

    /** Moves the tail back over empty slots. No fence: a thread that reads an older tail finds them empty. */
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

    /** Takes the oldest unclaimed task, null if there is none. */
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

    /** Returns true if there is nothing to take. */
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

    /** Visits the tasks here, oldest first. Weakly consistent, unless the owner calls this. */
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
