package dev.regions.benchmarks.latency;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/** Made-up latencies, for tests of the report. */
public final class LatencySamples {
    private LatencySamples() {}

    /**
     * Returns latencies of two peers, idle and beside other work, in two turns; the second has too few samples for
     * p99.99.
     */
    public static List<Latencies> make() {
        List<Latencies> all = new ArrayList<>();
        for (boolean loaded : new boolean[] {false, true}) {
            for (double spread : new double[] {1, 1.1}) {
                Histogram ours = histogram((loaded ? 30_000 : 9_000) * spread, 10_000);
                all.add(Latencies.of(Measure.SPAWN_TO_JOINED, loaded, "regions", ours));
                Histogram theirs = histogram(12_000 * spread, 2_500);
                all.add(Latencies.of(Measure.SPAWN_TO_JOINED, loaded, "completableFuture", theirs));
            }
        }
        return all;
    }

    private static Histogram histogram(double typical, int samples) {
        SplittableRandom random = new SplittableRandom((long) typical);
        Histogram histogram = new Histogram(3);
        for (int i = 0; i < samples; i++) {
            histogram.recordValue((long) (typical / Math.sqrt(1 - random.nextDouble())));
        }
        return histogram;
    }
}
