package dev.regions.benchmarks.latency;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the latency of single tasks, idle and beside other work, and prints percentiles. */
@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        description = "Measures spawn to start, spawn to joined and cancel to released, and prints percentiles.")
public final class Latency implements Callable<Integer> {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};
    private static final int CANCELS_PER_SECOND = 2000;
    /** In so many parts, in turns, each peer is measured: a drift of the machine meets all of them. */
    private static final int TURNS = 5;

    @Option(
            names = "--peer",
            description = "A peer: regions, completableFuture, forkJoinPool, virtualThreadPerTask; may be repeated."
                    + " Default: all.")
    private List<String> peers = Peer.NAMES;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            description = "Length of each measurement of a peer. Default: 10.")
    private int seconds;

    @Option(
            names = "--interval",
            defaultValue = "250",
            description = "Microseconds from one spawn to the next. Default: 250.")
    private int interval;

    @Option(names = "--json", description = "A file to write the histograms to.")
    private @Nullable Path json;

    private Latency() {}

    /** The program. */
    public static void main(String... arguments) {
        System.exit(new CommandLine(new Latency()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        peers.forEach(name -> Peer.of(name).close());
        long nanos = interval * 1000L;
        int count = (int) (seconds * 1_000_000_000L / nanos);
        List<Latencies> all = new ArrayList<>();
        for (boolean loaded : new boolean[] {false, true}) {
            for (Measure measure : Measure.values()) {
                System.out.printf("%n%s, %s, microseconds%n", measure.label(), loaded ? "beside other work" : "idle");
                System.out.printf(
                        "  %-24s %8s %8s %8s %8s %8s %8s%n", "", "p50", "p90", "p99", "p99.9", "p99.99", "samples");
                measure(measure, loaded, count, nanos).forEach((name, turns) -> {
                    turns.forEach(histogram -> all.add(Latencies.of(measure, loaded, name, histogram)));
                    print(name, Latencies.sum(turns));
                });
            }
        }
        if (json != null) {
            new ObjectMapper().writeValue(json.toFile(), all);
        }
        return 0;
    }

    /** Returns what was measured of each peer that can do it, turn by turn. */
    private Map<String, List<Histogram>> measure(Measure measure, boolean loaded, int count, long nanos)
            throws Exception {
        boolean cancels = measure == Measure.CANCEL_WAITING || measure == Measure.CANCEL_RUNNING;
        int samples = cancels ? Math.min(count, seconds * CANCELS_PER_SECOND) : count;
        Map<String, Peer> open = new LinkedHashMap<>();
        Map<String, List<Histogram>> found = new LinkedHashMap<>();
        try {
            for (String name : peers) {
                Peer peer = Peer.of(name);
                open.put(name, peer);
                if (peer.measures().contains(measure)) {
                    found.put(name, new ArrayList<>());
                    Meter.measure(measure, peer, samples / 5, nanos / 5); // until the compilers are done
                }
            }
            for (int turn = 0; turn < TURNS; turn++) {
                for (Map.Entry<String, List<Histogram>> each : found.entrySet()) {
                    Peer peer = Objects.requireNonNull(open.get(each.getKey()));
                    each.getValue().add(turn(measure, loaded, peer, Math.max(1, samples / TURNS), nanos));
                }
            }
        } finally {
            open.values().forEach(Peer::close);
        }
        return found;
    }

    private static Histogram turn(Measure measure, boolean loaded, Peer peer, int samples, long nanos)
            throws Exception {
        if (!loaded) {
            return Meter.measure(measure, peer, samples, nanos);
        }
        Load load = new Load(peer);
        try {
            return Meter.measure(measure, peer, samples, nanos);
        } finally {
            load.stop();
        }
    }

    private static void print(String peer, Histogram histogram) {
        System.out.printf("  %-24s", peer);
        for (double percentile : PERCENTILES) {
            if (Latencies.carries(histogram, percentile)) {
                System.out.printf(" %8.1f", histogram.getValueAtPercentile(percentile) / 1e3);
            } else {
                System.out.printf(" %8s", "–");
            }
        }
        System.out.printf(" %8d%n", histogram.getTotalCount());
    }
}
