package dev.regions.benchmarks;

import dev.regions.benchmarks.report.Machine;
import dev.regions.benchmarks.report.Page;
import dev.regions.benchmarks.report.Results;
import dev.regions.benchmarks.report.Timing;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.profile.ProfilerFactory;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Runs the benchmarks, prints for each workload the median of each peer and how ours compares with it, and writes all
 * figures as JSON and as a page.
 *
 * <p>Machines are shared and drift. So every round runs all benchmarks once, and rounds follow each other: A B C, A B
 * C. Each method of a workload has a JVM of its own; so has each program, but Task Bench has one for each pattern and
 * system. The figure of a benchmark is the median over all iterations of all rounds, and a ratio is one of two such
 * medians.
 *
 * <p>Everything is saved after each step, so a run that was broken off can be resumed.
 */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = "Runs the benchmarks in turn, in several rounds, prints medians and ratios, and writes a report.")
public final class Compare implements Callable<Integer> {
    @Parameters(
            arity = "0..*",
            paramLabel = "PATTERN",
            description = "Regular expressions of workloads to run instead of a set.")
    private List<String> patterns = List.of();

    @Option(
            names = "--set",
            description = "What to run: quick (less than ten minutes) or full (hours). Default: quick.")
    private BenchmarkSet set = BenchmarkSet.QUICK;

    @Option(names = "--rounds", description = "How often each benchmark is forked.")
    private @Nullable Integer rounds;

    @Option(names = "--warmup", description = "Warm-up iterations per fork.")
    private @Nullable Integer warmup;

    @Option(names = "--iterations", description = "Counted iterations per fork.")
    private @Nullable Integer iterations;

    @Option(names = "--seconds", defaultValue = "1", description = "Length of an iteration, in seconds. Default: 1.")
    private int seconds;

    @Option(names = "--jvm", description = "An option for the JVMs of the workloads; may be repeated.")
    private List<String> jvmOptions = List.of();

    @Option(
            names = "--profiler",
            paramLabel = "NAME",
            description = "A profiler of JMH for the workloads, such as stack, jfr or perfasm, with its options after a"
                    + " colon; may be repeated.")
    private List<String> profilers = List.of();

    @Option(
            names = "--core",
            paramLabel = "NAME=CLASSPATH",
            description = "Run ours on the classes of another revision, too; may be repeated.")
    private Map<String, String> cores = Map.of();

    @Option(names = "--output", defaultValue = "results", description = "The folder of the report. Default: results.")
    private Path output = Path.of("results");

    @Option(names = "--resume", description = "Go on with the run that is in the folder.")
    private boolean resume;

    @Option(
            names = "--stop-after",
            paramLabel = "SECONDS",
            description = "Begin nothing new after so many seconds; --resume goes on.")
    private @Nullable Integer stopAfter;

    @Option(names = "--render", description = "Run nothing: make the page anew from the figures in the folder.")
    private boolean render;

    @Spec
    private @Nullable CommandSpec spec;

    private Compare() {}

    /** The program. */
    public static void main(String... arguments) {
        CommandLine line = new CommandLine(new Compare()).setCaseInsensitiveEnumValuesAllowed(true);
        System.exit(line.execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Path json = output.resolve("results.json");
        if (render) {
            write(Results.read(existing(json)), json);
            return 0;
        }
        Files.createDirectories(output);
        BenchmarkSet chosen = patterns.isEmpty() ? set : BenchmarkSet.CHOSEN;
        Forks forks = new Forks(
                warmup == null ? chosen.warmup() : warmup,
                iterations == null ? chosen.iterations() : iterations,
                seconds,
                jvmOptions,
                usable(profilers),
                existing(cores));
        int roundsToRun = rounds == null ? chosen.rounds() : rounds;
        List<RunStep> plan = chosen.plan(patterns, roundsToRun, forks);
        if (plan.isEmpty()) {
            throw refuse("no workload matches " + patterns);
        }
        Results results = Results.none(
                Machine.here(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                chosen.describe(patterns, roundsToRun, forks));
        if (resume) {
            results = resumable(Results.read(existing(json)), results);
        }
        return run(plan, results, json);
    }

    private Path existing(Path json) {
        if (!Files.exists(json)) {
            throw refuse("there is no " + json + ": nothing was measured yet, or --output was another folder");
        }
        return json;
    }

    private Map<String, String> existing(Map<String, String> classPaths) {
        classPaths.forEach((name, classPath) -> {
            for (String element : classPath.split(File.pathSeparator)) {
                if (!Files.exists(Path.of(element))) {
                    throw refuse(
                            "there is no " + element + ", which --core " + name + " names: build that revision first");
                }
            }
        });
        return classPaths;
    }

    private List<String> usable(List<String> names) {
        for (String name : names) {
            try {
                ProfilerFactory.getProfilerOrException(Forks.profiler(name));
            } catch (ProfilerException e) {
                Throwable cause = e;
                while (cause.getCause() != null) {
                    cause = cause.getCause();
                }
                throw refuse("JMH cannot use the profiler " + name + ": " + cause);
            }
        }
        return names;
    }

    private ParameterException refuse(String message) {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the specification before it calls");
        }
        return new ParameterException(spec.commandLine(), message);
    }

    /** Figures of different things would make a ratio of nothing. */
    private Results resumable(Results before, Results now) {
        if (!before.machine().equals(now.machine()) || !before.settings().equals(now.settings())) {
            throw refuse("what is in " + output + " was measured with " + before.settings() + " on " + before.machine()
                    + ", and cannot be resumed with " + now.settings() + " on " + now.machine());
        }
        return before;
    }

    private int run(List<RunStep> plan, Results results, Path json) throws Exception {
        long began = System.nanoTime();
        int number = 0;
        int failed = 0;
        for (RunStep step : plan) {
            number++;
            if (results.steps().contains(step.name())) {
                continue;
            }
            long secondsSpent = (System.nanoTime() - began) / 1_000_000_000;
            if (stopAfter != null && secondsSpent >= stopAfter) {
                System.out.println("stopped after " + secondsSpent + " seconds, with " + (plan.size() - number + 1)
                        + " of " + plan.size() + " steps left; --resume goes on");
                write(results, json);
                return failed == 0 ? 0 : 1;
            }
            System.out.println(number + " of " + plan.size() + ": " + step.name());
            try {
                results = results.with(step.name(), step.run());
                results.write(json);
            } catch (RunnerException | IllegalStateException e) {
                failed++;
                System.err.println(step.name() + " failed, and is missing in the report: " + e);
            }
        }
        print(results);
        write(results, json);
        if (failed > 0) {
            System.err.println(failed + " of " + plan.size() + " steps failed; --resume tries them again");
        }
        return failed == 0 ? 0 : 1;
    }

    private void write(Results results, Path json) throws IOException {
        results.write(json);
        Path page = output.resolve("report.html");
        Files.writeString(page, Page.of(results));
        System.out.println("written: " + json.toAbsolutePath().normalize() + " and "
                + page.toAbsolutePath().normalize());
    }

    private static void print(Results results) {
        Map<String, List<Timing>> workloads = new TreeMap<>();
        for (Timing timing : results.timings()) {
            String name = (timing.workload() + " " + timing.parameters()).strip();
            workloads.computeIfAbsent(name, n -> new ArrayList<>()).add(timing);
        }
        workloads.forEach(Compare::print);
    }

    private static void print(String workload, List<Timing> peers) {
        double ours = peers.stream()
                .filter(timing -> timing.peer().equals("regions"))
                .mapToDouble(Timing::median)
                .findFirst()
                .orElse(Double.NaN);
        System.out.printf("%n%s, ns%n", workload);
        System.out.printf("  %-24s %9s %9s %9s %9s   %s%n", "", "median", "min", "max", "bytes", "regions / this");
        for (Timing timing : peers) {
            System.out.printf(
                    "  %-24s %9.1f %9.1f %9.1f %9.1f   %s%n",
                    timing.peer(),
                    timing.median(),
                    timing.shortest(),
                    timing.longest(),
                    timing.bytes(),
                    Double.isNaN(ours) ? "" : "%.2f".formatted(ours / timing.median()));
        }
    }
}
