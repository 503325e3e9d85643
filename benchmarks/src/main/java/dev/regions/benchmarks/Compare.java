package dev.regions.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Runs the benchmarks and prints, for each workload, the median of each peer and how ours compares with it.
 *
 * <p>Machines are shared and drift. So every round runs all benchmarks once, each in a JVM of its own, and rounds follow each
 * other: A B C, A B C. The figure of a benchmark is the median over all iterations of all rounds, and a ratio is one of two
 * such medians.
 */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = "Runs the JMH benchmarks in turn, in several rounds, and prints medians and ratios.")
public final class Compare implements Callable<Integer> {
    @Parameters(
            arity = "0..*",
            paramLabel = "PATTERN",
            description = "Regular expressions of benchmarks; default: all.")
    private List<String> patterns = List.of(".*");

    @Option(names = "--rounds", defaultValue = "5", description = "How often each benchmark is forked. Default: 5.")
    private int rounds;

    @Option(names = "--warmup", defaultValue = "5", description = "Warm-up iterations per fork. Default: 5.")
    private int warmup;

    @Option(names = "--iterations", defaultValue = "5", description = "Counted iterations per fork. Default: 5.")
    private int iterations;

    @Option(names = "--seconds", defaultValue = "1", description = "Length of an iteration, in seconds. Default: 1.")
    private int seconds;

    @Option(names = "--jvm", description = "An option for the forked JVMs; may be repeated.")
    private List<String> jvmOptions = List.of();

    private Compare() {}

    /** The program. */
    public static void main(String... arguments) {
        System.exit(new CommandLine(new Compare()).execute(arguments));
    }

    @Override
    public Integer call() throws RunnerException {
        Map<String, Map<String, List<Double>>> scores = new TreeMap<>();
        for (int round = 1; round <= rounds; round++) {
            System.out.println("round " + round + " of " + rounds);
            for (RunResult result : runOnce()) {
                String[] path = result.getParams().getBenchmark().split("\\.");
                List<Double> all = scores.computeIfAbsent(path[path.length - 2], w -> new TreeMap<>())
                        .computeIfAbsent(path[path.length - 1], p -> new ArrayList<>());
                result.getBenchmarkResults().forEach(fork -> fork.getIterationResults()
                        .forEach(iteration ->
                                all.add(iteration.getPrimaryResult().getScore())));
            }
        }
        scores.forEach(Compare::print);
        return 0;
    }

    private Collection<RunResult> runOnce() throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        patterns.forEach(options::include);
        List<String> jvm = new ArrayList<>(
                List.of("-Xms4g", "-Xmx4g", "-XX:+AlwaysPreTouch", "--sun-misc-unsafe-memory-access=allow"));
        jvm.addAll(jvmOptions);
        options.forks(1)
                .warmupIterations(warmup)
                .warmupTime(TimeValue.seconds(seconds))
                .measurementIterations(iterations)
                .measurementTime(TimeValue.seconds(seconds))
                .jvmArgsAppend(jvm.toArray(String[]::new))
                .verbosity(VerboseMode.SILENT);
        return new Runner(options.build()).run();
    }

    private static void print(String workload, Map<String, List<Double>> peers) {
        double[] ours = sorted(peers.getOrDefault("regions", List.of()));
        System.out.printf("%n%s, ns per task%n", workload);
        System.out.printf("  %-24s %9s %9s %9s   %s%n", "", "median", "min", "max", "regions / this");
        peers.forEach((peer, values) -> {
            double[] sorted = sorted(values);
            System.out.printf(
                    "  %-24s %9.1f %9.1f %9.1f   %s%n",
                    peer,
                    median(sorted),
                    sorted[0],
                    sorted[sorted.length - 1],
                    ours.length == 0 ? "" : "%.2f".formatted(median(ours) / median(sorted)));
        });
    }

    private static double[] sorted(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    /** Returns the middle value, or the mean of the two in the middle. */
    static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
