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
            "JoinedRegions",
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

    /**
     * What a system made of a pattern.
     *
     * @param median of the runs, for each size of tasks; METG(50%) is that of this
     * @param runs whose METG(50%) are the range
     */
    record Efficiency(Curve median, List<Curve> runs) {
        String pattern() {
            return median.pattern();
        }

        String system() {
            return median.system();
        }

        /** Returns the runs' METG(50%), in nanoseconds; NaN for one that does not reach it. */
        List<Double> metgs() {
            return runs.stream().map(Curve::metg).toList();
        }
    }

    List<Efficiency> efficiencies() {
        Map<List<String>, List<Curve>> same = results.curves().stream()
                .collect(Collectors.groupingBy(
                        curve -> List.of(curve.pattern(), curve.system()), LinkedHashMap::new, Collectors.toList()));
        return same.values().stream()
                .map(runs -> new Efficiency(Curve.median(runs), runs))
                .toList();
    }

    /** The latencies of one measure, for each peer. */
    record Latency(String measure, boolean loaded, Map<String, Turns> peers) {}

    /**
     * The latencies of one peer.
     *
     * @param all that were measured
     * @param each of the turns by itself
     */
    record Turns(Histogram all, List<Histogram> each) {
        /**
         * Returns a percentile of each turn, in nanoseconds; none if there is a turn that has too few samples for it.
         */
        List<Double> percentiles(double percentile) {
            boolean known = each.stream().allMatch(turn -> Latencies.carries(turn, percentile));
            return known
                    ? each.stream()
                            .map(turn -> (double) turn.getValueAtPercentile(percentile))
                            .toList()
                    : List.of();
        }
    }

    List<Latency> latencies() {
        Map<List<Object>, Map<String, List<Histogram>>> all = new LinkedHashMap<>();
        for (Latencies turn : results.latencies()) {
            all.computeIfAbsent(List.of(turn.measure(), turn.loaded()), key -> new LinkedHashMap<>())
                    .computeIfAbsent(turn.peer(), key -> new ArrayList<>())
                    .add(turn.decoded());
        }
        List<Latency> latencies = new ArrayList<>();
        all.forEach((key, peers) -> {
            Map<String, Turns> turns = new LinkedHashMap<>();
            peers.forEach((peer, each) -> turns.put(peer, new Turns(Latencies.sum(each), each)));
            latencies.add(new Latency((String) key.getFirst(), (Boolean) key.getLast(), turns));
        });
        return latencies;
    }

    /** For each kind of waiting and each peer, the bytes of each turn. */
    Map<String, Map<String, List<Double>>> retained() {
        Map<String, Map<String, List<Double>>> all = new LinkedHashMap<>();
        for (RetainedBytes turn : results.retained()) {
            all.computeIfAbsent(turn.kind(), key -> new LinkedHashMap<>())
                    .computeIfAbsent(turn.peer(), key -> new ArrayList<>())
                    .add(turn.bytes());
        }
        return all;
    }
}
