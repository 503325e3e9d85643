package dev.regions.report;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** The distribution of times, in nanoseconds, to three digits. Not thread-safe. */
final class Percentiles {
    private static final int DIGITS = 3;

    /** The number of steps per halving of the distance to 100 %, as a logarithmic scale requires. */
    private static final int STEPS_PER_HALF = 4;

    private final Histogram histogram = new Histogram(DIGITS);

    /**
     * A point of the curve.
     *
     * @param nines the share of times that are at most the value, as the negative decimal logarithm of the share of the
     *     others: 0 is 0 %, 1 is 90 %, 2 is 99 %
     */
    record Point(double nines, long value) {}

    void add(long nanos) {
        histogram.recordValue(nanos);
    }

    long count() {
        return histogram.getTotalCount();
    }

    long mean() {
        return Math.round(histogram.getMean());
    }

    long at(double percentile) {
        return histogram.getValueAtPercentile(percentile);
    }

    long most() {
        return histogram.getMaxValue();
    }

    /** Returns the mean, the percentiles 50, 90, 99 and 99.9, and the largest. */
    List<Long> summary() {
        return LongStream.of(mean(), at(50), at(90), at(99), at(99.9), most())
                .boxed()
                .toList();
    }

    /** Returns the curve of values over percentiles; the last point is the largest value. */
    List<Point> curve() {
        double last = Math.log10(Math.max(1, count()));
        return StreamSupport.stream(histogram.percentiles(STEPS_PER_HALF).spliterator(), false)
                .map(step -> point(step, last))
                .toList();
    }

    private static Point point(HistogramIterationValue step, double last) {
        double rest = 1 - step.getPercentileLevelIteratedTo() / 100;
        return new Point(rest <= 0 ? last : Math.min(last, -Math.log10(rest)), step.getValueIteratedTo());
    }
}
