package dev.regions.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds tasks of a batch that wait for each other in a circle. */
final class Cycles {
    private Cycles() {}

    /**
     * Looks for a circle of edges inside a batch.
     *
     * <p>Algorithm: Kahn, "Topological sorting of large networks", CACM 5 (11), 1962. What cannot be sorted has in it, or
     * leads to, a circle; walking back along edges from any of it ends in one.
     *
     * @return the names of the tasks on one circle, each waiting for the next and the last for the first; null if there is
     *     no circle
     */
    static @Nullable List<String> find(Node[] batch) {
        Map<Node, int[]> waitsFor = new IdentityHashMap<>();
        for (Node node : batch) {
            waitsFor.put(node, new int[1]);
        }
        Map<Node, List<Node>> successors = new IdentityHashMap<>();
        for (Node node : batch) {
            Inputs.forEach(node.inputs, (predecessor, soft) -> {
                if (waitsFor.containsKey(predecessor)) {
                    waitsFor.get(node)[0]++;
                    successors
                            .computeIfAbsent(predecessor, p -> new ArrayList<>())
                            .add(node);
                }
            });
        }
        Deque<Node> sortable = new ArrayDeque<>();
        for (Node node : batch) {
            if (waitsFor.get(node)[0] == 0) {
                sortable.add(node);
            }
        }
        while (!sortable.isEmpty()) {
            Node node = sortable.poll();
            waitsFor.remove(node);
            for (Node successor : successors.getOrDefault(node, List.of())) {
                if (--waitsFor.get(successor)[0] == 0) {
                    sortable.add(successor);
                }
            }
        }
        return waitsFor.isEmpty() ? null : walk(waitsFor);
    }

    private static List<String> walk(Map<Node, int[]> unsorted) {
        List<Node> path = new ArrayList<>();
        Node at = unsorted.keySet().iterator().next();
        while (!path.contains(at)) {
            path.add(at);
            Node[] back = new Node[1];
            Inputs.forEach(at.inputs, (predecessor, soft) -> {
                if (unsorted.containsKey(predecessor)) {
                    back[0] = predecessor;
                }
            });
            at = back[0];
        }
        return path.subList(path.indexOf(at), path.size()).stream()
                .map(Node::displayName)
                .toList();
    }
}
