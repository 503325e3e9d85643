package dev.regions.benchmarks.report;

import dev.regions.benchmarks.About;
import dev.regions.benchmarks.report.Digest.Group;
import dev.regions.benchmarks.taskbench.Curve;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

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
        METG_PATTERNS.forEach(pattern -> addMetg(goals, pattern, digest.curves()));
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
            Timing ours = group.of(goal.ours());
            Timing peer = group.of(goal.peer());
            String title = (about.title() + " " + group.parameters()).strip();
            if (ours != null && goal.peer().isEmpty()) {
                goals.add(new Goal(
                        title + ": at most " + Text.time(goal.atMost()) + " per " + about.per(),
                        Text.time(ours.median()),
                        ours.median() <= goal.atMost()));
            } else if (ours != null && peer != null) {
                double ratio = ours.median() / peer.median();
                goals.add(new Goal(
                        title + ": at most " + Text.ratio(goal.atMost()) + " × " + Text.peer(goal.peer()),
                        Text.ratio(ratio),
                        ratio <= goal.atMost()));
            }
        }
    }

    private static void addMetg(List<Goal> goals, String pattern, List<Curve> curves) {
        double ours = Double.NaN;
        double best = Double.NaN;
        boolean any = false;
        for (Curve curve : curves) {
            if (curve.pattern().equals(pattern)) {
                double metg = curve.metg();
                any |= curve.system().equals("regions");
                if (curve.system().equals("regions")) {
                    ours = metg;
                } else if (Double.isNaN(best) || metg < best) {
                    best = metg;
                }
            }
        }
        if (any) {
            goals.add(new Goal(
                    "METG(50%) of " + pattern + ": at most " + Text.time(LARGEST_METG) + ", and less than each peer's",
                    Text.time(ours) + ", the best peer " + Text.time(best),
                    ours <= LARGEST_METG && (Double.isNaN(best) || ours < best)));
        }
    }

    private static void addLatency(List<Goal> goals, Digest.Latency latency) {
        Histogram ours = latency.peers().get("regions");
        Histogram future = latency.peers().get("completableFuture");
        if (latency.measure().equals("spawn to joined") && !latency.loaded() && ours != null && future != null) {
            for (double percentile : new double[] {50, 99}) {
                long us = ours.getValueAtPercentile(percentile);
                long them = future.getValueAtPercentile(percentile);
                goals.add(new Goal(
                        Text.format("Spawn to joined, idle, p%.0f: no more than CompletableFuture's", percentile),
                        Text.time(us) + ", theirs " + Text.time(them),
                        us <= them));
            }
        }
    }

    private static void addRetained(List<Goal> goals, String kind, Map<String, Double> peers) {
        Double ours = peers.get("regions");
        if (ours == null) {
            return;
        }
        Double threads = peers.get("virtualThreadPerTask");
        if (threads != null) {
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
