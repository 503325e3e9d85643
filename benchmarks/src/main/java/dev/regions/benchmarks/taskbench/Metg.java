package dev.regions.benchmarks.taskbench;

import dev.regions.benchmarks.taskbench.Curve.Point;
import java.util.Comparator;
import java.util.List;

/**
 * The minimum effective task granularity. A run of a graph on P processors that takes a time T for N tasks has the
 * granularity {@code T × P / N}; its efficiency is the work that it did per second, divided by the most that the
 * machine was seen to do. METG(50%) is the smallest granularity at which the efficiency is a half.
 */
public final class Metg {
    /** The share of the machine's speed that is asked for. */
    public static final double EFFICIENCY = 0.5;

    private Metg() {}

    /**
     * Returns METG(50%) in nanoseconds: between the smallest tasks that reach it and the next smaller ones,
     * interpolated on a logarithmic scale. NaN if no tasks reach it. If the smallest that were measured reach it,
     * theirs, which then is an upper bound: see {@link #isBound}.
     */
    public static double of(List<Point> points) {
        List<Point> smallestFirst = smallestFirst(points);
        for (int i = 0; i < smallestFirst.size(); i++) {
            Point above = smallestFirst.get(i);
            if (above.efficiency() >= EFFICIENCY) {
                return i == 0 ? above.granularity() : interpolated(smallestFirst.get(i - 1), above);
            }
        }
        return Double.NaN;
    }

    /**
     * Returns whether the smallest tasks that were measured reach 50 %, so that what {@link #of} returns is an upper
     * bound.
     */
    public static boolean isBound(List<Point> points) {
        return !points.isEmpty() && smallestFirst(points).getFirst().efficiency() >= EFFICIENCY;
    }

    private static List<Point> smallestFirst(List<Point> points) {
        return points.stream()
                .sorted(Comparator.comparingLong(Point::iterations))
                .toList();
    }

    private static double interpolated(Point below, Point above) {
        double part = (EFFICIENCY - below.efficiency()) / (above.efficiency() - below.efficiency());
        double logarithm =
                Math.log(below.granularity()) + part * (Math.log(above.granularity()) - Math.log(below.granularity()));
        return Math.exp(logarithm);
    }
}
