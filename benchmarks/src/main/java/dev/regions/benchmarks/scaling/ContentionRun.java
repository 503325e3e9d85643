package dev.regions.benchmarks.scaling;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.regions.benchmarks.Fibonacci;
import dev.regions.benchmarks.IndependentTasksFromTask;
import dev.regions.benchmarks.SubmittingThreads;
import dev.regions.benchmarks.Wavefront;
import dev.regions.benchmarks.Workload;
import java.io.File;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs workloads on a {@link CountingCore}, and writes how many attempts have failed in each. A JVM of its own. */
final class ContentionRun {
    /**
     * What was counted.
     *
     * @param workload what ran
     * @param tasks how many tasks it had
     * @param failed by {@link Place}
     */
    record Counts(String workload, long tasks, long[] failed) {}

    private interface Run {
        void once() throws Exception;
    }

    private static final int WARM_UP = 10;
    private static final int RUNS = 20;
    private static final long TASKS = 1_000_000;

    private final List<Counts> all = new ArrayList<>();

    private ContentionRun() {}

    /**
     * The program.
     *
     * @param arguments the file to write to
     */
    public static void main(String... arguments) throws Exception {
        ContentionRun run = new ContentionRun();
        Map<Workload, String> workloads = new LinkedHashMap<>();
        for (int threads : new int[] {1, 2, 4, 8}) {
            SubmittingThreads submitting = new SubmittingThreads();
            submitting.threads = threads;
            run.measure(threads + (threads == 1 ? " thread spawns" : " threads spawn"), TASKS, submitting::regions);
            submitting.closeSubmitters();
            submitting.close();
        }
        IndependentTasksFromTask fromTask = new IndependentTasksFromTask();
        run.measure("one body spawns", TASKS, fromTask::regions);
        fromTask.close();
        Wavefront wavefront = new Wavefront();
        run.measure("wavefront", TASKS, wavefront::regions);
        wavefront.close();
        Fibonacci fibonacci = new Fibonacci();
        run.measure("Fibonacci", Fibonacci.SPAWNS, fibonacci::regions);
        fibonacci.close();
        new ObjectMapper().writeValue(new File(arguments[0]), run.all);
    }

    private void measure(String workload, long tasks, Run run) throws Exception {
        for (int i = 0; i < WARM_UP; i++) {
            run.once();
        }
        FailedAttempts.take();
        for (int i = 0; i < RUNS; i++) {
            run.once();
        }
        all.add(new Counts(workload, RUNS * tasks, FailedAttempts.take()));
    }
}
