package dev.regions.benchmarks.report;

import dev.regions.benchmarks.latency.LatencySamples;
import dev.regions.benchmarks.memory.RetainedBytes;
import dev.regions.benchmarks.report.Results.Found;
import dev.regions.benchmarks.taskbench.Curve;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Made-up results that have everything a page can show. The figures are of no machine. */
final class SampleResults {
    private SampleResults() {}

    static Results none() {
        Machine machine =
                new Machine("A <processor> & more", 4, 8L << 30, "Linux 6, amd64", "A JVM 25, its vendor", "abc1234+");
        return Results.none(machine, "2026-01-02T03:04:05Z", "the quick set, 1 rounds, made up");
    }

    static Results make() {
        List<Timing> timings = new ArrayList<>(List.of(
                timing("IndependentTasks", "regions", "", 40, 48),
                timing("IndependentTasks", "forkJoinPool", "", 120, 30),
                timing("IndependentTasks", "completableFuture", "", 76, 60),
                timing("IndependentTasks", "virtualThreadPerTask", "", 410, 600),
                timing("ChainOfTasks", "regions", "", 50, 90),
                timing("ChainOfTasks", "completableFutureThenRun", "", 150, 100),
                timing("Wavefront", "regions", "", 130, 86),
                timing("Wavefront", "regionsInBulk", "", 100, 86),
                timing("BlockingTasks", "regions", "", 1200, 1800),
                timing("BlockingTasks", "virtualThreadPerTask", "", 1300, 750),
                timing("Fibonacci", "regions", "", 60, 90),
                timing("Fibonacci", "recursiveTask", "", 30, 40),
                timing("Fibonacci", "countedCompleter", "", 35, 50),
                timing("Fibonacci", "completableFuture", "", 90, 150),
                timing("Fibonacci", "virtualThreadPerTask", "", 2500, 1800),
                timing("Fibonacci", "reactor", "", 900, 700),
                timing("Fibonacci", "sequential", "", 2, 0),
                timing("Fibonacci", "structuredTaskScope", "", 3000, 2000),
                timing("BulkHandOver", "regions", "", 30, 90),
                timing("BulkHandOver", "regionsOneByOne", "", 45, 90),
                timing("CounterCost", "regions", "", 1, 0)));
        for (int threads : new int[] {10, 2, 1}) {
            timings.add(timing("SubmittingThreads", "regions", "threads=" + threads, 40 + threads, 90));
            timings.add(timing("SubmittingThreads", "forkJoinPool", "threads=" + threads, 100, 90));
        }
        List<Curve> curves = new ArrayList<>();
        List<RetainedBytes> retained = new ArrayList<>();
        for (double spread : new double[] {1, 1.2, 0.9}) {
            curves.add(curve("stencil_1d", "regions", 200 * spread));
            curves.add(curve("stencil_1d", "completableFuture", 900 * spread));
            curves.add(curve("fft", "regions", 1500 * spread));
            curves.add(curve("fft", "completableFuture", 1200 * spread));
            retained.add(new RetainedBytes("each waits for the one before", "regions", 64.4 * spread));
            retained.add(new RetainedBytes("each waits for the one before", "completableFuture", 64));
            retained.add(new RetainedBytes("each is blocked in join", "regions", 4600 * spread));
            retained.add(new RetainedBytes("each is blocked in join", "virtualThreadPerTask", 1200));
        }
        return none().with("step 1", Found.ofWorkload(timings))
                .with("step 2", new Found(List.of(), curves, LatencySamples.make(), retained));
    }

    static Timing timing(String workload, String peer, String parameters, double nanoseconds, double allocated) {
        return new Timing(
                workload,
                peer,
                parameters,
                List.of(nanoseconds * 0.9, nanoseconds, nanoseconds * 1.3),
                List.of(allocated, allocated, allocated));
    }

    private static Curve curve(String pattern, String system, double overhead) {
        List<Curve.Point> points = IntStream.rangeClosed(4, 18)
                .map(i -> 22 - i)
                .mapToObj(exponent -> {
                    long work = 1L << exponent;
                    return new Curve.Point(work, work + overhead, work / (work + overhead));
                })
                .toList();
        return new Curve(pattern, system, 32, 4, points);
    }
}
