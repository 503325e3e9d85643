package dev.regions.benchmarks.taskbench;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Which points of the step before a point of a graph depends on. Definitions after Slaughter et al. (SC 2020), section
 * II, and for what that leaves open (the width of a tree, the points of {@code spread} and {@code random_nearest})
 * after the parameters that its reference program takes.
 */
enum Pattern {
    /** Nothing depends on anything. */
    TRIVIAL {
        @Override
        IntStream candidates(TaskGraph graph, int step, int point) {
            return IntStream.empty();
        }
    },

    /** Each point depends on itself. */
    NO_COMM {
        @Override
        IntStream candidates(TaskGraph graph, int step, int point) {
            return IntStream.of(point);
        }
    },

    /** Each point depends on itself and its two neighbours. */
    STENCIL_1D {
        @Override
        IntStream candidates(TaskGraph graph, int step, int point) {
            return IntStream.rangeClosed(point - 1, point + 1);
        }
    },

    /** As {@link #STENCIL_1D}, with the first and the last point as neighbours. */
    STENCIL_1D_PERIODIC {
        @Override
        IntStream candidates(TaskGraph graph, int step, int point) {
            int width = graph.width();
            return IntStream.rangeClosed(point - 1, point + 1).map(neighbour -> Math.floorMod(neighbour, width));
        }
    },

    /** A sweep across a grid: a step is a diagonal, so each point depends on itself and the one before. */
    DOM {
        @Override
        int first(TaskGraph graph, int step) {
            return Math.max(0, step + graph.width() - graph.steps());
        }

        @Override
        int count(TaskGraph graph, int step) {
            return Math.min(graph.width(), Math.min(step + 1, graph.steps() - step));
        }

        @Override
        IntStream candidates(TaskGraph graph, int step, int point) {
            return IntStream.rangeClosed(point - 1, point);
        }
    },

    /** A point has two children; the width doubles with each step until it is full. */
    TREE {
        @Override
        int count(TaskGraph graph, int step) {
            return step < 31 ? Math.min(graph.width(), 1 << step) : graph.width();
        }

        @Override
        IntStream candidates(TaskGraph graph, int step, int point) {
            return IntStream.of(point / 2);
        }
    },

    /**
     * Each point depends on itself and on the two at a distance that doubles from step to step, and then begins again.
     */
    FFT {
        @Override
        IntStream candidates(TaskGraph graph, int step, int point) {
            int stages = Math.max(1, 32 - Integer.numberOfLeadingZeros(graph.width() - 1));
            int distance = 1 << (step + stages - 1) % stages;
            return IntStream.of(point - distance, point, point + distance);
        }
    },

    /** Each point depends on so many of its nearest points, itself included, as the radix says. */
    NEAREST {
        @Override
        IntStream candidates(TaskGraph graph, int step, int point) {
            return nearest(graph, point);
        }
    },

    /**
     * Each point depends on so many points as the radix says, as far from each other as can be, and others at each
     * step.
     */
    SPREAD {
        @Override
        IntStream candidates(TaskGraph graph, int step, int point) {
            int width = graph.width();
            int shift = step % graph.period();
            return IntStream.range(0, graph.radix())
                    .map(i -> (point + i * width / graph.radix() + (i > 0 ? shift : 0)) % width);
        }
    },

    /** Each point depends on itself, and on each other of its nearest points by chance, with one half. */
    RANDOM_NEAREST {
        @Override
        IntStream candidates(TaskGraph graph, int step, int point) {
            int set = step % graph.period();
            return nearest(graph, point).filter(other -> other == point || chosen(set, point, other));
        }

        private static boolean chosen(int set, int point, int other) {
            long seed = ((long) set * 1_000_003 + point) * 1_000_003 + other;
            return new SplittableRandom(seed).nextBoolean();
        }
    },

    /** Each point depends on all. */
    ALL_TO_ALL {
        @Override
        IntStream candidates(TaskGraph graph, int step, int point) {
            return IntStream.range(0, graph.width());
        }
    };

    /** Returns the first point of a step. */
    int first(TaskGraph graph, int step) {
        return 0;
    }

    /** Returns how many points a step has. */
    int count(TaskGraph graph, int step) {
        return graph.width();
    }

    /** Returns whom a point depends on, those included that the step before does not have. */
    abstract IntStream candidates(TaskGraph graph, int step, int point);

    private static IntStream nearest(TaskGraph graph, int point) {
        int first = point - (graph.radix() - 1) / 2;
        return IntStream.range(first, first + graph.radix());
    }

    /** Returns the name that Task Bench gives to it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Pattern of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
