package dev.regions.benchmarks.latency;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * How long something took, many times, in one turn of the peer.
 *
 * @param measure what was measured, as {@link Measure} names it
 * @param loaded whether the peer had other work meanwhile
 * @param peer as the workloads name it
 * @param histogram of nanoseconds, as HdrHistogram compresses it, in Base64
 */
public record Latencies(String measure, boolean loaded, String peer, String histogram) {
    static Latencies of(Measure measure, boolean loaded, String peer, Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        String text = Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
        return new Latencies(measure.label(), loaded, peer, text);
    }

    /** Returns a histogram of all samples of others. */
    public static Histogram sum(List<Histogram> histograms) {
        Histogram sum = new Histogram(Meter.DIGITS); // grows; what was read from a file does not
        histograms.forEach(sum::add);
        return sum;
    }

    /**
     * Returns whether at least one of the samples lies beyond a percentile: with fewer it is but the longest of them.
     */
    public static boolean carries(Histogram histogram, double percentile) {
        // The difference of two decimals is a little off.
        return histogram.getTotalCount() * (100 - percentile) / 100 > 1 - 1e-6;
    }

    /** Returns the histogram, of nanoseconds. */
    public Histogram decoded() {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(histogram)), 0);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("the histogram of " + measure + " for " + peer + " cannot be read", e);
        }
    }
}
