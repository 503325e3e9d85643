package dev.regions.benchmarks.taskbench;

import java.util.List;

/**
 * What a system makes of a pattern, for tasks of all sizes.
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

    /** Returns METG(50%) in nanoseconds, as {@link Metg#of} says. */
    public double metg() {
        return Metg.of(points);
    }

    /** Returns whether that is an upper bound, as {@link Metg#isBound} says. */
    public boolean metgIsBound() {
        return Metg.isBound(points);
    }
}
