package dev.regions.benchmarks.report;

import dev.regions.benchmarks.About;
import dev.regions.benchmarks.Median;
import dev.regions.benchmarks.report.Digest.Efficiency;
import dev.regions.benchmarks.report.Digest.Group;
import dev.regions.benchmarks.report.Digest.Turns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What we want to reach, and whether this run did. */
final class Goals {
    private static final double LARGEST_METG = 2000;
    private static final double MOST_RETAINED = 72;
    private static final List<String> METG_PATTERNS = List.of("stencil_1d", "nearest", "fft");

    private Goals() {}

    /**
     * A goal.
     *
     * @param text what is to be reached
     * @param found what was
     * @param reached whether it was
     */
    record Goal(String text, String found, boolean reached) {}

    /** Returns the goals that something was measured for. */
    static List<Goal> of(Digest digest) {
        List<Goal> goals = new ArrayList<>();
        digest.groups().forEach(group -> addWorkload(goals, group));
        METG_PATTERNS.forEach(pattern -> addMetg(goals, pattern, digest.efficiencies()));
        digest.latencies().forEach(latency -> addLatency(goals, latency));
        digest.retained().forEach((kind, peers) -> addRetained(goals, kind, peers));
        return goals;
    }

    private static void addWorkload(List<Goal> goals, Group group) {
        About about = group.about();
        if (about == null) {
            return;
        }
        for (About.Goal goal : about.goals()) {
            double ours = figure(group.of(goal.ours()), goal);
            String title = (about.title() + " " + group.parameters()).strip()
                    + (goal.ours().equals("regions") ? "" : " (" + Text.peer(goal.ours()) + ")");
            String why = goal.why().isEmpty() ? "" : " (" + goal.why() + ")";
            if (goal.peer().isEmpty()) {
                String bound = goal.bytes() ? Text.bytes(goal.atMost()) + " allocated" : Text.time(goal.atMost());
                add(
                        goals,
                        title + ": at most " + bound + " per " + about.per() + why,
                        ours,
                        goal.bytes() ? Text.bytes(ours) : Text.time(ours),
                        goal.atMost());
            } else {
                double ratio = ours / figure(group.of(goal.peer()), goal);
                String peer = Text.peer(goal.peer()) + (goal.bytes() ? ", in bytes allocated" : "");
                add(
                        goals,
                        title + ": at most " + Text.ratio(goal.atMost()) + " × " + peer + why,
                        ratio,
                        Text.ratio(ratio),
                        goal.atMost());
            }
        }
    }

    /** Returns what the goal is about; NaN if it was not measured. */
    private static double figure(@Nullable Timing timing, About.Goal goal) {
        if (timing == null) {
            return Double.NaN;
        }
        return goal.bytes() ? timing.bytes() : timing.median();
    }

    private static void add(List<Goal> goals, String text, double found, String foundText, double atMost) {
        if (!Double.isNaN(found)) {
            goals.add(new Goal(text, foundText, found <= atMost));
        }
    }

    /** A system whose METG(50%) is not reached by any size is no peer; if ours is not, the goal is missed. */
    private static void addMetg(List<Goal> goals, String pattern, List<Efficiency> all) {
        List<Efficiency> same =
                all.stream().filter(each -> each.pattern().equals(pattern)).toList();
        Efficiency best = same.stream()
                .filter(each -> !each.system().equals("regions")
                        && !Double.isNaN(each.median().metg()))
                .min(Comparator.comparingDouble(each -> each.median().metg()))
                .orElse(null);
        same.stream()
                .filter(each -> each.system().equals("regions"))
                .forEach(ours -> goals.add(new Goal(
                        "METG(50%) of " + pattern + ": at most " + Text.time(LARGEST_METG)
                                + ", and less than each peer's",
                        metg(ours) + (best == null ? ", by no peer" : ", the best peer " + metg(best)),
                        ours.median().metg() <= LARGEST_METG
                                && (best == null
                                        || ours.median().metg() < best.median().metg()))));
    }

    private static String metg(Efficiency found) {
        boolean reached = !Double.isNaN(found.median().metg());
        return (reached ? Text.metg(found.median()) : "not reached") + inBrackets(Text.range(found.metgs()));
    }

    private static String inBrackets(String range) {
        return range.isEmpty() ? "" : " (" + range + ")";
    }

    private static void addLatency(List<Goal> goals, Digest.Latency latency) {
        Turns ours = latency.peers().get("regions");
        Turns future = latency.peers().get("completableFuture");
        if (latency.measure().equals("spawn to joined") && !latency.loaded() && ours != null && future != null) {
            for (double percentile : new double[] {50, 99}) {
                long us = ours.all().getValueAtPercentile(percentile);
                long them = future.all().getValueAtPercentile(percentile);
                goals.add(new Goal(
                        Text.format("Spawn to joined, idle, p%.0f: no more than CompletableFuture's", percentile),
                        Text.time(us) + inBrackets(Text.range(ours.percentiles(percentile))) + ", theirs "
                                + Text.time(them) + inBrackets(Text.range(future.percentiles(percentile))),
                        us <= them));
            }
        }
    }

    private static void addRetained(List<Goal> goals, String kind, Map<String, List<Double>> peers) {
        if (!peers.containsKey("regions")) {
            return;
        }
        double ours = Median.of(peers.get("regions"));
        double threads = Median.of(peers.getOrDefault("virtualThreadPerTask", List.of()));
        if (!Double.isNaN(threads)) {
            goals.add(new Goal(
                    "Retained while it " + kind.replaceFirst("^each ", "") + ": no more than a virtual thread",
                    Text.bytes(ours) + ", a virtual thread " + Text.bytes(threads),
                    ours <= threads));
        } else {
            goals.add(new Goal(
                    "Retained while it " + kind.replaceFirst("^each ", "") + ": at most " + Text.bytes(MOST_RETAINED),
                    Text.bytes(ours),
                    ours <= MOST_RETAINED));
        }
    }
}
