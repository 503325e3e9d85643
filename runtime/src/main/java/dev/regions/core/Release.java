package dev.regions.core;

import dev.regions.core.Link.Callback;
import dev.regions.core.Link.CancelRequest;
import dev.regions.core.Link.Edge;
import dev.regions.core.Link.HardEdge;
import dev.regions.core.Link.SoftEdge;
import dev.regions.core.Link.Waiter;
import dev.regions.core.Node.Unsettled;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a final task sets off: waiters wake, successors count down, become ready, or are skipped in their turn. Whoever ends
 * a task {@linkplain #add adds} the stack it took off, and then {@linkplain #run runs}.
 *
 * <p>All of it is iterative: a task that is ended on the way adds its stack to the work left. So a failure that runs down a
 * million-task chain, or a million barriers in a row, needs no stack. Nor does it need memory: the work left is a list of
 * the links themselves, each of which knows the task that it hung on. Nothing here throws; what a link does that finds no
 * memory, see {@link Rescue}.
 *
 * <p>Used by one thread at a time.
 */
final class Release {
    private final @Nullable DagCore keepsFor;
    private @Nullable Node first;

    // The work left, in the order in which it is to be done.
    private @Nullable Link head;
    private @Nullable Link tail;

    // Callbacks of users, as a list.
    private @Nullable Link told;
    private @Nullable Link lastTold;

    /** Makes one that hands every task that becomes ready to the ready queue. */
    Release() {
        this(null);
    }

    /**
     * Makes one for a thread that runs tasks.
     *
     * @param keepsFor the core of that thread: the first task of it that becomes ready is kept for the caller to run next,
     *     with no queue between
     */
    Release(@Nullable DagCore keepsFor) {
        this.keepsFor = keepsFor;
    }

    /** Takes the first task that became ready, null if there was none. */
    @Nullable
    Node takeFirst() {
        Node taken = first;
        first = null;
        return taken;
    }

    /** Adds the work that a final task leaves: the stack taken off it, newest first. */
    void add(@Nullable Object stack) {
        if (stack != null) {
            Link newest = (Link) stack;
            append(Link.reverse(newest), newest);
        }
    }

    /** Adds work in the order in which it is to be done. */
    void addInOrder(@Nullable Link list) {
        if (list != null) {
            Link last = list;
            while (last.next != null) {
                last = last.next;
            }
            append(list, last);
        }
    }

    private void append(@Nullable Link list, Link last) {
        if (tail == null) {
            head = list;
        } else {
            tail.next = list;
        }
        tail = last;
    }

    /** Does the work that a final task leaves at once, and what comes of it, without keeping it in fields first. */
    void now(@Nullable Link stack, Object word) {
        if (stack != null) {
            for (Link link = Link.reverse(stack); link != null; ) {
                Link rest = link.next;
                tell(link, word);
                link = rest;
            }
            run();
        }
    }

    /** Tells whether there is work left. */
    boolean hasWork() {
        return head != null || told != null;
    }

    private void keep(Callback callback) {
        callback.next = null;
        if (lastTold == null) {
            told = callback;
        } else {
            lastTold.next = callback;
        }
        lastTold = callback;
    }

    /** Takes the callbacks of users off the work left, a list of links, null if there are none. */
    @Nullable
    Link takeCallbacks() {
        Link taken = told;
        told = null;
        lastTold = null;
        return taken;
    }

    /** Runs callbacks of users, which may take their time, and may throw. */
    static void runAll(@Nullable Link callbacks) {
        for (Link link = callbacks; link != null; ) {
            Link rest = link.next;
            link.next = null;
            run((Callback) link);
            link = rest;
        }
    }

    private static void run(Callback callback) {
        try {
            callback.action.run();
        } catch (OutOfMemoryError none) {
            Rescue.leave(callback);
        } catch (Throwable thrown) {
            System.getLogger("dev.regions")
                    .log(System.Logger.Level.ERROR, "what was to be told of a task's end has failed", thrown);
        }
    }

    /** Does the work, and what comes of it; the callbacks of users last, when nothing else waits for this. */
    void run() {
        runButCallbacks();
        Link callbacks = takeCallbacks();
        if (callbacks != null) {
            Node kept = takeFirst();
            if (kept != null) {
                schedule(kept);
            }
            runAll(callbacks);
        }
    }

    /** As {@link #run}, on a virtual thread of its own if there is something to do. For threads that run no code of users. */
    void runElsewhere(DagCore core, String suffix) {
        if (!hasWork()) {
            return;
        }
        try {
            Thread.ofVirtual().name(core + suffix).start(this::run);
        } catch (OutOfMemoryError none) {
            runButCallbacks();
            Rescue.leave(takeCallbacks());
        }
    }

    /** Does the work, and what comes of it, except for the callbacks. */
    void runButCallbacks() {
        for (Link link; (link = head) != null; ) {
            head = link.next;
            if (head == null) {
                tail = null;
            }
            tell(link, link.owner == null ? null : link.owner.word());
        }
    }

    private void tell(Link link, @Nullable Object word) {
        switch (link) {
            case HardEdge edge -> hard(edge, word);
            case SoftEdge edge -> soft(edge, word);
            case Waiter waiter -> wake(waiter);
            case Callback callback -> keep(callback);
            case CancelRequest request -> {}
        }
    }

    private static void wake(Waiter waiter) {
        try {
            waiter.wake();
        } catch (OutOfMemoryError none) {
            waiter.next = null;
            Rescue.leave(waiter);
        }
    }

    private void hard(HardEdge edge, @Nullable Object word) {
        Node successor = edge.successor;
        if (word instanceof Unsettled unsettled) {
            successor.skip(unsettled.outcome, ownerOf(edge), this);
            soft(edge, word);
        } else if (word instanceof Unsuccessful unsuccessful) {
            if (!successor.skipLast(unsuccessful, ownerOf(edge), this)) {
                successor.skip(unsuccessful, ownerOf(edge), this);
                satisfied(successor, 1);
            }
        } else {
            satisfied(successor, 1);
        }
    }

    private static Node ownerOf(Edge edge) {
        return Objects.requireNonNull(edge.owner);
    }

    private void soft(Edge edge, @Nullable Object word) {
        if (word instanceof Unsettled unsettled && unsettled.holdBack(edge)) {
            edge.successor.heldBack(this);
        } else {
            satisfied(edge.successor, 1);
        }
    }

    /** Takes edges or guards off a task, and deals with what that makes of it. */
    void satisfied(Node successor, int edges) {
        int left = successor.countDown(edges);
        if (left == Node.READY) {
            ready(successor);
        } else if (left == Node.WITHDRAWN) {
            successor.settle(this);
        }
    }

    private void ready(Node node) {
        Observation observed = node.observation();
        if (observed != null) {
            observed.ready();
        }
        if (node.shape == Body.BARRIER) {
            node.passBarrier(this);
        } else if (first == null && node.home == keepsFor && (node.flags & Node.APART) == 0) {
            first = node;
        } else {
            schedule(node);
        }
    }

    /** Has a ready task run. */
    void schedule(Node node) {
        try {
            if ((node.flags & Node.TERMS) != 0) {
                node.letIn(this);
            } else {
                node.core().workers().schedule(node);
            }
        } catch (OutOfMemoryError none) {
            node.failWithoutMemory(this);
        }
    }
}
