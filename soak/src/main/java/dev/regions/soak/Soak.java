package dev.regions.soak;

import dev.regions.Limit;
import dev.regions.TaskRuntime;
import dev.regions.context.ContextPropagation;
import dev.regions.task.OverflowPolicy;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Uses all features at once for some time. Now and then everything comes to rest, and is measured: the heap after a
 * full collection, threads, tasks in flight, alarms, queues. Ends with exit code 1 and a sentence if anything is left
 * over at rest, if heap or threads grow, or if a workload finds what must not be.
 */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = "Uses all features of Regions at once, and fails if memory, threads or queues grow.")
public final class Soak implements Callable<Integer> {
    /** More than workloads hold while they wait for room, and less than their chains are long. */
    private static final int MAX_IN_FLIGHT = 5_000;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--time",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "how long to go on, such as 90s or 10m (default: ${DEFAULT-VALUE})",
            defaultValue = "10m")
    private Duration time = Duration.ZERO;

    @Option(
            names = "--memory",
            paramLabel = "MIB",
            description = "how much of the heap may be in use at rest, in MiB (default: ${DEFAULT-VALUE})",
            defaultValue = "64")
    private long memory;

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "how often everything comes to rest and is measured (default: ${DEFAULT-VALUE})",
            defaultValue = "60")
    private int samples;

    @Option(
            names = "--spawners",
            paramLabel = "N",
            description = "how many threads run workloads (default: ${DEFAULT-VALUE})",
            defaultValue = "4")
    private int spawners;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description =
                    "what workloads are drawn from; it does not say how threads are interleaved (default: random)")
    private long seed = new Random().nextLong();

    @Option(names = "--patience", hidden = true, description = "how many seconds it may take to come to rest")
    private long patience = 60;

    @Option(names = "--leak", hidden = true, description = "plants a leak: ${COMPLETION-CANDIDATES}")
    private @Nullable Leak leak;

    /** Reads 90s, 10m or 1h30m. */
    static final class TimeConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return Duration.parse("PT" + value.toUpperCase(Locale.ROOT));
            } catch (DateTimeParseException wrong) {
                throw new CommandLine.TypeConversionException("'" + value + "' is not a time such as 90s or 10m");
            }
        }
    }

    /** Runs the soak, and exits. */
    public static void main(String... arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** Returns the soak as picocli knows it. */
    static CommandLine commandLine() {
        return new CommandLine(new Soak()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public Integer call() throws Exception {
        CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
        if (samples < Growth.MIN_SAMPLES
                || spawners < 1
                || time.dividedBy(samples).toMillis() < 100) {
            throw new ParameterException(
                    commandLine,
                    "at least one spawner, " + Growth.MIN_SAMPLES + " samples and a tenth of a second between two of"
                            + " them are needed to tell growth from noise, and there were " + spawners + ", " + samples
                            + " and " + time.dividedBy(samples).toMillis() + " ms");
        }
        PrintWriter out = commandLine.getOut();
        out.println("soak: " + time + ", " + spawners + " spawners, --seed " + seed);
        String wrong = soak(out);
        if (wrong == null) {
            out.println("soak: nothing grows, and nothing is left over");
            return 0;
        }
        commandLine.getErr().println("soak FAILED: " + wrong);
        return 1;
    }

    /** Returns what is wrong, null if nothing is. */
    private @Nullable String soak(PrintWriter out) throws Exception {
        Limit narrow = Limit.of("narrow", 2);
        Limit wide = Limit.of("wide", 20);
        List<Workload> workloads = new ArrayList<>(GraphWorkloads.all());
        workloads.addAll(new TimeWorkloads(narrow, wide).all());
        workloads.addAll(MemoryWorkloads.all());
        WaitWorkloads waits = new WaitWorkloads();
        workloads.addAll(waits.all());
        if (leak != null) {
            workloads.add(leak);
        }
        TaskRuntime runtime = TaskRuntime.builder()
                .name("soak")
                .root(ContextPropagation.of())
                .maxInFlight(MAX_IN_FLIGHT, OverflowPolicy.BLOCK)
                .onUncaughtFailure(failure -> {}) // they are thrown on purpose
                .build();
        Spawners running = new Spawners(runtime, workloads, spawners, seed);
        try {
            Sampler sampler = new Sampler(runtime, List.of(narrow, wide), running, patience);
            out.println(Sample.HEADER);
            List<Sample> taken = new ArrayList<>();
            long ends = System.nanoTime() + time.toNanos();
            long shortest = time.toNanos() / samples / 2;
            for (int left = samples; left > 0; left--) {
                long interval = Math.max(shortest, (ends - System.nanoTime()) / left); // coming to rest takes time, too
                Sample sample = sampler.sampleAfter(Duration.ofNanos(interval));
                out.println(sample);
                out.flush();
                taken.add(sample);
                String wrong = wrongNow(sample, running);
                if (wrong != null) {
                    return wrong;
                }
            }
            List<String> growing = Growth.of(taken);
            return growing.isEmpty() ? null : String.join("; ", growing);
        } finally {
            running.stop();
            runtime.shutdownNow();
            runtime.close();
            waits.close();
        }
    }

    private @Nullable String wrongNow(Sample sample, Spawners running) {
        Throwable failure = running.failure();
        if (failure != null) {
            return "a workload failed: " + failure;
        }
        if (!sample.isAtRest()) {
            return "at rest there should be no task in flight, no worker, no alarm and nobody at a limit, and there were "
                    + sample.gauges() + " and " + sample.limited() + " at limits";
        }
        if (sample.heapBytes() > memory << 20) {
            return sample.heapBytes() / 1024 + " KiB of the heap are in use at rest; " + memory + " MiB may be";
        }
        return null;
    }
}
