package dev.regions.benchmarks.scaling;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Counts, by {@link Place}, how often an atomic step of the core did not succeed. What a {@link CountingCore} calls.
 * Thread-safe.
 */
public final class FailedAttempts {
    private static final LongAdder[] COUNTS =
            Stream.generate(LongAdder::new).limit(Place.values().length).toArray(LongAdder[]::new);

    private FailedAttempts() {}

    /**
     * Counts an attempt if it has failed.
     *
     * @param place the number of the place in {@link Place}
     * @return whether it has succeeded
     */
    public static boolean note(int place, boolean succeeded) {
        if (!succeeded) {
            COUNTS[place].increment();
        }
        return succeeded;
    }

    /** Returns the counts, in the order of {@link Place}, and begins again at 0. Exact when nothing is going on. */
    static long[] take() {
        return Stream.of(COUNTS).mapToLong(LongAdder::sumThenReset).toArray();
    }
}
