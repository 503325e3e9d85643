package dev.regions.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Judges whether what was sampled grows: after a warm-up, the median of the last third of the samples is compared with
 * that of the first third. A single odd sample does not change a median, and a leak moves all of the last third.
 */
final class Growth {
    /** At least this many samples are needed to say anything. */
    static final int MIN_SAMPLES = 8;
    /** So much of the heap may come and go: caches of the JDK, and what the collector leaves. */
    private static final long HEAP_SLACK_BYTES = 1 << 19;
    /** Besides, this part of what there was. */
    private static final double HEAP_SLACK_PART = 0.05;
    /** The JVM starts and stops threads of its own. */
    private static final long THREADS_SLACK = 3;

    private Growth() {}

    /** Returns what grows, in sentences; none if nothing does. */
    static List<String> of(List<Sample> all) {
        if (all.size() < MIN_SAMPLES) {
            throw new IllegalArgumentException(
                    "growth needs " + MIN_SAMPLES + " samples, and there are " + all.size() + ": soak for longer");
        }
        List<Sample> samples = all.subList(all.size() / 4, all.size());
        List<String> growing = new ArrayList<>();
        long heap = firstMedian(samples, Sample::heapBytes);
        judge(
                "heap after a full collection, in bytes,",
                samples,
                Sample::heapBytes,
                HEAP_SLACK_BYTES + (long) (HEAP_SLACK_PART * heap),
                growing);
        judge("number of threads", samples, Sample::threads, THREADS_SLACK, growing);
        return growing;
    }

    private static void judge(
            String what, List<Sample> samples, ToLongFunction<Sample> value, long slack, List<String> growing) {
        long first = firstMedian(samples, value);
        long last = median(samples.subList(samples.size() - samples.size() / 3, samples.size()), value);
        if (last > first + slack) {
            growing.add("the " + what + " grows: its median was " + first
                    + " in the first third after the warm-up, and " + last + " in the last third; " + slack
                    + " more would be allowed");
        }
    }

    private static long firstMedian(List<Sample> samples, ToLongFunction<Sample> value) {
        return median(samples.subList(0, samples.size() / 3), value);
    }

    private static long median(List<Sample> samples, ToLongFunction<Sample> value) {
        return samples.stream().mapToLong(value).sorted().toArray()[samples.size() / 2];
    }
}
