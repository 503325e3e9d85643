package dev.regions.core;

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
 * The unfinished tasks of a core that can be found without a list of them, and what each waits for.
 *
 * <p>A task has no references to what it waits for, other than its arguments: they are let go of when it is wired. But what it
 * waits for has a link to it. And whatever was launched waits, in the end, for something that is on a worker, in a ready queue,
 * or on the core's list of what waits for something outside. So from those this follows the links. To what is not launched no
 * link need lead. Most of that stays in one of a few places, which are asked: the queues of open regions that hold tasks, the
 * queue in front of the core, and the list of what waits for room in it. What this misses is, for a moment each, tasks on their way
 * from one such place to another; and what a queue of the user's own keeps without saying so, or while it blocks who brings it.
 *
 * <p>A look while things move, good for people to read; not for the runtime to act upon.
 */
final class UnfinishedTaskScan {
    /** An edge that is not satisfied, or the wait of a task. */
    record Blocker(Node task, EdgeReason reason) {}

    private final Map<Node, List<Blocker>> waitsFor = new IdentityHashMap<>();
    private final Deque<Node> toVisit = new ArrayDeque<>();
    private final List<Node> running = new ArrayList<>();
    private final Set<Node> awaitingRoom = Collections.newSetFromMap(new IdentityHashMap<>());
    private int ready;

    private final DagCore core;
    private final @Nullable TaskRegistry live;

    private UnfinishedTaskScan(DagCore core) {
        this.core = core;
        this.live = core.observing().observers().live();
    }

    /** Looks at a core. */
    static UnfinishedTaskScan from(DagCore core) {
        UnfinishedTaskScan reach = new UnfinishedTaskScan(core);
        // In the order in which a task gets from one to the next: so that it is, most likely, in one when that is
        // looked at.
        core.openRegions().forEachHeld(reach::foundHeld);
        if (core.root() != core) {
            RegionRegistry.ask(core.root(), reach::foundHeld);
        }
        core.forEachAwaitingRoom(node -> {
            reach.awaitingRoom.add(node);
            reach.found(node);
        });
        core.forEachUnwired(reach::found);
        core.workers().forEachReady(node -> {
            reach.ready += node.isReady() ? 1 : 0;
            reach.found(node);
        });
        for (Worker worker : core.workers().all()) {
            for (Node running : worker.runningNow()) {
                reach.running.add(running);
                reach.found(running);
            }
        }
        core.waitingOutsideNow().forEach(reach::found);
        if (reach.live != null) {
            reach.live.all().forEach(reach::found);
        }
        reach.follow();
        return reach;
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

    /** Returns how many tasks were in the ready queues. */
    int ready() {
        return ready;
    }

    /** Returns the core that was looked at. */
    DagCore core() {
        return core;
    }

    /** Tells whether the launch of a task waits for room. */
    boolean awaitsRoom(Node node) {
        return awaitingRoom.contains(node);
    }

    /** Returns what a task was found to wait for. */
    List<Blocker> waitsFor(@Nullable Node node) {
        return waitsFor.getOrDefault(node, List.of());
    }

    /** Returns what can be said of the unfinished tasks of the core, those of other cores left out. */
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
                core.deadlocks().whyIncomplete(),
                tasks);
    }
}
