package dev.regions.report;

import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Merges similar nodes of a graph. */
final class Fold {
    /**
     * Numbers, decimal or hexadecimal as in a generated task name: the difference between similar tasks. A run of
     * letters and digits counts as a number if it has a digit, is at least four long, and has no letters other than
     * those of a hexadecimal number; or if it is digits alone.
     */
    private static final Pattern NUMBERS =
            Pattern.compile("(?<![A-Za-z0-9])(?=[a-f]*[0-9])[0-9a-f]{4,}(?![A-Za-z0-9])|[0-9]+");

    /** The states, from the most to the least remarkable. */
    private static final List<TaskState> BY_ATTENTION = List.of(
            TaskState.FAILED,
            TaskState.CANCELLED,
            TaskState.ABANDONED,
            TaskState.SKIPPED,
            TaskState.RUNNING,
            TaskState.READY,
            TaskState.WAITING,
            TaskState.UNLAUNCHED,
            TaskState.SUCCEEDED);

    /** The common properties of similar nodes; -1 and the empty string for a property that is ignored. */
    private record Key(String pattern, boolean barrier, boolean outside, int region, String path, int depth) {
        Key withPath(String path) {
            return new Key(pattern, barrier, outside, region, path, depth);
        }

        Key withDepth(int depth) {
            return new Key(pattern, barrier, outside, region, path, depth);
        }

        Key withRegion(int region) {
            return new Key(pattern, barrier, outside, region, path, depth);
        }
    }

    private final RegionGraph graph;
    private final Map<String, String> patterns = new HashMap<>();
    private final String[] paths;
    private final int[] nodeOf;

    Fold(RegionGraph graph) {
        this.graph = graph;
        this.paths = new String[graph.frames().size()];
        this.nodeOf = new int[graph.nodes().size()];
        Arrays.setAll(nodeOf, node -> node);
        for (RegionGraph.Frame frame : graph.frames()) {
            String around = frame.parent() < 0 ? "" : paths[frame.parent()] + " / ";
            paths[frame.id()] = around + pattern(frame.name());
        }
    }

    /**
     * Returns a name with a {@code #} for each number. The text after a colon and a space is a detail, and left out.
     */
    static String patternOf(String name) {
        int detail = name.indexOf(": ");
        return detail > 0
                ? NUMBERS.matcher(name.substring(0, detail)).replaceAll("#") + ": …"
                : NUMBERS.matcher(name).replaceAll("#");
    }

    private String pattern(String name) {
        return patterns.computeIfAbsent(name, Fold::patternOf);
    }

    private String path(RegionGraph.Node node) {
        return node.region() < 0 ? "" : paths[node.region()];
    }

    /** Returns, for each node of the graph, the node that it was merged into. */
    int[] nodeOf() {
        return nodeOf;
    }

    RegionGraph atMost(int most) {
        if (graph.nodes().size() <= most) {
            return graph;
        }
        List<Key> keys = new ArrayList<>(graph.nodes().size());
        for (RegionGraph.Node node : graph.nodes()) {
            keys.add(new Key(pattern(node.name()), node.barrier(), node.outside(), -1, "", -1));
        }
        if (Set.copyOf(keys).size() > most) {
            return fold(withRest(keys, most));
        }
        keys = split(keys, most, (key, node) -> key.withPath(path(node)));
        keys = split(keys, most, (key, node) -> key.withDepth(node.depth()));
        keys = split(keys, most, (key, node) -> key.withRegion(node.region()));
        return fold(keys);
    }

    /**
     * Splits groups of similar nodes by a finer key, beginning with those that fall into the fewest parts, as long as
     * there is room.
     */
    private List<Key> split(List<Key> keys, int most, BiFunction<Key, RegionGraph.Node, Key> finer) {
        Map<Key, Set<Key>> parts = new LinkedHashMap<>();
        for (RegionGraph.Node node : graph.nodes()) {
            Key key = keys.get(node.id());
            parts.computeIfAbsent(key, whole -> new HashSet<>()).add(finer.apply(key, node));
        }
        Set<Key> chosen = new HashSet<>();
        int total = parts.size();
        for (Map.Entry<Key, Set<Key>> part : parts.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getValue().size()))
                .toList()) {
            int more = part.getValue().size() - 1;
            if (total + more > most) {
                break;
            }
            total += more;
            chosen.add(part.getKey());
        }
        List<Key> split = new ArrayList<>(keys.size());
        for (RegionGraph.Node node : graph.nodes()) {
            Key key = keys.get(node.id());
            split.add(chosen.contains(key) ? finer.apply(key, node) : key);
        }
        return split;
    }

    private static List<Key> withRest(List<Key> keys, int most) {
        Map<Key, Long> counts = keys.stream().collect(Collectors.groupingBy(key -> key, Collectors.counting()));
        Set<Key> kept = counts.entrySet().stream()
                .sorted(Map.Entry.<Key, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(entry -> entry.getKey().pattern()))
                .limit(most - 1L)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(HashSet::new));
        Key rest = new Key("others", false, false, -1, "", -1);
        return keys.stream().map(key -> kept.contains(key) ? key : rest).toList();
    }

    private RegionGraph fold(List<Key> keys) {
        Map<Key, Integer> ids = new LinkedHashMap<>();
        keys.forEach(key -> ids.putIfAbsent(key, ids.size()));
        RegionGraph.Node[] nodes = new RegionGraph.Node[ids.size()];
        for (RegionGraph.Node node : graph.nodes()) {
            Key key = keys.get(node.id());
            int id = ids.get(key);
            nodeOf[node.id()] = id;
            nodes[id] = nodes[id] == null
                    ? with(node, id, key.region() < 0 ? -1 : node.region())
                    : together(nodes[id], node, key.pattern());
        }
        Map<List<Object>, RegionGraph.Edge> edges = new LinkedHashMap<>();
        for (RegionGraph.Edge edge : graph.edges()) {
            int from = ids.get(keys.get(edge.from()));
            int to = ids.get(keys.get(edge.to()));
            edges.merge(
                    List.of(from, to, edge.reason(), edge.soft()),
                    new RegionGraph.Edge(from, to, edge.reason(), edge.count(), edge.soft(), edge.critical()),
                    Fold::together);
        }
        return new RegionGraph(List.of(nodes), List.copyOf(edges.values()), graph.frames());
    }

    private static RegionGraph.Node with(RegionGraph.Node node, int id, int region) {
        return new RegionGraph.Node(
                id,
                node.name(),
                node.count(),
                node.state(),
                node.barrier(),
                node.outside(),
                region,
                node.depth(),
                node.ran(),
                node.critical());
    }

    private static RegionGraph.Node together(RegionGraph.Node one, RegionGraph.Node other, String pattern) {
        return new RegionGraph.Node(
                one.id(),
                one.name().equals(other.name()) ? one.name() : pattern,
                one.count() + other.count(),
                BY_ATTENTION.indexOf(one.state()) <= BY_ATTENTION.indexOf(other.state()) ? one.state() : other.state(),
                one.barrier(),
                one.outside(),
                one.region(),
                Math.min(one.depth(), other.depth()),
                one.ran() + other.ran(),
                one.critical() || other.critical());
    }

    private static RegionGraph.Edge together(RegionGraph.Edge one, RegionGraph.Edge other) {
        return new RegionGraph.Edge(
                one.from(),
                one.to(),
                one.reason(),
                one.count() + other.count(),
                one.soft(),
                one.critical() || other.critical());
    }
}
