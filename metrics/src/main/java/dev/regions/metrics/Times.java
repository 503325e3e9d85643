package dev.regions.metrics;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * The distribution of measured times. All times are nanoseconds, exact to 1 part in 1000. Immutable.
 *
 * @param count the number of measurements
 * @param total the sum of all, as exact as each
 * @param p50 half of all took no longer; 0 if there are none, as in the others
 * @param p90 nine tenths of all took no longer
 * @param p99 99 of 100 took no longer
 * @param p999 999 of 1000 took no longer
 * @param max the longest
 */
public record Times(long count, double total, long p50, long p90, long p99, long p999, long max) {

    static Times of(Histogram histogram) {
        long count = histogram.getTotalCount();
        return new Times(
                count,
                count == 0 ? 0 : histogram.getMean() * count,
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }

    /** Returns the mean, 0 if there is none. */
    public double mean() {
        return count == 0 ? 0 : total / count;
    }

    /** Returns the distribution in milliseconds, as text. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d times: mean %.3f ms, half within %.3f, 99 %% within %.3f, longest %.3f",
                count,
                mean() / 1e6,
                p50 / 1e6,
                p99 / 1e6,
                max / 1e6);
    }
}
