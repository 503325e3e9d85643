package dev.regions.benchmarks.report;

import dev.regions.benchmarks.Median;
import java.util.ArrayList;
import java.util.List;

/**
 * What a peer took for a workload: a figure for each iteration of each round.
 *
 * @param workload the name of its class
 * @param peer the name of its method
 * @param parameters such as {@code threads=4}; empty for most
 * @param nanoseconds per task, or whatever the workload is per
 * @param allocated bytes, per the same
 */
public record Timing(
        String workload, String peer, String parameters, List<Double> nanoseconds, List<Double> allocated) {
    Timing and(Timing more) {
        return new Timing(
                workload, peer, parameters, joined(nanoseconds, more.nanoseconds), joined(allocated, more.allocated));
    }

    /** Returns the same figures, as those of another peer. */
    public Timing as(String otherPeer) {
        return new Timing(workload, otherPeer, parameters, nanoseconds, allocated);
    }

    boolean isOfSame(Timing other) {
        return workload.equals(other.workload) && peer.equals(other.peer) && parameters.equals(other.parameters);
    }

    private static List<Double> joined(List<Double> some, List<Double> more) {
        List<Double> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    /** Returns the median time. */
    public double median() {
        return Median.of(nanoseconds);
    }

    /** Returns the shortest time. */
    public double shortest() {
        return nanoseconds.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    /** Returns the longest time. */
    public double longest() {
        return nanoseconds.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }

    /** Returns the median of what was allocated; NaN if that was not measured. */
    public double bytes() {
        return Median.of(allocated);
    }
}
