package dev.regions.benchmarks.taskbench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.regions.benchmarks.taskbench.Curve.Point;
import dev.regions.benchmarks.taskbench.TaskGraph.Plan;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs graphs of Task Bench with tasks of all sizes, and prints the efficiency at each and METG(50%).
 *
 * <p>The most that the machine can do is measured by the same kernel on a platform thread per processor, without tasks,
 * before and after. All dependences are worked out before the time begins; that the graph is told to the system is part
 * of the time.
 */
@Command(
        name = "taskbench",
        mixinStandardHelpOptions = true,
        description = "Runs Task Bench's graphs with tasks of all sizes, and prints METG(50%%).")
public final class TaskBench implements Callable<Integer> {
    /**
     * For the JVM: the kernel is a call in all systems. If not, the compiler puts it into whatever calls it, and what
     * it makes of it there is not the same in all of them.
     */
    public static final List<String> JVM_OPTIONS = List.of(
            "-XX:CompileCommand=quiet", "-XX:CompileCommand=dontinline," + Kernel.class.getName() + "::compute");

    private static final int LARGEST = 18;
    private static final int SMALLEST = 4;
    private static final int MOST_STEPS = 2000;
    private static final int LEAST_STEPS = 8;
    private static final double NANOS_PER_TASK = 200;
    /** Warmed up is what the compilers have spent less than one in so many milliseconds on. */
    private static final int IDLE_COMPILERS = 50;

    private static final int MOST_PARTS_WARM_UP = 20;

    @Option(
            names = "--system",
            description = "A system: regions, forkJoinPool, completableFuture, virtualThreadPerTask, reactor; may be"
                    + " repeated. Default: all.")
    private List<String> systems = TaskSystem.NAMES;

    @Option(names = "--pattern", description = "A pattern, such as stencil_1d; may be repeated. Default: all.")
    private List<String> patterns =
            Arrays.stream(Pattern.values()).map(Pattern::label).toList();

    @Option(names = "--width", defaultValue = "32", description = "Points per step. Default: 32.")
    private int width;

    @Option(
            names = "--repeat",
            defaultValue = "5",
            description = "Runs of each graph; the median counts, and their spread is the range. Default: 5.")
    private int repeat;

    @Option(
            names = "--milliseconds",
            defaultValue = "100",
            description = "About how long a run of a graph is to take. Default: 100.")
    private int milliseconds;

    @Option(names = "--json", description = "A file to write the curves to.")
    private @Nullable Path json;

    private final int processors = Runtime.getRuntime().availableProcessors();
    private double peak;

    private TaskBench() {}

    /** The program. */
    public static void main(String... arguments) {
        System.exit(new CommandLine(new TaskBench()).execute(arguments));
    }

    /** Returns the names of all patterns. */
    public static List<String> patternNames() {
        return Arrays.stream(Pattern.values()).map(Pattern::label).toList();
    }

    /** Returns the names of all systems, ours first. */
    public static List<String> systemNames() {
        return TaskSystem.NAMES;
    }

    @Override
    public Integer call() throws Exception {
        if (!ManagementFactory.getRuntimeMXBean().getInputArguments().containsAll(JVM_OPTIONS)) {
            System.err.println("This JVM may make a different kernel for each system. Start it with " + JVM_OPTIONS);
        }
        List<Pattern> known = patterns.stream().map(Pattern::of).toList();
        systems.forEach(name -> TaskSystem.of(name).close());
        peak = peak();
        List<List<Curve>> measured = new ArrayList<>();
        for (Pattern pattern : known) {
            for (String name : systems) {
                try (TaskSystem system = TaskSystem.of(name)) {
                    measured.add(curves(pattern, system));
                }
            }
        }
        double atTheEnd = peak();
        double best = Math.max(peak, atTheEnd);
        List<List<Curve>> runs = measured.stream()
                .map(some -> some.stream()
                        .map(curve -> relativeTo(peak / best, curve))
                        .toList())
                .toList();
        runs.forEach(some -> print(Curve.median(some)));
        if (json != null) {
            new ObjectMapper()
                    .writeValue(
                            json.toFile(), runs.stream().flatMap(List::stream).toList());
        }
        return 0;
    }

    /** Returns how many iterations of the kernel all processors do in a nanosecond. */
    private double peak() throws InterruptedException {
        long iterations = 1L << 24;
        Kernel kernel = Kernel.compute(iterations);
        double best = 0;
        for (int i = 0; i < 10; i++) {
            List<Thread> threads = Stream.generate(() -> new Thread(() -> kernel.execute(0, 0), "peak"))
                    .limit(processors)
                    .toList();
            long started = System.nanoTime();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            best = Math.max(best, (double) iterations * processors / (System.nanoTime() - started));
        }
        return best;
    }

    /** Returns a curve for each run. */
    private List<Curve> curves(Pattern pattern, TaskSystem system) throws Exception {
        warmUp(pattern, system);
        List<List<Point>> runs =
                Stream.<List<Point>>generate(ArrayList::new).limit(repeat).toList();
        for (int exponent = LARGEST; exponent >= SMALLEST; exponent--) {
            long iterations = 1L << exponent;
            Plan plan = new TaskGraph(pattern, width, steps(iterations)).plan();
            int tasks = plan.graph().tasks();
            for (List<Point> points : runs) {
                double elapsed = run(plan, system, Kernel.compute(iterations));
                points.add(new Point(iterations, elapsed * processors / tasks, tasks * iterations / elapsed / peak));
            }
        }
        return runs.stream()
                .map(points -> new Curve(pattern.label(), system.name(), width, processors, points))
                .toList();
    }

    /**
     * Until the compilers are done with all that runs, for smaller and larger tasks: one that is at work takes a
     * processor.
     */
    private void warmUp(Pattern pattern, TaskSystem system) throws Exception {
        CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
        Plan plan = new TaskGraph(pattern, width, MOST_STEPS / 4).plan();
        long part = 10L * milliseconds;
        long spent = compilers.getTotalCompilationTime();
        long before;
        int parts = 0;
        do {
            long until = System.nanoTime() + part * 1_000_000;
            for (long iterations = 16;
                    System.nanoTime() < until;
                    iterations = iterations > 1000 ? 16 : iterations * 4) {
                run(plan, system, Kernel.compute(iterations));
            }
            before = spent;
            spent = compilers.getTotalCompilationTime();
        } while (++parts < MOST_PARTS_WARM_UP && (spent - before) * IDLE_COMPILERS > part);
    }

    private static double run(Plan plan, TaskSystem system, Kernel kernel) throws Exception {
        long started = System.nanoTime();
        system.run(plan, kernel);
        return System.nanoTime() - started;
    }

    private int steps(long iterations) {
        double perTask = iterations * processors / peak + NANOS_PER_TASK;
        double tasks = milliseconds * 1e6 * processors / perTask;
        return (int) Math.clamp(tasks / width, LEAST_STEPS, MOST_STEPS);
    }

    private static Curve relativeTo(double factor, Curve curve) {
        List<Point> points = curve.points().stream()
                .map(point -> new Point(point.iterations(), point.granularity(), point.efficiency() * factor))
                .toList();
        return new Curve(curve.pattern(), curve.system(), curve.width(), curve.processors(), points);
    }

    private static void print(Curve curve) {
        System.out.printf(
                "%n%s, %s: METG(50%%) %s%.2f microseconds%n",
                curve.pattern(), curve.system(), curve.metgIsBound() ? "at most " : "", curve.metg() / 1e3);
        System.out.printf("  %12s %16s %12s%n", "iterations", "granularity, us", "efficiency");
        for (Point point : curve.points()) {
            System.out.printf(
                    "  %12d %16.3f %12.2f%n", point.iterations(), point.granularity() / 1e3, point.efficiency());
        }
    }
}
