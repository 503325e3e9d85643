package dev.regions.core.diagnostics;

import dev.regions.core.graph.Dependencies;
import dev.regions.core.graph.Dependent;
import dev.regions.core.graph.Link;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskNode;
import dev.regions.core.schedule.DagCore;
import dev.regions.core.schedule.Worker;
import dev.regions.observe.RuntimeDump;
import dev.regions.queue.EdgeReason;
import dev.regions.queue.PendingTask;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the unfinished tasks of a core without a list of them, and the blockers of each.
 *
 * <p>A task has no references to its predecessors, other than its arguments: they are discarded when it is wired. But
 * each predecessor has a link to it. Every launched task waits, in the end, for one that is in the submission queue, in
 * a ready queue, on a worker, or on the core's list of external waits. The scan follows the links from those. No link
 * need lead to an unlaunched task. Most of these stay in one of a few places, which are asked: the queues of open
 * regions that hold tasks, the queue in front of the core, and the list of tasks that wait at the in-flight bound. The
 * scan misses tasks on their way from one such place to another, each for a moment; and tasks that a user's queue keeps
 * without saying so, or while it blocks the thread that brings them.
 *
 * <p>Weakly consistent: for people to read, not for the runtime to act upon.
 */
final class UnfinishedTaskScan {
    /** An edge that is not satisfied, or the wait of a task. */
    record Blocker(Node task, EdgeReason reason) {}

    private final Map<Node, List<Blocker>> waitsFor = new IdentityHashMap<>();
    private final Deque<Node> toVisit = new ArrayDeque<>();
    private final List<Node> running = new ArrayList<>();
    private final Set<Node> awaitingPermit = Collections.newSetFromMap(new IdentityHashMap<>());
    private int ready;

    private final DagCore core;
    private final @Nullable TaskRegistry live;

    private UnfinishedTaskScan(DagCore core) {
        this.core = core;
        this.live = Diagnostics.of(core).observers().observers().live();
    }

    /** Scans a core. */
    static UnfinishedTaskScan from(DagCore core) {
        UnfinishedTaskScan scan = new UnfinishedTaskScan(core);
        // In the order in which a task moves from one place to the next, so that the scan most likely finds it in one.
        Diagnostics.of(core).openRegions().forEachHeld(scan::foundHeld);
        if (core.root() != core) {
            RegionRegistry.ask(core.root(), scan::foundHeld);
        }
        core.forEachAwaitingPermit(node -> {
            scan.awaitingPermit.add(node);
            scan.found(node);
        });
        core.forEachUnwired(scan::found);
        core.workers().forEachReady(node -> {
            scan.ready += node.isReady() ? 1 : 0;
            scan.found(node);
        });
        for (Worker worker : core.workers().all()) {
            for (Node running : worker.runningNow()) {
                scan.running.add(running);
                scan.found(running);
            }
        }
        core.waitingOutsideNow().forEach(scan::found);
        if (scan.live != null) {
            scan.live.all().forEach(scan::found);
        }
        scan.follow();
        return scan;
    }

    private void found(Node node) {
        if (!waitsFor.containsKey(node)) {
            waitsFor.put(node, new ArrayList<>(1));
            toVisit.add(node);
        }
    }

    private void foundHeld(PendingTask held) {
        if (held.task() instanceof Node node) {
            found(node);
        }
    }

    private void follow() {
        for (Node node; (node = toVisit.poll()) != null; ) {
            for (Dependent at = node.dependents(); at != null; at = at instanceof Link link ? link.next : null) {
                switch (at) {
                    case Node successor -> blocks(node, successor, false);
                    case Link.HardEdge edge -> blocks(node, edge.successor, false);
                    case Link.SoftEdge edge -> blocks(node, edge.successor, true);
                    case Link.Waiter waiter -> {}
                    case Link.Callback callback -> {}
                    case Link.Tracker tracker -> {}
                    case Link.CancelRequest request -> {}
                }
            }
        }
    }

    private void blocks(Node node, Node successor, boolean soft) {
        found(successor);
        List<Blocker> known = waitsFor.get(successor);
        boolean argument = !soft && Dependencies.hasArgument(successor.inputs, node);
        known.add(new Blocker(node, soft ? EdgeReason.AFTER : argument ? EdgeReason.ARGUMENT : EdgeReason.REQUIRES));
    }

    /** Returns the tasks that workers run. */
    List<Node> running() {
        return running;
    }

    /** Returns the number of tasks that were in the ready queues. */
    int ready() {
        return ready;
    }

    /** Returns the scanned core. */
    DagCore core() {
        return core;
    }

    /** Returns true if the launch of a task is blocked by the in-flight bound. */
    boolean awaitsPermit(Node node) {
        return awaitingPermit.contains(node);
    }

    /** Returns the blockers that were found for a task. */
    List<Blocker> waitsFor(@Nullable Node node) {
        return waitsFor.getOrDefault(node, List.of());
    }

    /** Returns a dump of the unfinished tasks of the core, without those of other cores. */
    RuntimeDump dump() {
        List<RuntimeDump.Entry> tasks = new ArrayList<>();
        for (Node node : waitsFor.keySet()) {
            if (!node.isCompleted() && (node.owner == core || !(node.owner instanceof DagCore))) {
                RuntimeDump.Entry entry =
                        TaskExplainer.of((TaskNode<?>) node, this).entry();
                if (!entry.state().isCompleted()) {
                    tasks.add(entry);
                }
            }
        }
        tasks.sort(Comparator.comparing(RuntimeDump.Entry::state, Comparator.reverseOrder())
                .thenComparingLong(RuntimeDump.Entry::id)
                .thenComparing(RuntimeDump.Entry::name));
        return new RuntimeDump(
                core.name(),
                Instant.now(),
                core.inFlight(),
                core.workerCount(),
                ready,
                Diagnostics.of(core).deadlocks().whyIncomplete(),
                tasks);
    }
}
