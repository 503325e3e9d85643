package dev.regions.benchmarks;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.regions.benchmarks.latency.Latencies;
import dev.regions.benchmarks.latency.Latency;
import dev.regions.benchmarks.memory.Retained;
import dev.regions.benchmarks.memory.RetainedBytes;
import dev.regions.benchmarks.report.Results.Found;
import dev.regions.benchmarks.taskbench.Curve;
import dev.regions.benchmarks.taskbench.TaskBench;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What to run, and how often unless it is said. */
enum BenchmarkSet {
    /** What a change most likely shows in. */
    QUICK(1, 2, 3),

    /** Everything that a page can compare. */
    FULL(3, 5, 5),

    /** Workloads that the user names, and nothing else. */
    CHOSEN(5, 5, 5);

    private static final String PACKAGE = "dev.regions.benchmarks.";

    /**
     * In no set: its methods are ways to observe the same tasks, not peers, and a page would compare them as peers.
     * docs/observing.md quotes it; it is run by name.
     */
    private static final String OBSERVED = PACKAGE + "ObservedTasks.";

    private static final Pattern OURS = Pattern.compile("\\.regions[A-Za-z]*$");

    private static final List<Pattern> QUICK_WORKLOADS = List.of(
            Pattern.compile(
                    "\\.(IndependentTasks|ChainOfTasks|Wavefront|BlockingTasks|BulkHandOver)\\."
                            + "(regions|forkJoinPool|completableFuture|completableFutureThenRun|virtualThreadPerTask|sequential)$"),
            Pattern.compile("\\.Wavefront\\.regionsInBulk$"),
            Pattern.compile("\\.(Fibonacci|Skynet)\\."
                    + "(regions|recursiveTask|virtualThreadPerTask|structuredTaskScope|sequential)$"),
            Pattern.compile("\\.JoinedTasks\\.(regions|forkJoinTask|virtualThreadPerTask)$"));

    private static final List<String> QUICK_PATTERNS = List.of("stencil_1d", "nearest", "fft");
    private static final List<String> QUICK_SYSTEMS =
            List.of("regions", "forkJoinPool", "completableFuture", "virtualThreadPerTask");

    private static final List<String> RETAINED_JVM_OPTIONS = List.of("-XX:+UseSerialGC");

    private final int rounds;
    private final int warmup;
    private final int iterations;

    BenchmarkSet(int rounds, int warmup, int iterations) {
        this.rounds = rounds;
        this.warmup = warmup;
        this.iterations = iterations;
    }

    int rounds() {
        return rounds;
    }

    int warmup() {
        return warmup;
    }

    int iterations() {
        return iterations;
    }

    /** Returns all that decides on the figures, for a run that was broken off goes on with the same, or not at all. */
    String describe(List<String> patterns, int roundsToRun, Forks forks) {
        String what =
                switch (this) {
                    case QUICK -> "the quick set";
                    case FULL -> "the full set";
                    case CHOSEN -> "the workloads " + String.join(" ", patterns);
                };
        String programs = this == CHOSEN
                ? ""
                : ", Task Bench with " + String.join(" ", TaskBench.JVM_OPTIONS) + ", retained bytes with "
                        + String.join(" ", RETAINED_JVM_OPTIONS);
        return what + ", " + roundsToRun + " rounds, " + forks.describe() + programs;
    }

    List<RunStep> plan(List<String> patterns, int roundsToRun, Forks forks) {
        List<RunStep> plan = new ArrayList<>();
        for (int round = 1; round <= roundsToRun; round++) {
            String suffix = ", round " + round;
            for (String benchmark : workloads(patterns)) {
                String name = benchmark.replace(PACKAGE, "") + suffix;
                plan.add(new RunStep(name, () -> Found.ofWorkload(forks.jmh(benchmark))));
                if (OURS.matcher(benchmark).find()) {
                    for (String core : forks.cores().keySet()) {
                        plan.add(
                                new RunStep(name + ", on " + core, () -> Found.ofWorkload(forks.jmh(benchmark, core))));
                    }
                }
            }
            if (this != CHOSEN) {
                addPrograms(plan, suffix);
            }
        }
        return plan;
    }

    private List<String> workloads(List<String> patterns) {
        Predicate<String> wanted =
                switch (this) {
                    case QUICK ->
                        name -> QUICK_WORKLOADS.stream()
                                .anyMatch(pattern -> pattern.matcher(name).find());
                    case FULL -> name -> name.startsWith(PACKAGE) && !name.startsWith(OBSERVED);
                    case CHOSEN ->
                        name -> patterns.stream()
                                .anyMatch(pattern ->
                                        Pattern.compile(pattern).matcher(name).find());
                };
        return BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
                .stream()
                .map(BenchmarkListEntry::getUsername)
                .filter(wanted)
                .distinct()
                .sorted()
                .toList();
    }

    private void addPrograms(List<RunStep> plan, String suffix) {
        boolean quick = this == QUICK;
        for (String pattern : quick ? QUICK_PATTERNS : TaskBench.patternNames()) {
            for (String system : quick ? QUICK_SYSTEMS : TaskBench.systemNames()) {
                List<String> arguments = new ArrayList<>(List.of("--pattern", pattern, "--system", system));
                if (quick) {
                    arguments.addAll(List.of("--repeat", "3", "--milliseconds", "50"));
                }
                plan.add(new RunStep("Task Bench, " + pattern + ", " + system + suffix, () -> {
                    List<Curve> curves =
                            Forks.program(TaskBench.class, TaskBench.JVM_OPTIONS, new TypeReference<>() {}, arguments);
                    return new Found(List.of(), curves, List.of(), List.of());
                }));
            }
        }
        List<String> arguments = List.of("--seconds", quick ? "4" : "10");
        plan.add(new RunStep("latency" + suffix, () -> {
            List<Latencies> latencies = Forks.program(Latency.class, List.of(), new TypeReference<>() {}, arguments);
            return new Found(List.of(), List.of(), latencies, List.of());
        }));
        plan.add(new RunStep("retained bytes" + suffix, () -> {
            List<RetainedBytes> retained =
                    Forks.program(Retained.class, RETAINED_JVM_OPTIONS, new TypeReference<>() {}, List.of());
            return new Found(List.of(), List.of(), List.of(), retained);
        }));
    }
}
