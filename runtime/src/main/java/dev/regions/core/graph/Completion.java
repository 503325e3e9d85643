package dev.regions.core.graph;

import dev.regions.core.graph.DependentStack.Unsettled;
import dev.regions.core.graph.Link.Callback;
import dev.regions.core.graph.Link.HardEdge;
import dev.regions.core.graph.Link.SoftEdge;
import dev.regions.core.graph.Link.Tracker;
import dev.regions.core.graph.Link.Waiter;
import dev.regions.queue.TaskQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The effects of a task's completion: waiters wake, successors count down, become ready, or are skipped in turn. The
 * completing thread {@linkplain #add adds} the stack that it took off the task, and then {@linkplain #run runs} the
 * work.
 *
 * <p>All of it is iterative. A task that completes on the way is added to the remaining work. Therefore a failure that
 * runs down a million-task chain, or a million barriers in a row, needs neither stack nor, for a chain, memory: one
 * piece of work is kept in fields, and only further ones need the deque.
 *
 * <p>User callbacks run last, and a worker counts its task before them: see {@link CallbackRunner}.
 *
 * <p>Used by one thread at a time.
 */
public final class Completion implements Runnable {
    /** How many links {@link #runBriefly} handles: some tens of microseconds. */
    private static final int BRIEFLY = 256;

    private final @Nullable Scheduler keepsFor;
    private @Nullable Node first;

    // The remaining work: one piece here, the rest in the deque.
    private @Nullable Node node;
    private @Nullable Dependent stack;
    private @Nullable Object outcome;
    private @Nullable Deque<Work> more;
    private @Nullable Deque<CallbackRunner.Due> callbacks;

    private record Work(Node node, @Nullable Dependent stack, Object outcome) {}

    /** Creates a completion that hands every task that becomes ready to the ready queue. */
    public Completion() {
        this(null);
    }

    /**
     * Creates a completion for a thread that runs tasks.
     *
     * @param keepsFor the scheduler of that thread: its first task that becomes ready is kept for the caller to run
     *     next, bypassing the queue
     */
    public Completion(@Nullable Scheduler keepsFor) {
        this.keepsFor = keepsFor;
    }

    /** Returns the kept task and clears it; null if there is none. */
    @Nullable
    public Node takeFirst() {
        Node taken = first;
        first = null;
        return taken;
    }

    /**
     * Keeps the result of {@link #succeeded} or {@link #takeFirst}, unless it is null, for the next {@code takeFirst}.
     */
    public void putBack(@Nullable Node taken) {
        if (taken != null) {
            first = taken;
        }
    }

    /**
     * Adds the work of a completed task.
     *
     * @param ended the task
     * @param dependents the stack taken off it, newest first
     * @param word the outcome word that replaced the stack
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

    /**
     * Runs the work of a completed task and all that follows from it, except for the callbacks, without storing it
     * first.
     */
    void now(Node ended, @Nullable Dependent dependents, Object word) {
        if (dependents instanceof Tracker tracker && tracker.next == null) {
            tracker.completed(word);
        } else if (dependents != null) {
            notifyDependents(ended, dependents, word);
            runButCallbacks();
        }
    }

    /**
     * As {@link #now}, for a task that has succeeded. Most such tasks have at most one dependent, a successor.
     *
     * @return a ready successor for the caller to run next, null if there is none here. It bypasses {@link #takeFirst},
     *     which returns the kept task in all other cases, because storing a reference in a field would cost as much as
     *     the rest of this method
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

    /** Returns true if work remains. */
    public boolean hasWork() {
        return node != null || callbacks != null;
    }

    private void keep(CallbackRunner.Due callback) {
        if (callbacks == null) {
            callbacks = new ArrayDeque<>();
        }
        callbacks.add(callback);
    }

    /** Adds a callback that notifies a region of the failure of a task that was spawned in it. */
    public void addFailureNotice(Node failed, TaskQueue region) {
        keep(new CallbackRunner.Failure(coreOf(failed, null), region));
    }

    private static @Nullable Scheduler coreOf(Node ended, @Nullable Scheduler otherwise) {
        return ended.owner instanceof Scheduler core ? core : otherwise;
    }

    /** Returns true if user callbacks remain. */
    public boolean hasCallbacks() {
        return callbacks != null;
    }

    /** Removes and returns the user callbacks, null if there are none. */
    @Nullable
    public Deque<CallbackRunner.Due> takeCallbacks() {
        Deque<CallbackRunner.Due> taken = callbacks;
        callbacks = null;
        return taken;
    }

    /** Runs the work and all that follows from it; the user callbacks last, when nothing else waits for this. */
    @Override
    public void run() {
        runButCallbacks();
        Deque<CallbackRunner.Due> due = takeCallbacks();
        if (due != null) {
            scheduleFirst();
            CallbackRunner.run(due);
        }
    }

    /** As {@link #run}, for a thread that completes tasks in passing, and must not wait for the callbacks of others. */
    public void runForSubmitter() {
        runButCallbacks();
        Deque<CallbackRunner.Due> due = takeCallbacks();
        if (due != null) {
            scheduleFirst();
            CallbackRunner.runApart(due);
        }
    }

    /** Schedules the kept task for any worker. */
    public void scheduleFirst() {
        if (first != null) {
            first.core().schedule(first);
            first = null;
        }
    }

    /** Runs the work and all that follows from it, except for the callbacks. */
    public void runButCallbacks() {
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
        notifyDependents(ended, dependents, word);
    }

    /**
     * As {@link #runButCallbacks}, for a thread that must not be held for long: wakes the waiters, and leaves the rest
     * if there is much of it.
     */
    public void runBriefly() {
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

    /** Wakes the waiters of a stack without changing it; returns the length of the stack. */
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

    /** Notifies the dependents of a stack, which is newest first, in the order of arrival. */
    private void notifyDependents(Node ended, @Nullable Dependent stack, @Nullable Object word) {
        if (word instanceof Unsettled) {
            notifyWithdrawn(ended, stack, word);
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
            notifyDependents(ended, link, word);
        }
    }

    /**
     * As {@link #notifyDependents(Node, Dependent, Object)}, for a task that is not settled: its successors still have
     * to know it, at any moment, and therefore its links keep their references to it during this traversal.
     */
    private void notifyWithdrawn(Node ended, @Nullable Dependent stack, Object word) {
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
            notifyDependents(ended, links.get(i), word);
        }
    }

    private void notifyDependents(Node ended, Link link, @Nullable Object word) {
        if (link instanceof HardEdge edge) {
            hard(ended, edge.successor, word);
        } else if (link instanceof SoftEdge edge) {
            soft(ended, edge.successor, word);
        } else if (link instanceof Waiter waiter) {
            waiter.wake();
        } else if (link instanceof Callback callback) {
            keep(new CallbackRunner.Completed(coreOf(ended, callback.core), callback.action, callback.brief));
        } else if (link instanceof Tracker tracker) {
            tracker.completed(word);
        } // else it is a cancel request that came too late
    }

    private void hard(Node ended, Node successor, @Nullable Object word) {
        if (word instanceof Unsettled unsettled) {
            Withdrawal.skip(successor, unsettled.outcome, ended, this);
            soft(ended, successor, word);
        } else if (word instanceof ExceptionalOutcome unsuccessful) {
            if (!Withdrawal.skipLast(successor, unsuccessful, ended, this)) {
                Withdrawal.skip(successor, unsuccessful, ended, this);
                satisfied(successor, 1);
            }
        } else {
            satisfied(successor, 1);
        }
    }

    private void soft(Node ended, Node successor, @Nullable Object word) {
        int satisfied = word instanceof Unsettled unsettled ? Wiring.follow(successor, ended, unsettled, this) : 1;
        if (satisfied == 0) {
            successor.onOrderDeferred(this);
        } else {
            satisfied(successor, satisfied);
        }
    }

    /** Takes edges or guards off a task; if none is left, the task becomes ready or settles. */
    public void satisfied(Node successor, int edges) {
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
        TaskProbe observed = node.observation();
        if (observed != null) {
            observed.ready();
        }
        if (node.bodyKind == BodyKind.BARRIER) {
            node.passBarrier(this);
        } else if ((node.flags & Node.ATTRIBUTES) != 0) {
            node.core().admit(node, this);
        } else if (first == null && node.owner == keepsFor && (node.flags & Node.DEDICATED) == 0) {
            first = node;
        } else {
            node.core().schedule(node);
        }
    }
}
