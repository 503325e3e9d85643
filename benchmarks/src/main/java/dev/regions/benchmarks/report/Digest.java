package dev.regions.benchmarks.report;

import dev.regions.benchmarks.About;
import dev.regions.benchmarks.latency.Latencies;
import dev.regions.benchmarks.memory.RetainedBytes;
import dev.regions.benchmarks.taskbench.Curve;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What rounds have found, brought together. */
final class Digest {
    private static final List<String> ORDER = List.of(
            "IndependentTasks",
            "IndependentTasksFromTask",
            "SubmittingThreads",
            "ChainOfTasks",
            "ChainInBulk",
            "BinaryTree",
            "Wavefront",
            "RandomLayeredGraph",
            "FanOutFanIn",
            "Fibonacci",
            "Skynet",
            "JoinedTasks",
            "TasksWithWork",
            "BlockingTasks",
            "SocketEcho",
            "BulkHandOver",
            "BulkFirstTask",
            "BulkLastTask",
            "SequentialRegion");

    private final Results results;

    Digest(Results results) {
        this.results = results;
    }

    /** The timings of a workload with the same parameters, ours first, then from fast to slow. */
    record Group(String workload, String parameters, List<Timing> timings) {
        @Nullable
        Timing of(String peer) {
            return timings.stream()
                    .filter(timing -> timing.peer().equals(peer))
                    .findFirst()
                    .orElse(null);
        }

        String title() {
            About about = about();
            return about == null ? workload : about.title();
        }

        String per() {
            About about = about();
            return about == null ? "operation" : about.per();
        }

        @Nullable
        About about() {
            try {
                return Class.forName(About.class.getPackageName() + "." + workload, false, About.class.getClassLoader())
                        .getAnnotation(About.class);
            } catch (ClassNotFoundException e) {
                return null; // a benchmark of a part, not of a workload
            }
        }
    }

    List<Group> groups() {
        Map<String, List<Timing>> byName = results.timings().stream()
                .collect(Collectors.groupingBy(
                        timing ->
                                "%03d %s\t%s".formatted(place(timing.workload()), timing.workload(), sortable(timing)),
                        TreeMap::new,
                        Collectors.toList()));
        List<Group> groups = new ArrayList<>();
        byName.values().forEach(timings -> {
            List<Timing> sorted = new ArrayList<>(timings);
            sorted.sort((one, other) -> {
                int ours = Boolean.compare(Text.isOurs(other.peer()), Text.isOurs(one.peer()));
                return ours != 0 ? ours : Double.compare(one.median(), other.median());
            });
            groups.add(new Group(sorted.getFirst().workload(), sorted.getFirst().parameters(), sorted));
        });
        return groups;
    }

    private static int place(String workload) {
        int place = ORDER.indexOf(workload);
        return place < 0 ? ORDER.size() : place;
    }

    /** So that 10 comes after 2. */
    private static String sortable(Timing timing) {
        return timing.parameters().replaceAll("\\b(\\d)\\b", "00$1").replaceAll("\\b(\\d\\d)\\b", "0$1");
    }

    /** For each pattern and each system, the median over rounds of each size, and METG(50%) of that. */
    List<Curve> curves() {
        Map<List<String>, List<Curve>> same = results.curves().stream()
                .collect(Collectors.groupingBy(
                        curve -> List.of(curve.pattern(), curve.system()), LinkedHashMap::new, Collectors.toList()));
        return same.values().stream().map(Digest::median).toList();
    }

    private static Curve median(List<Curve> rounds) {
        Curve first = rounds.getFirst();
        List<Curve.Point> points = first.points().stream()
                .map(point -> {
                    List<Curve.Point> same = rounds.stream()
                            .flatMap(round -> round.points().stream())
                            .filter(other -> other.iterations() == point.iterations())
                            .toList();
                    return new Curve.Point(
                            point.iterations(),
                            Timing.median(
                                    same.stream().map(Curve.Point::granularity).toList()),
                            Timing.median(
                                    same.stream().map(Curve.Point::efficiency).toList()));
                })
                .toList();
        return new Curve(first.pattern(), first.system(), first.width(), first.processors(), points);
    }

    /** The latencies of one measure, for each peer. */
    record Latency(String measure, boolean loaded, Map<String, Histogram> peers) {}

    List<Latency> latencies() {
        Map<List<Object>, Latency> all = new LinkedHashMap<>();
        for (Latencies round : results.latencies()) {
            Latency latency = all.computeIfAbsent(
                    List.of(round.measure(), round.loaded()),
                    key -> new Latency(round.measure(), round.loaded(), new LinkedHashMap<>()));
            Histogram histogram = round.decoded();
            latency.peers().merge(round.peer(), histogram, (one, other) -> {
                one.add(other);
                return one;
            });
        }
        return List.copyOf(all.values());
    }

    /** For each kind of waiting and each peer, the median over rounds. */
    Map<String, Map<String, Double>> retained() {
        Map<String, Map<String, Double>> all = new LinkedHashMap<>();
        results.retained().stream()
                .collect(Collectors.groupingBy(
                        bytes -> List.of(bytes.kind(), bytes.peer()), LinkedHashMap::new, Collectors.toList()))
                .forEach((key, rounds) -> all.computeIfAbsent(key.getFirst(), kind -> new LinkedHashMap<>())
                        .put(
                                key.getLast(),
                                Timing.median(rounds.stream()
                                        .map(RetainedBytes::bytes)
                                        .toList())));
        return all;
    }
}
