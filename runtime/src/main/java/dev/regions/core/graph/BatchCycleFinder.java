package dev.regions.core.graph;

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
 * Finds cycles of edges through at least one task of a batch that is being launched.
 *
 * <p>A batch may close a cycle in two ways. Either the whole cycle is in the batch: then one of its tasks names a task
 * that comes later in the batch. Or the cycle leads through launched tasks: these have depended on a task of the batch
 * since a region held it, and the batch depends on them. Then a link hangs on a task of the batch before its launch.
 * Both are rare, and the search runs only where that is so. No later edge closes a cycle, because a launched task gets
 * no more edges.
 *
 * <p>Algorithm: Kahn, "Topological sorting of large networks", CACM 5 (11), 1962. Each task that cannot be sorted is on
 * a cycle or depends on one; walking back along edges from any of them ends in a cycle. Linear in the number of tasks
 * and edges in the batch, and of launched ones that depend on them.
 */
public final class BatchCycleFinder {
    /** Maximum number of names in a message. */
    private static final int MAX_NAMES = 100;

    private final Map<Node, List<Node>> successors = new IdentityHashMap<>();
    private final Map<Node, List<Node>> predecessors = new IdentityHashMap<>();
    private final Deque<Node> toVisit = new ArrayDeque<>();

    private BatchCycleFinder() {}

    /**
     * A cycle.
     *
     * @param path the names of its tasks, as text: each waits for the next, and the last for the first
     * @param unsorted the tasks that are on this or another cycle, or depend on it
     */
    public record Cycle(String path, Set<Node> unsorted) {}

    /** Returns a cycle of edges inside a batch, which is launched and not wired; null if there is none. */
    public static @Nullable Cycle within(Node[] batch) {
        BatchCycleFinder cycles = new BatchCycleFinder();
        for (Node node : batch) {
            cycles.add(node);
        }
        cycles.connectBatch(batch);
        return cycles.sort();
    }

    /**
     * Returns a cycle of edges that may lead through launched tasks, too; null if there is none. Some tasks of the
     * batch may be wired. Costs little unless a launched task depends on the batch, and the batch on a task outside of
     * it.
     */
    public static @Nullable Cycle through(Node... batch) {
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

    private @Nullable Cycle sort() {
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
        return waitsFor.isEmpty() ? null : new Cycle(walk(waitsFor.keySet()), waitsFor.keySet());
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
        List<Node> cycle = path.subList(positions.get(at), path.size());
        String names = cycle.stream().limit(MAX_NAMES).map(Node::displayName).collect(Collectors.joining(" -> "));
        return names
                + (cycle.size() > MAX_NAMES ? " -> " + (cycle.size() - MAX_NAMES) + " more" : "")
                + " -> "
                + cycle.get(0).displayName();
    }
}
