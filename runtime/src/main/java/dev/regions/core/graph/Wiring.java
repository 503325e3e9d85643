package dev.regions.core.graph;

import dev.regions.core.graph.DependentStack.Unsettled;
import dev.regions.core.util.ClassPreloader;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The edges between {@linkplain Node nodes}: how one is connected to its predecessors, and what becomes of the order
 * when one of them is withdrawn.
 *
 * <h2>Implementation overview</h2>
 *
 * <p><b>Order without having run.</b> A task that is withdrawn while its predecessors still run is completed at once:
 * waiters wake, and tasks that require it are skipped. But a task that merely comes <em>after</em> it must not overtake
 * those predecessors, or one cancelled task in the middle of a sequential region would let its two neighbours run at
 * the same time. Therefore the withdrawn task keeps counting its edges, and its outcome stays {@link Unsettled},
 * holding back soft successors, until the count says that everything before it is settled too.
 *
 * <p><b>Departed links.</b> A wait that gives up, and a dependent that is withdrawn, leave links on a task that may
 * stay pending for long. Their threads {@linkplain Node#purge() purge} the stack now and then. A link to a withdrawn
 * dependent may be removed once the dependent is {@linkplain #detach detached}: a compare-and-set of the
 * {@link Unsettled} outcome's stack from null says that it holds no task back and never will. A task that comes after
 * it later fails to be held back, and {@linkplain #follow follows} the predecessors of the detached one, which keeps
 * them for this. A race would show as a living link that is lost, or as a task that overtakes one of those
 * predecessors.
 */
public final class Wiring {
    /** A task that was withdrawn while it waited for more predecessors than this is not detached from them. */
    private static final int MAX_PREDECESSORS = 8;

    static {
        linkAccesses();
    }

    /** Performs each kind of access of this class once, on null: see {@link ClassPreloader}. */
    private static void linkAccesses() {
        try {
            Node.STATUS.getAndAdd((Node) null, 1);
        } catch (NullPointerException linked) {
            // as expected
        }
    }

    private Wiring() {}

    /** As {@link #connect}, for a task that no other thread has seen yet, and the task of an argument. */
    static int connectFresh(Node node, Node predecessor) {
        if (predecessor.owner == node.owner) {
            Object word = predecessor.outcome;
            if (!Node.isOutcome(word)) {
                word = predecessor.pushSuccessor(node);
            }
            if (word == null) {
                return 0;
            }
            if (!(word instanceof ExceptionalOutcome || word instanceof Unsettled)) {
                return 1;
            }
        }
        Completion release = new Completion();
        int satisfied = connect(node, predecessor, false, release);
        release.runForSubmitter();
        return satisfied;
    }

    /** Wires one edge; returns 1 if it is satisfied already, and 0 if it is to be counted down later. */
    static int connect(Node node, Node predecessor, boolean soft, Completion release) {
        Object word = predecessor.outcome;
        if (!Node.isOutcome(word)) {
            if (predecessor.owner != node.owner && node.owner instanceof Scheduler) { // not one that is being abandoned
                node.registerWithCore();
            }
            word = soft ? predecessor.push(new Link.SoftEdge(node)) : predecessor.pushSuccessor(node);
        }
        return connected(node, predecessor, word, soft, release);
    }

    /**
     * As {@link #connect}, for an edge that is not an argument's: only its link, if any, knows the predecessor.
     *
     * @param kept where to keep the link, so that it can be found when this task is withdrawn
     */
    static int connect(Node node, Node predecessor, boolean soft, Dependent[] kept, int index, Completion release) {
        Object word = predecessor.outcome;
        if (!Node.isOutcome(word)) {
            if (predecessor.owner != node.owner && node.owner instanceof Scheduler) { // not one that is being abandoned
                node.registerWithCore();
            }
            if (node.bodyKind == BodyKind.BARRIER && !soft) {
                kept[index] = null;
                word = predecessor.pushSuccessor(node);
            } else {
                Link link = soft ? new Link.SoftEdge(node) : new Link.HardEdge(node);
                link.back = predecessor;
                VarHandle.releaseFence(); // a thread that detaches this task, and sees the link, must see its
                // target
                kept[index] = link;
                word = predecessor.push(link);
            }
        }
        if (word != null) {
            kept[index] = word instanceof Unsettled ? predecessor : null; // it keeps no result reachable
        }
        return connected(node, predecessor, word, soft, release);
    }

    private static int connected(Node node, Node predecessor, @Nullable Object word, boolean soft, Completion release) {
        if (word == null) {
            return 0;
        }
        if (word instanceof Unsettled unsettled) {
            if (!soft) {
                Withdrawal.skip(node, unsettled.outcome, predecessor, release);
            } else if (node.owner instanceof Scheduler) {
                node.registerWithCore();
            }
            return follow(node, predecessor, unsettled, release);
        }
        if (!soft && word instanceof ExceptionalOutcome unsuccessful) {
            Withdrawal.skip(node, unsuccessful, predecessor, release);
        }
        return 1;
    }

    /**
     * Detaches this task from its predecessors if it was withdrawn, holds no task back, has few predecessors, and is
     * not a barrier, which does not know all of them. A task that comes after it later {@linkplain #follow follows} the
     * predecessors instead, which this task therefore keeps. Returns true if links to this task are useless.
     */
    static boolean detach(Node node) {
        Object word = node.outcome;
        if (!(word instanceof Unsettled unsettled)) {
            return Node.isOutcome(word);
        }
        if (unsettled.isDetached()) {
            return true;
        }
        if (node.bodyKind == BodyKind.BARRIER || Node.isRunning(node.status) || unsettled.held() != null) {
            return false; // its body is suspended: it has nothing before it, and is not settled
        }
        TaskNode<?>[] before = Dependencies.pending(node.inputs, MAX_PREDECESSORS);
        if (before == null || !unsettled.detach()) {
            return false;
        }
        VarHandle.releaseFence(); // a thread that sees the array must see its elements
        node.inputs = before;
        if (!(node.outcome instanceof Unsettled)) {
            node.inputs = null; // the last edge was taken off meanwhile
        }
        return true;
    }

    /** Returns true if the task is withdrawn, not settled, and detached from its predecessors. */
    static boolean isDetached(Node node) {
        return node.outcome instanceof Unsettled unsettled && unsettled.isDetached();
    }

    /** Called when this task was withdrawn while it waited: its links are useless, unless it holds tasks back. */
    static void departed(Node node) {
        if (node.bodyKind != BodyKind.BARRIER) {
            try {
                Dependencies.forEachPending(node.inputs, new LinkDeparted());
            } catch (VirtualMachineError exhausted) {
                // as there
            }
        }
    }

    private static final class LinkDeparted implements Consumer<Node> {
        @Override
        public void accept(Node predecessor) {
            predecessor.linkDeparted();
        }
    }

    /**
     * Orders this task after one that is completed and not settled: it is held back there or, if that one is detached,
     * comes after each of its predecessors. If this task was withdrawn itself, it is detached if possible.
     *
     * @return how many edges of this task the caller takes off; 0 if it is held back, or was detached
     */
    static int follow(Node node, Node withdrawn, Unsettled unsettled, Completion release) {
        if (detach(node)) {
            return 0;
        }
        Link held = unsettled.holdBack(node);
        if (held instanceof Link.SoftEdge) {
            return 0;
        }
        int satisfied = 1;
        if (held == Node.DETACHED) {
            TaskNode<?>[] before = Objects.requireNonNull(Dependencies.pending(withdrawn.inputs, Integer.MAX_VALUE));
            VarHandle.releaseFence();
            withdrawn.inputs = before; // the next one has less to visit
            for (TaskNode<?> each : before) {
                if (each != node) { // a cyclic order, through a task that was cancelled
                    Node.STATUS.getAndAdd(node, 1);
                    satisfied += connect(node, each, true, release);
                }
            }
        }
        return satisfied;
    }
}
