package dev.regions.benchmarks.taskbench;

import dev.regions.benchmarks.Median;
import java.util.List;

/**
 * What a system made of a pattern, for tasks of all sizes: in one run of each, or the median of some.
 *
 * @param pattern as Task Bench names it
 * @param system as the workloads name it
 * @param width of the graph
 * @param processors how many there are
 * @param points one for each size of tasks, the largest first
 */
public record Curve(String pattern, String system, int width, int processors, List<Point> points) {
    /**
     * One size of tasks.
     *
     * @param iterations of the kernel, per task
     * @param granularity time by processors per task, in nanoseconds
     * @param efficiency work per second, divided by the most that the machine was seen to do
     */
    public record Point(long iterations, double granularity, double efficiency) {}

    /** Returns the median of several runs, by itself for each size of tasks. */
    public static Curve median(List<Curve> runs) {
        Curve first = runs.getFirst();
        List<Point> points = first.points().stream()
                .map(point -> {
                    List<Point> same = runs.stream()
                            .flatMap(run -> run.points().stream())
                            .filter(other -> other.iterations() == point.iterations())
                            .toList();
                    return new Point(
                            point.iterations(),
                            Median.of(same.stream().map(Point::granularity).toList()),
                            Median.of(same.stream().map(Point::efficiency).toList()));
                })
                .toList();
        return new Curve(first.pattern(), first.system(), first.width(), first.processors(), points);
    }

    /** Returns METG(50%) in nanoseconds, as {@link Metg#of} says. */
    public double metg() {
        return Metg.of(points);
    }

    /** Returns whether that is an upper bound, as {@link Metg#isBound} says. */
    public boolean metgIsBound() {
        return Metg.isBound(points);
    }
}
