package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The dependencies of the classes of this module, by {@code jdeps -verbose:class}; nested ones count as the outer. */
@DisplayName("Packages and classes of the runtime")
class PackagesTest {
    private static final int LARGEST_CYCLE = 10;
    private static final Pattern DEPENDENCY =
            Pattern.compile("(?m)^ +(dev\\.regions[\\w.]*)[\\w$]* +-> (dev\\.regions[\\w.]*)[\\w$]*");

    private final Map<String, Set<String>> classes = new TreeMap<>();

    PackagesTest() {
        StringWriter out = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();

        int failed = jdeps.run(
                new PrintWriter(out),
                new PrintWriter(System.err, true),
                "-verbose:class",
                "-filter:none",
                "target/classes/dev"); // without the module descriptor, which would need its modules

        assertThat(failed).isZero();
        for (MatchResult found : DEPENDENCY.matcher(out.toString()).results().toList()) {
            add(classes, found.group(1), found.group(2));
        }
        assertThat(classes).containsKey("dev.regions.core.graph.Node");
    }

    private static void add(Map<String, Set<String>> graph, String from, String to) {
        if (!from.equals(to)) {
            graph.computeIfAbsent(from, none -> new TreeSet<>()).add(to);
        }
    }

    @Test
    @DisplayName("need each other in one direction: no two packages are in a cycle")
    void noCycleOfPackages() {
        Map<String, Set<String>> packages = new TreeMap<>();
        UnaryOperator<String> packageOf = type -> type.substring(0, type.lastIndexOf('.'));
        classes.forEach((from, all) -> all.forEach(to -> add(packages, packageOf.apply(from), packageOf.apply(to))));

        assertThat(packages.get("dev.regions.core.schedule")).contains("dev.regions.core.graph");
        assertThat(cycles(packages)).isEmpty();
    }

    @Test
    @DisplayName("form no cycle of more than ten classes")
    void noLargeCycle() {
        assertThat(cycles(classes)).allSatisfy(cycle -> assertThat(cycle).hasSizeLessThanOrEqualTo(LARGEST_CYCLE));
    }

    /** Returns the sets of more than one vertex that all reach each other. */
    private static Set<Set<String>> cycles(Map<String, Set<String>> graph) {
        Map<String, Set<String>> reached = new TreeMap<>();
        graph.keySet().forEach(from -> reached.put(from, reachedFrom(from, graph)));
        return graph.keySet().stream()
                .map(one -> reached.get(one).stream()
                        .filter(other -> reached.getOrDefault(other, Set.of()).contains(one))
                        .collect(Collectors.toCollection(TreeSet::new)))
                .filter(cycle -> cycle.size() > 1)
                .collect(Collectors.toSet());
    }

    private static Set<String> reachedFrom(String from, Map<String, Set<String>> graph) {
        Set<String> reached = new TreeSet<>();
        Deque<String> toVisit = new ArrayDeque<>(Set.of(from));
        for (String next; (next = toVisit.poll()) != null; ) {
            for (String to : graph.getOrDefault(next, Set.of())) {
                if (reached.add(to)) {
                    toVisit.add(to);
                }
            }
        }
        return reached;
    }
}
