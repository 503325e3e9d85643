package dev.regions.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds tasks that wait for each other in a circle of edges, at least one of them in a batch that is being launched.
 *
 * <p>A batch may close a circle in two ways. Either all of it is in the batch, which therefore names one of its tasks before that one
 * comes. Or it leads through tasks that are launched already: these depend on a task of the batch, from the time when that was
 * held by a region, and the batch depends on them. Then something hangs on a task of the batch before its launch. Both are
 * rare, and are looked for only where that is so. No later edge closes a circle, because a launched task gets no more edges.
 *
 * <p>Algorithm: Kahn, "Topological sorting of large networks", CACM 5 (11), 1962. What cannot be sorted has in it, or leads
 * to, a circle; walking back along edges from any of it ends in one. Linear in the number of tasks and edges in the batch, and
 * of launched ones that depend on them.
 */
final class BatchCycleFinder {
    /** In a message, at most so many names. */
    private static final int MAX_NAMES = 100;

    private final Map<Node, List<Node>> successors = new IdentityHashMap<>();
    private final Map<Node, List<Node>> predecessors = new IdentityHashMap<>();
    private final Deque<Node> toVisit = new ArrayDeque<>();

    private BatchCycleFinder() {}

    /**
     * A circle.
     *
     * @param path the names of the tasks on it, as text, each waiting for the next and the last for the first
     * @param unsorted the tasks that are on this or another circle, or depend on it
     */
    record Circle(String path, Set<Node> unsorted) {}

    /** Looks for a circle of edges inside a batch, which is launched and not wired; null if there is none. */
    static @Nullable Circle within(Node[] batch) {
        BatchCycleFinder cycles = new BatchCycleFinder();
        for (Node node : batch) {
            cycles.add(node);
        }
        cycles.connectBatch(batch);
        return cycles.sort();
    }

    /**
     * As {@link #within}, of a circle that leads through launched tasks, too. Of the batch, some tasks may have been wired.
     * Costs little unless a launched task depends on one of the batch, and this on a task that is not of the batch.
     */
    static @Nullable Circle through(Node... batch) {
        BatchCycleFinder cycles = new BatchCycleFinder();
        for (Node node : batch) {
            if (hasSuccessor(node)) {
                cycles.add(node);
            }
        }
        if (cycles.toVisit.isEmpty()) {
            return null;
        }
        for (Node node : batch) {
            cycles.add(node);
        }
        if (!dependsOnOthers(batch, cycles.successors.keySet())) {
            return null;
        }
        cycles.follow();
        cycles.connectBatch(batch);
        return cycles.sort();
    }

    private static boolean hasSuccessor(Node node) {
        for (Dependent at = node.dependents(); at != null; at = at instanceof Link link ? link.next : null) {
            if (at instanceof Node || at instanceof Link.HardEdge || at instanceof Link.SoftEdge) {
                return true;
            }
        }
        return false;
    }

    private static boolean dependsOnOthers(Node[] batch, Set<Node> known) {
        boolean[] found = new boolean[1];
        for (Node node : batch) {
            Dependencies.forEach(
                    node.inputs,
                    (predecessor, soft) -> found[0] |= !predecessor.isSettled() && !known.contains(predecessor));
        }
        return found[0];
    }

    private void add(Node node) {
        if (successors.putIfAbsent(node, new ArrayList<>(1)) == null) {
            predecessors.put(node, new ArrayList<>(1));
            toVisit.add(node);
        }
    }

    private void follow() {
        for (Node node; (node = toVisit.poll()) != null; ) {
            for (Dependent at = node.dependents(); at != null; at = at instanceof Link link ? link.next : null) {
                Node successor =
                        switch (at) {
                            case Node first -> first;
                            case Link.HardEdge edge -> edge.successor;
                            case Link.SoftEdge edge -> edge.successor;
                            case Link other -> null;
                        };
                if (successor != null && !successor.isSettled()) {
                    add(successor);
                    connect(node, successor);
                }
            }
        }
    }

    private void connectBatch(Node[] batch) {
        for (Node node : batch) {
            Dependencies.forEach(node.inputs, (predecessor, soft) -> {
                if (!predecessor.isSettled() && successors.containsKey(predecessor)) {
                    connect(predecessor, node);
                }
            });
        }
    }

    private void connect(Node before, Node after) {
        successors.get(before).add(after);
        predecessors.get(after).add(before);
    }

    private @Nullable Circle sort() {
        Map<Node, int[]> waitsFor = new IdentityHashMap<>();
        Deque<Node> sortable = new ArrayDeque<>();
        predecessors.forEach((node, before) -> {
            waitsFor.put(node, new int[] {before.size()});
            if (before.isEmpty()) {
                sortable.add(node);
            }
        });
        while (!sortable.isEmpty()) {
            Node node = sortable.poll();
            waitsFor.remove(node);
            for (Node successor : successors.get(node)) {
                if (--waitsFor.get(successor)[0] == 0) {
                    sortable.add(successor);
                }
            }
        }
        return waitsFor.isEmpty() ? null : new Circle(walk(waitsFor.keySet()), waitsFor.keySet());
    }

    private String walk(Set<Node> unsorted) {
        List<Node> path = new ArrayList<>();
        Map<Node, Integer> positions = new IdentityHashMap<>();
        Node at = unsorted.iterator().next();
        while (positions.putIfAbsent(at, path.size()) == null) {
            path.add(at);
            at = predecessors.get(at).stream()
                    .filter(unsorted::contains)
                    .findFirst()
                    .orElseThrow();
        }
        List<Node> circle = path.subList(positions.get(at), path.size());
        String names = circle.stream().limit(MAX_NAMES).map(Node::displayName).collect(Collectors.joining(" -> "));
        return names
                + (circle.size() > MAX_NAMES ? " -> " + (circle.size() - MAX_NAMES) + " more" : "")
                + " -> "
                + circle.get(0).displayName();
    }
}
