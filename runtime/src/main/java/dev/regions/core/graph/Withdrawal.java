package dev.regions.core.graph;

import dev.regions.core.graph.DependentStack.Unsettled;
import dev.regions.core.graph.ExceptionalOutcome.Cancelled;
import dev.regions.core.graph.Link.CancelRequest;
import dev.regions.core.util.ClassPreloader;
import dev.regions.core.util.InterruptHandshake;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Node} completes otherwise than by a run of its body: it is cancelled, skipped, abandoned, or late. These
 * are the transitions of its status to WITHDRAWN, and that from RUNNING to CANCELLING.
 *
 * <h2>Implementation overview</h2>
 *
 * <p><b>Cancelling while it runs</b> puts a {@link Link.CancelRequest} on top of the stack, where it stays: later links
 * go below it. Then the canceller interrupts the worker. The finish, which has to take the stack anyway, finds the
 * request there, so a task that is not cancelled pays nothing. The runner closes the {@link InterruptHandshake}, which
 * waits for an interrupt that has begun, and clears it. A request that does not interrupt leaves the interruption open,
 * for a later one that does.
 *
 * <p><b>Cancelling while another task runs in place</b> inside a {@code join()} of this one. This body cannot end
 * before the inner one, which may take any time. If the inner task is of a region that this task joins, it is
 * cancelled, too, as the region would cancel it, and all goes on from there. Otherwise the canceller completes this
 * task at once, by a compare-and-set from the stack with the request to an {@link Unsettled} outcome, which decides
 * against the runner's finish, a compare-and-set of the same word. Waiters wake, and tasks that require this one are
 * skipped. But tasks that come after it are held back until its body has ended, and the runner settles it. It counts as
 * in flight until then. Only tasks that were spawned outside of regions can come into that state. Others run a task in
 * place only if it is of a region that they join, because a region that is given up promises that the bodies of its
 * tasks have ended. A race would show as a task that is finished twice or never, or as a successor that overtakes a
 * body.
 */
public final class Withdrawal {
    static {
        linkAccesses();
    }

    /** Performs each kind of access of this class once, on null: see {@link ClassPreloader}. */
    private static void linkAccesses() {
        for (int access = 0; access < 2; access++) {
            try {
                if (access == 0) {
                    Node.STATUS.compareAndSet((Node) null, 0, 0);
                } else {
                    Node.OUTCOME.compareAndSet((Node) null, (CancelRequest) null, (Unsettled) null);
                }
            } catch (NullPointerException linked) {
                // as expected
            }
        }
    }

    private Withdrawal() {}

    /** Cancels the task in any state; returns true if this is the first cancellation. */
    static boolean cancel(Node node, boolean interrupt, Completion release) {
        return !node.isCompleted() && withdraw(node, cancelled(node), interrupt, release);
    }

    /**
     * Withdraws the task, or requests its cancellation if it runs. All objects are created before the status changes:
     * no action that takes a lock, calls user code, or may fail, must come between the status and its outcome.
     */
    public static boolean withdraw(Node node, ExceptionalOutcome how, boolean interrupt, Completion release) {
        Unsettled unsettled = new Unsettled(how);
        CancelRequest request = new CancelRequest(how, null);
        while (!node.isCompleted()) {
            int now = node.status;
            if (now == Node.UNLAUNCHED) {
                if (Node.STATUS.compareAndSet(node, now, Node.WITHDRAWING_UNLAUNCHED)) {
                    node.publishUnlaunched(unsettled, release);
                    if (!Node.STATUS.compareAndSet(node, Node.WITHDRAWING_UNLAUNCHED, Node.WITHDRAWN_UNLAUNCHED)) {
                        release.satisfied(node, 1); // launched meanwhile: the guard for the outcome
                    }
                    return true;
                }
            } else if (now == Node.READY || now > Node.READY && node.bodyKind == BodyKind.COMPLETABLE) {
                if (Node.STATUS.compareAndSet(node, now, Node.WITHDRAWN)) {
                    node.inputs = null;
                    node.publish(how, release);
                    node.core().taskEnded(node);
                    if (node.flags != 0) {
                        leaveQueue(node);
                    }
                    return true;
                }
            } else if (now > Node.READY) {
                if (Node.STATUS.compareAndSet(node, now, Node.WITHDRAWN + now + 1)) {
                    node.publish(unsettled, release);
                    node.core().taskEnded(node);
                    release.satisfied(node, 1);
                    Wiring.departed(node);
                    return true;
                }
            } else if (now >= -Node.MAX_WORKER) {
                if (Node.STATUS.compareAndSet(node, now, Node.CANCELLING + now)) {
                    return cancelRunning(node, request, -now, interrupt, release);
                }
            } else if (Node.isRunning(
                    now)) { // another canceller may not have pushed its request yet, and may be too late
                return cancelRunning(node, request, Node.CANCELLING - now, interrupt, release);
            } else {
                return false;
            }
        }
        return false;
    }

    /**
     * Cancels a task that the caller runs, and that must not complete otherwise. Another thread may be cancelling it;
     * after this, there is a request, the first one.
     */
    public static void cancelByRunner(Node node, Completion release) {
        cancel(node, false, release);
    }

    private static void leaveQueue(Node node) {
        if ((node.flags & Node.ATTRIBUTES) != 0) {
            node.attributes().returnPermitsOfWithdrawn(node.asTask());
        }
    }

    private static Cancelled cancelled(Node node) {
        return Cancelled.cancelled("task '" + node.displayName() + "' was cancelled");
    }

    /**
     * Cancels a task that a worker runs. The first request counts; a later one that interrupts the body, where the
     * first did not, still does that.
     */
    private static boolean cancelRunning(
            Node node, CancelRequest own, int worker, boolean interrupt, Completion release) {
        CancelRequest request = node.push(own);
        boolean first = request == own;
        if (!first) {
            own.outcome.markSeen(); // the task was completed by its runner, or another canceller was first
        }
        if (request != null && interrupt && request.interruption.begin()) {
            Node inside = interrupt(node, worker, request.interruption);
            if (inside == node) {
                publishSuspended(node, release);
            } else if (inside != null) {
                cancel(inside, true, release); // of a region that this task joins, and that would cancel it
            }
        }
        return first;
    }

    /**
     * Interrupts the body, which runs on the given worker and cannot end before this returns.
     *
     * @return as {@link Scheduler#interrupt} does
     */
    public static @Nullable Node interrupt(Node node, int worker, InterruptHandshake interruption) {
        try {
            return node.core().interrupt(worker, node, interruption);
        } finally {
            interruption.delivered();
        }
    }

    /**
     * Completes a task that was cancelled while another task runs in place inside its {@code join()}, and whose body
     * cannot end before that one. It keeps its place in the order until then, as a withdrawn task does.
     */
    static void publishSuspended(Node node, Completion release) {
        if (node.flags != 0) {
            node.showEnding();
        }
        while (node.outcome instanceof CancelRequest request) {
            Unsettled end = new Unsettled(request.outcome);
            if (Node.OUTCOME.compareAndSet(node, request, end)) {
                if (node.flags != 0) {
                    node.callOffTimers(release);
                    node.showEnd(end);
                }
                release.add(node, request.next, end);
                return;
            }
        }
    }

    /** Completes the task because a required predecessor did not succeed. Leaves the edge to that one counted. */
    static void skip(Node node, ExceptionalOutcome cause, Node predecessor, Completion release) {
        if (node.status <= Node.READY) {
            return;
        }
        Unsettled end = new Unsettled(described(node, cause.skip(predecessor.givenName())));
        for (int now; (now = node.status) > Node.READY; ) {
            if (Node.STATUS.compareAndSet(node, now, Node.WITHDRAWN + now + 1)) {
                node.publish(end, release);
                node.core().taskEnded(node);
                release.satisfied(node, 1);
                Wiring.departed(node);
                return;
            }
        }
    }

    /** As {@link #skip}, for a task with no other edge, which need not keep its order. Takes the edge off. */
    static boolean skipLast(Node node, ExceptionalOutcome cause, Node predecessor, Completion release) {
        if (node.status != 1) {
            return false;
        }
        ExceptionalOutcome end = described(node, cause.skip(predecessor.givenName()));
        if (Node.STATUS.compareAndSet(node, 1, Node.WITHDRAWN)) {
            node.inputs = null;
            node.publish(end, release);
            node.core().taskEnded(node);
            return true;
        }
        return false;
    }

    /** Completes a task that no queue will launch any more. Does nothing if it was launched or abandoned already. */
    public static void abandon(Node node, String why, Throwable reason, Completion release) {
        Unsettled end = null;
        while (true) {
            int now = node.status;
            if (now > Node.WITHDRAWING_UNLAUNCHED) {
                return;
            }
            if (end == null && now == Node.UNLAUNCHED) {
                end = new Unsettled(described(node, Cancelled.abandoned(why, reason)));
            }
            if (Node.STATUS.compareAndSet(
                    node, now, Node.WITHDRAWN + 1 + Node.guardOfOutcome(now) + Dependencies.count(node.inputs))) {
                if (now == Node.UNLAUNCHED) {
                    node.publish(Objects.requireNonNull(end), release);
                } else {
                    node.forgetRegion();
                }
                release.satisfied(node, 1 + node.wire(release));
                return;
            }
        }
    }

    /**
     * Abandons a task that the caller has launched and not wired yet.
     *
     * @param circular predecessors that the task does not wait for, because they wait for it
     */
    public static void rollbackLaunch(Node node, String why, Throwable reason, Set<Node> circular, Completion release) {
        Unsettled end = new Unsettled(described(node, Cancelled.abandoned(why, reason)));
        for (int now; (now = node.status) > Node.READY; ) {
            if (Node.STATUS.compareAndSet(node, now, Node.WITHDRAWN + now)) {
                node.publish(end, release);
                node.core().taskEnded(node);
                break;
            }
        }
        if (circular.isEmpty()) {
            release.satisfied(node, 1 + node.wire(release));
            return;
        }
        int[] satisfied = {1};
        Dependencies.forEach(
                node.inputs,
                (predecessor, soft) -> satisfied[0] +=
                        circular.contains(predecessor) ? 1 : Wiring.connect(node, predecessor, soft, release));
        release.satisfied(node, satisfied[0]);
    }

    /** Abandons a task that is wired, and takes off its guard, which the caller has. */
    public static void abandonWired(Node node, String why, Throwable reason, Completion release) {
        withdraw(node, described(node, Cancelled.abandoned(why, reason)), false, release);
        release.satisfied(node, 1);
    }

    /** Describes the outcome of an observed task now, which may call code of a user's exception. */
    private static ExceptionalOutcome described(Node node, ExceptionalOutcome how) {
        if ((node.flags & Node.OBSERVED) != 0) {
            how.describe();
        }
        return how;
    }
}
