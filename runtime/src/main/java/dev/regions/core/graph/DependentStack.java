package dev.regions.core.graph;

import dev.regions.core.graph.Link.CancelRequest;
import dev.regions.core.graph.Link.SoftEdge;
import dev.regions.core.util.ClassPreloader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The word of a {@link Node} that holds the stack of its dependents and, later, its outcome.
 *
 * <h2>Implementation overview</h2>
 *
 * <p>The word is the Treiber stack of the dependents and, later, the outcome: null or a {@link Dependent} until the
 * task is completed, anything else afterwards. That is a result as it is or {@link Encoded}, an
 * {@link ExceptionalOutcome}, or an {@link Unsettled} one. A push is a compare-and-set from one stack to the next; the
 * finish is a compare-and-set, or of a withdrawn task an exchange, from a stack to the outcome. Therefore the finisher
 * gets exactly the pushed links, and a push that fails reads the outcome in the same access: there is no moment between
 * finding the stack sealed and learning how the task completed. (With two separate words, a sealed stack and an
 * outcome, the outcome would have to be read again after a failed push.)
 *
 * <p><b>Departed links.</b> A wait that gives up, and a dependent that is withdrawn, leave links on a task that may
 * stay pending for long. Their threads {@linkplain #purge() purge} the stack now and then.
 */
public abstract sealed class DependentStack extends Dependent permits Node {
    public static final Object NULL_RESULT = new Encoded(null);

    static final VarHandle OUTCOME;

    // Of Unsettled; here, because its first use may be where the stack gives out, and a class whose initialisation
    // fails stays unusable.
    private static final VarHandle HELD_BACK;
    private static final VarHandle TRACKED; // of Link.Tracker, for the same reason
    private static final Link SETTLED = new Link.Callback(new Nothing());
    static final Link DETACHED = new Link.Callback(new Nothing());

    private static final class Nothing implements Runnable {
        @Override
        public void run() {}
    }

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            OUTCOME = lookup.findVarHandle(DependentStack.class, "outcome", Object.class);
            HELD_BACK = lookup.findVarHandle(Unsettled.class, "heldBack", Link.class);
            TRACKED = lookup.findVarHandle(Link.Tracker.class, "task", TaskNode.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        linkAccesses();
    }

    /** Performs each kind of access of this class once, on null: see {@link ClassPreloader}. */
    private static void linkAccesses() {
        for (int access = 0; access < 6; access++) {
            try {
                switch (access) {
                    case 0 -> OUTCOME.compareAndSet((DependentStack) null, (Object) null, (Link) null);
                    case 1 -> OUTCOME.compareAndSet((DependentStack) null, (Object) null, (CancelRequest) null);
                    case 2 -> OUTCOME.compareAndSet((DependentStack) null, (Dependent) null, (Dependent) null);
                    case 3 -> OUTCOME.compareAndSet((DependentStack) null, null, (Node) null);
                    case 4 -> {
                        TaskNode<?> unused = (TaskNode<?>) TRACKED.getAcquire((Link.Tracker) null);
                    }
                    case 5 -> TRACKED.setRelease((Link.Tracker) null, (TaskNode<?>) null);
                    default -> throw new AssertionError(access);
                }
            } catch (NullPointerException linked) {
                // as expected
            }
        }
    }

    /** The stack or the outcome. */
    volatile @Nullable Object outcome;
    /**
     * The binary logarithm of the number of departures per purge of the stack. A hint: racing threads lose an update.
     */
    private byte purgeShift;

    // ---- The outcome ------------------------------------------------------------------------------------------------

    public final boolean isCompleted() {
        return isOutcome(outcome);
    }

    /** Returns true if the task is completed and holds no task back. */
    public final boolean isSettled() {
        Object word = outcome;
        return isOutcome(word) && !(word instanceof Unsettled);
    }

    /** Returns true if the task is completed and not settled: it holds back the tasks that come after it. */
    public final boolean isHoldingBack() {
        return outcome instanceof Unsettled;
    }

    static boolean isOutcome(@Nullable Object word) {
        return word != null && !(word instanceof Dependent);
    }

    /**
     * Returns the outcome, an {@link ExceptionalOutcome} or a result, {@link #encode encoded}; null if not completed.
     */
    public final @Nullable Object outcomeOrNull() {
        Object word = outcome;
        if (!isOutcome(word)) {
            return null;
        }
        return word instanceof Unsettled unsettled ? unsettled.outcome : word;
    }

    /** A result that cannot stand for itself, because it has another meaning in the word: null, or a task. */
    private record Encoded(@Nullable Object result) {}

    /** Returns the form of a result in the outcome. Needs memory for a result that is a task. */
    public static Object encode(@Nullable Object result) {
        return result == null ? NULL_RESULT : result instanceof Dependent ? new Encoded(result) : result;
    }

    static @Nullable Object resultOf(Object ending) {
        return ending instanceof Encoded encoded ? encoded.result : ending;
    }

    /** Returns the result; the task has succeeded. */
    public final @Nullable Object value() {
        return resultOf(Objects.requireNonNull(outcome));
    }

    /** Returns the newest dependent; null if there is none, or if the task is settled or holds none back. */
    public final @Nullable Dependent dependents() {
        Object word = outcome;
        return word instanceof Dependent newest
                ? newest
                : word instanceof Unsettled unsettled ? unsettled.held() : null;
    }

    /** Returns true if other tasks may wait for this one already: it has dependents other than regions' trackers. */
    public final boolean mayHoldUp() {
        Dependent newest = dependents();
        while (newest instanceof Link.Tracker tracker) {
            newest = tracker.next;
        }
        return newest != null;
    }

    // ---- The stack --------------------------------------------------------------------------------------------------

    /**
     * Pushes a link.
     *
     * @return null if the link was pushed; the outcome word if the task is completed
     */
    public final @Nullable Object push(Link link) {
        while (true) {
            Object word = outcome;
            if (isOutcome(word)) {
                return word;
            }
            if (OUTCOME.compareAndSet(this, word, onTop(link, (Dependent) word))) {
                return null;
            }
        }
    }

    /** Puts a link on top of a stack, but below the request to cancel, if there is one; returns the new top. */
    private static Link onTop(Link link, @Nullable Dependent stack) {
        if (stack instanceof CancelRequest request) {
            link.next = request.next;
            return new CancelRequest(request, link);
        }
        link.next = stack;
        return link;
    }

    /** As {@link #push}, for a successor that requires this task; without a link if it is the first dependent. */
    final @Nullable Object pushSuccessor(Node successor) {
        if (outcome == null && OUTCOME.compareAndSet(this, null, successor)) {
            return null;
        }
        return push(new Link.HardEdge(successor));
    }

    /**
     * Called when a link, or the successor that is here without a link, has become useless. Purges a short stack at
     * once, others with a probability of sixteen to their length at the last purge. Dead links are therefore fewer than
     * living ones, in expectation, and a purge costs each departure a constant.
     */
    final void linkDeparted() {
        try {
            int shift = purgeShift;
            if (shift == 0 || ThreadLocalRandom.current().nextInt() >>> Integer.SIZE - shift == 0) {
                purge();
            }
        } catch (VirtualMachineError exhausted) {
            // the next departure may have more memory, or stack; and the other work of this thread must not be lost
        }
    }

    /**
     * Removes dead links from the stack. As in {@code CompletableFuture.cleanStack}, a plain write leads the link above
     * a dead one past it. Dead links stay dead, and still lead to those below them, so a write that crosses others may
     * bring a dead link back, and never loses a living one. The thread that has taken the stack uses other fields.
     */
    final void purge() {
        int length = 0;
        Link above = null;
        Object word = outcome;
        Dependent at = isOutcome(word) ? null : (Dependent) word;
        while (at != null) {
            length++;
            Dependent below = at instanceof Link link ? link.next : null;
            if (at instanceof Link link ? !link.isDead() : !Wiring.detach((Node) at)) {
                above = at instanceof Link living ? living : above;
            } else if (above != null) {
                above.next = below;
            } else if (!OUTCOME.compareAndSet(this, at, below)) {
                Object top = outcome; // a new link, or the outcome
                if (isOutcome(top)) {
                    return;
                }
                below = (Dependent) top;
            }
            at = below;
        }
        purgeShift = (byte) Math.max(0, Integer.SIZE - 5 - Integer.numberOfLeadingZeros(length));
    }

    /** Returns the request to cancel the task while it runs, null if there is none. */
    public final @Nullable CancelRequest cancelRequest() {
        return outcome instanceof CancelRequest request ? request : null;
    }

    /** Pushes a request to cancel unless there is one; returns the one that is there, null if the task is completed. */
    final @Nullable CancelRequest push(CancelRequest request) {
        while (true) {
            Object word = outcome;
            if (isOutcome(word)) {
                return null;
            }
            if (word instanceof CancelRequest first) {
                return first;
            }
            request.next = (Dependent) word;
            if (OUTCOME.compareAndSet(this, word, request)) {
                return request;
            }
        }
    }

    /** Returns the task that a region tracks, null if it was discarded. */
    static @Nullable TaskNode<?> trackedBy(Link.Tracker tracker) {
        return (TaskNode<?>) TRACKED.getAcquire(tracker);
    }

    /** Discards a region's reference to a task. */
    static void clear(Link.Tracker tracker) {
        TRACKED.setRelease(tracker, (TaskNode<?>) null);
    }

    /** The outcome of a completed task while something before it, or its own suspended body, is not settled. */
    public static final class Unsettled {
        public final ExceptionalOutcome outcome;
        /**
         * Edges to successors that may start only when this is settled; {@code SETTLED} once it is, and
         * {@code DETACHED} once later successors have to wait for the predecessors themselves.
         */
        private volatile @Nullable Link heldBack;

        static {
            linkAccesses();
        }

        /** Performs each kind of access of this class once, on null: see {@link ClassPreloader}. */
        private static void linkAccesses() {
            for (int access = 0; access < 3; access++) {
                try {
                    switch (access) {
                        case 0 -> HELD_BACK.compareAndSet((Unsettled) null, (Link) null, (SoftEdge) null);
                        case 1 -> HELD_BACK.compareAndSet((Unsettled) null, null, (Link) null);
                        case 2 -> {
                            Link unused = (Link) HELD_BACK.getAndSet((Unsettled) null, (Link) null);
                        }
                        default -> throw new AssertionError(access);
                    }
                } catch (NullPointerException linked) {
                    // as expected
                }
            }
        }

        Unsettled(ExceptionalOutcome outcome) {
            this.outcome = outcome;
        }

        /**
         * Holds a successor back.
         *
         * @return the edge to it; {@code SETTLED} or {@code DETACHED} if it is too late
         */
        Link holdBack(Node successor) {
            SoftEdge edge = new SoftEdge(successor);
            while (true) {
                Link stack = heldBack;
                if (stack == SETTLED || stack == DETACHED) {
                    return stack;
                }
                edge.next = stack;
                if (HELD_BACK.compareAndSet(this, stack, edge)) {
                    return edge;
                }
            }
        }

        /** Returns the newest edge to a held successor, null if there is none. */
        @Nullable
        Link held() {
            Link stack = heldBack;
            return stack == SETTLED || stack == DETACHED ? null : stack;
        }

        boolean isDetached() {
            return heldBack == DETACHED;
        }

        /**
         * Detaches the task from its predecessors; returns false if successors are held back, or it is detached or
         * settled.
         */
        boolean detach() {
            return HELD_BACK.compareAndSet(this, null, DETACHED);
        }

        @Nullable
        Link settle() {
            Link stack = (Link) HELD_BACK.getAndSet(this, SETTLED);
            return stack == DETACHED ? null : stack;
        }
    }
}
