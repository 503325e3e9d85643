package dev.regions.benchmarks.taskbench;

import java.util.ArrayList;
import java.util.List;

/**
 * A graph of tasks: steps, each of which has points in a row. A task is a point at a step; it depends on points of the
 * step before, as the pattern says.
 *
 * @param pattern who depends on whom
 * @param width how many points a step has at most
 * @param steps how many steps there are
 * @param radix how many points the patterns {@code nearest}, {@code spread} and {@code random_nearest} reach for
 * @param period after how many steps {@code spread} and {@code random_nearest} reach for the same points again
 */
record TaskGraph(Pattern pattern, int width, int steps, int radix, int period) {
    static final int RADIX = 5;
    static final int PERIOD = 3;

    TaskGraph {
        if (width < 1 || steps < 1 || radix < 1 || period < 1) {
            throw new IllegalArgumentException("width, steps, radix and period of a graph must be at least 1, and were "
                    + width + ", " + steps + ", " + radix + " and " + period);
        }
    }

    TaskGraph(Pattern pattern, int width, int steps) {
        this(pattern, width, steps, Math.min(RADIX, width), PERIOD);
    }

    int first(int step) {
        return pattern.first(this, step);
    }

    int count(int step) {
        return pattern.count(this, step);
    }

    boolean has(int step, int point) {
        return step >= 0 && step < steps && point >= first(step) && point < first(step) + count(step);
    }

    int tasks() {
        int tasks = 0;
        for (int step = 0; step < steps; step++) {
            tasks += count(step);
        }
        return tasks;
    }

    /** Returns the points of the step before that a task depends on, in order, each once. */
    int[] predecessors(int step, int point) {
        return pattern.candidates(this, step, point)
                .filter(other -> has(step - 1, other))
                .distinct()
                .sorted()
                .toArray();
    }

    /** Works out all dependences, so that a run need not. */
    Plan plan() {
        int[][][] predecessors = new int[steps][width][];
        int[][][] successors = new int[steps][width][];
        for (int step = 0; step < steps; step++) {
            List<List<Integer>> ofStepBefore = new ArrayList<>();
            for (int point = 0; point < width; point++) {
                ofStepBefore.add(new ArrayList<>());
            }
            for (int point = first(step); point < first(step) + count(step); point++) {
                predecessors[step][point] = predecessors(step, point);
                for (int predecessor : predecessors[step][point]) {
                    ofStepBefore.get(predecessor).add(point);
                }
            }
            for (int point = 0; step > 0 && point < width; point++) {
                successors[step - 1][point] = ofStepBefore.get(point).stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
            }
        }
        for (int point = 0; point < width; point++) {
            successors[steps - 1][point] = new int[0];
        }
        return new Plan(this, predecessors, successors);
    }

    /**
     * A graph with all of its dependences worked out.
     *
     * @param predecessors at step and point, the points of the step before that this depends on
     * @param successors at step and point, the points of the next step that depend on this: the inverse
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Plan(TaskGraph graph, int[][][] predecessors, int[][][] successors) {}
}
