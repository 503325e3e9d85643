package dev.regions.benchmarks;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.regions.benchmarks.report.Timing;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.ProfilerConfig;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs benchmarks in JVMs of their own.
 *
 * @param warmup iterations of a JMH benchmark before those that count
 * @param iterations of a JMH benchmark that count
 * @param seconds length of an iteration
 * @param jvmOptions more options for the JVMs of JMH benchmarks
 * @param profilers of JMH, by name, for JMH benchmarks; after a colon each may have options
 * @param cores by name, the class path of other revisions of Regions to run ours on, too
 */
record Forks(
        int warmup,
        int iterations,
        int seconds,
        List<String> jvmOptions,
        List<String> profilers,
        Map<String, String> cores) {
    private static final String STRUCTURED = "dev.regions.benchmarks.structured.";
    private static final String CLASS_PATH = "java.class.path";
    private static final String COLLECTOR = "gc.";
    private static final String ALLOCATED = COLLECTOR + "alloc.rate.norm";
    private static final List<String> HEAP = List.of("-Xms4g", "-Xmx4g", "-XX:+AlwaysPreTouch");

    /** JMH uses sun.misc.Unsafe; without this the JVM warns. */
    private static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";

    String describe() {
        List<String> jvm = new ArrayList<>(HEAP);
        jvm.addAll(jvmOptions);
        return warmup + " warm-up and " + iterations + " counted iterations of " + seconds + " s, workloads with "
                + String.join(" ", jvm)
                + (profilers.isEmpty() ? "" : ", profiled by " + String.join(" ", profilers))
                + (cores.isEmpty() ? "" : ", beside the cores " + cores);
    }

    /** Runs a method of a workload on another revision of Regions; what it finds bears the name of that core. */
    List<Timing> jmh(String benchmark, String core) throws RunnerException {
        String ours = System.getProperty(CLASS_PATH);
        // JMH gives its forks the class path of this JVM. What comes first there hides our own classes.
        System.setProperty(CLASS_PATH, cores.get(core) + File.pathSeparator + ours);
        try {
            return jmh(benchmark).stream()
                    .map(timing -> timing.as(timing.peer() + " of " + core))
                    .toList();
        } finally {
            System.setProperty(CLASS_PATH, ours);
        }
    }

    /** Runs a method of a workload, with all of its parameters. */
    List<Timing> jmh(String benchmark) throws RunnerException {
        List<String> jvm = new ArrayList<>(HEAP);
        jvm.add(UNSAFE);
        if (benchmark.startsWith(STRUCTURED)) {
            jvm.add("--enable-preview");
        }
        jvm.addAll(jvmOptions);
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(benchmark) + "$")
                .forks(1)
                .warmupIterations(warmup)
                .warmupTime(TimeValue.seconds(seconds))
                .measurementIterations(iterations)
                .measurementTime(TimeValue.seconds(seconds))
                .addProfiler(GCProfiler.class)
                .jvmArgsAppend(jvm.toArray(String[]::new))
                .verbosity(VerboseMode.SILENT)
                .timeout(TimeValue.minutes(2))
                .shouldFailOnError(true);
        for (String profiler : profilers) {
            ProfilerConfig config = profiler(profiler);
            options.addProfiler(config.getKlass(), config.getOpts());
        }
        Collection<RunResult> runs = new Runner(options.build()).run();
        if (!profilers.isEmpty()) {
            runs.forEach(Forks::printProfile);
        }
        return runs.stream().map(Forks::timing).toList();
    }

    /** Reads the name of a profiler and, after a colon, its options. */
    static ProfilerConfig profiler(String text) {
        String[] parts = text.split(":", 2);
        return new ProfilerConfig(parts[0], parts.length == 1 ? "" : parts[1]);
    }

    /** A silent JMH does not say what its profilers have found. */
    private static void printProfile(RunResult run) {
        run.getSecondaryResults().forEach((name, result) -> {
            if (!name.startsWith(COLLECTOR)) {
                System.out.println(name + ":");
                System.out.println(result.extendedInfo());
            }
        });
    }

    private static Timing timing(RunResult run) {
        BenchmarkParams params = run.getParams();
        String[] path = params.getBenchmark().split("\\.");
        List<String> parameters = new ArrayList<>();
        for (String key : params.getParamsKeys()) {
            parameters.add(key + "=" + params.getParam(key));
        }
        List<Double> nanoseconds = new ArrayList<>();
        List<Double> allocated = new ArrayList<>();
        run.getBenchmarkResults().forEach(fork -> {
            for (IterationResult iteration : fork.getIterationResults()) {
                nanoseconds.add(iteration.getPrimaryResult().getScore());
                Result<?> bytes = iteration.getSecondaryResults().get(ALLOCATED);
                if (bytes != null) {
                    allocated.add(bytes.getScore());
                }
            }
        });
        return new Timing(
                path[path.length - 2], path[path.length - 1], String.join(" ", parameters), nanoseconds, allocated);
    }

    /** Runs a program that writes a list of results to the file that its option {@code --json} names. */
    static <T> List<T> program(
            Class<?> program, List<String> jvmOptions, TypeReference<List<T>> type, List<String> arguments)
            throws IOException, InterruptedException {
        Path json = Files.createTempFile("regions-benchmark", ".json");
        try {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add(UNSAFE);
            command.addAll(jvmOptions);
            command.addAll(List.of("-cp", System.getProperty(CLASS_PATH), program.getName()));
            command.addAll(arguments);
            command.addAll(List.of("--json", json.toString()));
            int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (exit != 0) {
                throw new IllegalStateException(
                        program.getSimpleName() + " failed with exit code " + exit + "; its output is above");
            }
            return new ObjectMapper().readValue(json.toFile(), type);
        } finally {
            Files.deleteIfExists(json);
        }
    }
}
