package dev.regions.core;

import dev.regions.queue.EdgeReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The unfinished tasks of a core that can be found without a list of them, and what each waits for.
 *
 * <p>A task has no references to what it waits for, other than its arguments: they are let go of when it is wired. But what it
 * waits for has a link to it. And whatever was launched waits, in the end, for something that is on a worker, in a ready queue,
 * or on the core's list of what waits for something outside. So from those this follows the links. What it misses is what no
 * launched task waits for: tasks that regions hold; and, for a moment each, tasks on their way from one such place to another.
 *
 * <p>A look while things move, good for people to read; not for the runtime to act upon.
 */
final class Reach {
    /** An edge that is not satisfied, or the wait of a task. */
    record Blocker(Node task, EdgeReason reason) {}

    private final Map<Node, List<Blocker>> waitsFor = new IdentityHashMap<>();
    private final Deque<Node> toVisit = new ArrayDeque<>();

    private Reach() {}

    /** Looks at a core. */
    static Reach from(DagCore core) {
        Reach reach = new Reach();
        for (Worker worker : core.workers().all()) {
            for (Node running : worker.runningNow()) {
                reach.found(running);
            }
        }
        core.workers().forEachReady(reach::found);
        core.waitingOutsideNow().forEach(reach::found);
        LiveTasks live = core.observing().observers().live();
        if (live != null) {
            live.all().forEach(reach::found);
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

    private void follow() {
        for (Node node; (node = toVisit.poll()) != null; ) {
            for (Link link = node.links(); link != null; link = link.next) {
                switch (link) {
                    case Link.HardEdge edge -> blocks(node, edge.successor, false);
                    case Link.SoftEdge edge -> blocks(node, edge.successor, true);
                    case Link.Waiter waiter -> {}
                    case Link.Callback callback -> {}
                    case Link.CancelRequest request -> {}
                }
            }
        }
    }

    private void blocks(Node node, Node successor, boolean soft) {
        found(successor);
        List<Blocker> known = waitsFor.get(successor);
        boolean argument = !soft && Inputs.hasArgument(successor.inputs, node);
        known.add(new Blocker(node, soft ? EdgeReason.AFTER : argument ? EdgeReason.ARGUMENT : EdgeReason.REQUIRES));
    }

    /** Returns the tasks found that are not final. */
    List<Node> unfinished() {
        return waitsFor.keySet().stream().filter(node -> !node.isFinal()).toList();
    }

    /** Returns what a task was found to wait for. */
    List<Blocker> waitsFor(@Nullable Node node) {
        return waitsFor.getOrDefault(node, List.of());
    }
}
