package dev.regions.core;

import dev.regions.core.Link.Callback;
import dev.regions.core.Link.HardEdge;
import dev.regions.core.Link.SoftEdge;
import dev.regions.core.Link.Tracker;
import dev.regions.core.Link.Waiter;
import dev.regions.core.Node.Unsettled;
import dev.regions.queue.TaskQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a final task sets off: waiters wake, successors count down, become ready, or are skipped in their turn. Whoever ends
 * a task {@linkplain #add adds} the stack it took off, and then {@linkplain #run runs}.
 *
 * <p>All of it is iterative. A task that is ended on the way adds itself to the work left, so that a failure that runs down
 * a million-task chain, or a million barriers in a row, needs neither stack nor, for a chain, memory: one piece of work is
 * kept in fields, only more than one needs the deque.
 *
 * <p>The callbacks of users come last, and a worker counts its task first: see {@link CallbackRunner}.
 *
 * <p>Used by one thread at a time.
 */
final class Completion implements Runnable {
    /** How many links {@link #runBriefly} deals with: some tens of microseconds. */
    private static final int BRIEFLY = 256;

    private final @Nullable DagCore keepsFor;
    private @Nullable Node first;

    // The work left: one piece here, more of it in the deque.
    private @Nullable Node node;
    private @Nullable Dependent stack;
    private @Nullable Object outcome;
    private @Nullable Deque<Work> more;
    private @Nullable Deque<CallbackRunner.Due> callbacks;

    private record Work(Node node, @Nullable Dependent stack, Object outcome) {}

    /** Makes one that hands every task that becomes ready to the ready queue. */
    Completion() {
        this(null);
    }

    /**
     * Makes one for a thread that runs tasks.
     *
     * @param keepsFor the core of that thread: the first task of it that becomes ready is kept for the caller to run next,
     *     with no queue between
     */
    Completion(@Nullable DagCore keepsFor) {
        this.keepsFor = keepsFor;
    }

    /** Takes the first task that became ready, null if there was none. */
    @Nullable
    Node takeFirst() {
        Node taken = first;
        first = null;
        return taken;
    }

    /** Takes back what {@link #succeeded} has returned, or {@link #takeFirst}, for the latter to return it. */
    void putBack(@Nullable Node taken) {
        if (taken != null) {
            first = taken;
        }
    }

    /**
     * Adds the work that a final task leaves.
     *
     * @param ended the task
     * @param dependents the stack taken off it, newest first
     * @param word the outcome word that took its place
     */
    void add(Node ended, @Nullable Dependent dependents, Object word) {
        if (dependents == null) {
            return;
        }
        if (node == null) {
            node = ended;
            stack = dependents;
            outcome = word;
        } else {
            if (more == null) {
                more = new ArrayDeque<>();
            }
            more.add(new Work(ended, dependents, word));
        }
    }

    /** Does the work that a final task leaves at once, and what comes of it, without keeping it in fields first. */
    void now(Node ended, @Nullable Dependent dependents, Object word) {
        if (dependents instanceof Tracker tracker && tracker.next == null) {
            tracker.completed(word);
        } else if (dependents != null) {
            tell(ended, dependents, word);
            runButCallbacks();
        }
    }

    /**
     * As {@link #now}, of a task that has succeeded. What most such tasks leave, if anything, is one successor.
     *
     * @return a successor that is ready, and is for the caller to run next: it goes past {@link #takeFirst}, which gives what
     *     else there may be, for a reference in a field would cost as much as the rest of this
     */
    @Nullable
    Node succeeded(Node ended, Dependent dependents, Object word) {
        if (!(dependents instanceof Node successor)) {
            now(ended, dependents, word);
            return null;
        }
        int left = successor.countDown(1);
        if (left == Node.READY && isKept(successor)) {
            return successor;
        }
        passed(successor, left);
        runButCallbacks();
        return null;
    }

    /** Tells whether there is work left. */
    boolean hasWork() {
        return node != null || callbacks != null;
    }

    private void keep(CallbackRunner.Due callback) {
        if (callbacks == null) {
            callbacks = new ArrayDeque<>();
        }
        callbacks.add(callback);
    }

    /** Adds to the callbacks that a region is notified of the failure of a task that was spawned in it. */
    void tellLast(Node failed, TaskQueue region) {
        keep(new CallbackRunner.Failure(coreOf(failed, null), region));
    }

    private static @Nullable DagCore coreOf(Node ended, @Nullable DagCore otherwise) {
        return ended.owner instanceof DagCore core ? core : otherwise;
    }

    /** Returns true if there are callbacks of users among the work left. */
    boolean hasCallbacks() {
        return callbacks != null;
    }

    /** Takes the callbacks of users off the work left, null if there are none. */
    @Nullable
    Deque<CallbackRunner.Due> takeCallbacks() {
        Deque<CallbackRunner.Due> taken = callbacks;
        callbacks = null;
        return taken;
    }

    /** Does the work, and what comes of it; the callbacks of users last, when nothing else waits for this. */
    @Override
    public void run() {
        runButCallbacks();
        Deque<CallbackRunner.Due> due = takeCallbacks();
        if (due != null) {
            scheduleFirst();
            CallbackRunner.run(due);
        }
    }

    /** As {@link #run}, for a thread that completes tasks in passing, and is not to wait for the callbacks of others. */
    void runForSubmitter() {
        runButCallbacks();
        Deque<CallbackRunner.Due> due = takeCallbacks();
        if (due != null) {
            scheduleFirst();
            CallbackRunner.runApart(due);
        }
    }

    /** Leaves the first task that became ready to the workers. */
    void scheduleFirst() {
        if (first != null) {
            first.core().workers().schedule(first);
            first = null;
        }
    }

    /** Does the work, and what comes of it, except for the callbacks. */
    void runButCallbacks() {
        while (node != null) {
            runNext(node);
        }
    }

    private void runNext(Node ended) {
        Dependent dependents = stack;
        Object word = outcome;
        node = null;
        stack = null;
        outcome = null;
        if (more != null && !more.isEmpty()) {
            Work next = more.poll();
            add(next.node, next.stack, next.outcome);
        }
        tell(ended, dependents, word);
    }

    /**
     * Does as {@link #runButCallbacks}, for a thread that must not be held for long: wakes those who wait, and leaves the rest of the
     * work, where there is much of it.
     */
    void runBriefly() {
        int left = BRIEFLY;
        while (node != null) {
            left -= wakeWaiters(stack);
            if (left < 0) {
                if (more != null) {
                    for (Work work : more) {
                        wakeWaiters(work.stack);
                    }
                }
                return;
            }
            runNext(node);
        }
    }

    /** Wakes the waiters of a stack, and leaves it as it is; returns the length of the stack. */
    private static int wakeWaiters(@Nullable Dependent stack) {
        int links = 0;
        for (Dependent at = stack; at != null; at = at instanceof Link link ? link.next : null) {
            links++;
            if (at instanceof Waiter waiter) {
                waiter.wake();
            }
        }
        return links;
    }

    /** Tells a stack, newest first, in the order of arrival. */
    private void tell(Node ended, @Nullable Dependent stack, @Nullable Object word) {
        if (word instanceof Unsettled) {
            tellWithdrawn(ended, stack, word);
            return;
        }
        Link links = null;
        Dependent rest = stack;
        while (rest instanceof Link link) { // all of them first: another thread may still be purging the stack
            link.back = links;
            links = link;
            rest = link.next;
        }
        if (rest != null) {
            hard(ended, (Node) rest, word);
        }
        while (links != null) {
            Link link = links;
            links = (Link) link.back;
            link.back = null;
            link.next = null;
            tell(ended, link, word);
        }
    }

    /**
     * As {@link #tell}, of a task that is not over: its successors still have to know it, at any moment, so the links keep saying so
     * while this goes through them.
     */
    private void tellWithdrawn(Node ended, @Nullable Dependent stack, Object word) {
        List<Link> links = new ArrayList<>();
        Dependent rest = stack;
        while (rest instanceof Link link) {
            links.add(link);
            rest = link.next;
        }
        if (rest != null) {
            hard(ended, (Node) rest, word);
        }
        for (int i = links.size() - 1; i >= 0; i--) {
            links.get(i).next = null;
            tell(ended, links.get(i), word);
        }
    }

    private void tell(Node ended, Link link, @Nullable Object word) {
        if (link instanceof HardEdge edge) {
            hard(ended, edge.successor, word);
        } else if (link instanceof SoftEdge edge) {
            soft(ended, edge.successor, word);
        } else if (link instanceof Waiter waiter) {
            waiter.wake();
        } else if (link instanceof Callback callback) {
            keep(new CallbackRunner.Completed(coreOf(ended, callback.core), callback));
        } else if (link instanceof Tracker tracker) {
            tracker.completed(word);
        } // else it is a request to cancel, which has come too late
    }

    private void hard(Node ended, Node successor, @Nullable Object word) {
        if (word instanceof Unsettled unsettled) {
            successor.skip(unsettled.outcome, ended, this);
            soft(ended, successor, word);
        } else if (word instanceof ExceptionalOutcome unsuccessful) {
            if (!successor.skipLast(unsuccessful, ended, this)) {
                successor.skip(unsuccessful, ended, this);
                satisfied(successor, 1);
            }
        } else {
            satisfied(successor, 1);
        }
    }

    private void soft(Node ended, Node successor, @Nullable Object word) {
        int satisfied = word instanceof Unsettled unsettled ? successor.follow(ended, unsettled, this) : 1;
        if (satisfied == 0) {
            successor.onOrderDeferred(this);
        } else {
            satisfied(successor, satisfied);
        }
    }

    /** Takes edges or guards off a task, and deals with what that makes of it. */
    void satisfied(Node successor, int edges) {
        passed(successor, successor.countDown(edges));
    }

    private void passed(Node successor, int left) {
        if (left == Node.READY) {
            ready(successor);
        } else if (left == Node.WITHDRAWN) {
            successor.settle(this);
        }
    }

    private void ready(Node node) {
        if (isKept(node)) {
            first = node;
        } else {
            readyOtherwise(node);
        }
    }

    private boolean isKept(Node node) {
        return node.flags == 0 && first == null && node.owner == keepsFor && node.bodyKind != BodyKind.BARRIER;
    }

    private void readyOtherwise(Node node) {
        TaskRecord observed = node.observation();
        if (observed != null) {
            observed.ready();
        }
        if (node.bodyKind == BodyKind.BARRIER) {
            node.passBarrier(this);
        } else if ((node.flags & Node.TERMS) != 0) {
            node.requestAdmission(this);
        } else if (first == null && node.owner == keepsFor && (node.flags & Node.DEDICATED) == 0) {
            first = node;
        } else {
            node.core().workers().schedule(node);
        }
    }
}
