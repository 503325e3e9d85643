package dev.regions.benchmarks;

import java.util.Arrays;
import java.util.List;

/** The middle of some figures. */
public final class Median {
    private Median() {}

    /** Returns the middle value, or the mean of the two in the middle; NaN if there is none. */
    public static double of(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int length = sorted.length;
        return length == 0 ? Double.NaN : (sorted[length / 2] + sorted[(length - 1) / 2]) / 2;
    }
}
