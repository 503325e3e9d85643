package dev.regions.benchmarks.taskbench;

import dev.regions.benchmarks.taskbench.TaskGraph.Plan;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** For each task, how many that it depends on are missing; the one that comes last starts it. */
final class CountedGraph {
    private final Plan plan;
    private final TaskGraph graph;
    private final Kernel kernel;
    private final Executor executor;
    private final AtomicIntegerArray missing;
    private final AtomicInteger sinksLeft;
    private final CountDownLatch done = new CountDownLatch(1);

    CountedGraph(Plan plan, Kernel kernel, Executor executor) {
        this.plan = plan;
        this.graph = plan.graph();
        this.kernel = kernel;
        this.executor = executor;
        this.missing = new AtomicIntegerArray(graph.steps() * graph.width());
        int sinks = 0;
        for (int step = 0; step < graph.steps(); step++) {
            for (int point = graph.first(step); point < graph.first(step) + graph.count(step); point++) {
                missing.setPlain(step * graph.width() + point, plan.predecessors()[step][point].length);
                sinks += plan.successors()[step][point].length == 0 ? 1 : 0;
            }
        }
        this.sinksLeft = new AtomicInteger(sinks);
    }

    /** Starts those that depend on nothing, and waits until those are over on which nothing depends. */
    void run() throws InterruptedException {
        for (int step = 0; step < graph.steps(); step++) {
            for (int point = graph.first(step); point < graph.first(step) + graph.count(step); point++) {
                if (plan.predecessors()[step][point].length == 0) {
                    start(step, point);
                }
            }
        }
        done.await();
    }

    private void start(int step, int point) {
        executor.execute(() -> runTask(step, point));
    }

    private void runTask(int step, int point) {
        kernel.execute(step, point);
        int[] successors = plan.successors()[step][point];
        for (int successor : successors) {
            if (missing.decrementAndGet((step + 1) * graph.width() + successor) == 0) {
                start(step + 1, successor);
            }
        }
        if (successors.length == 0 && sinksLeft.decrementAndGet() == 0) {
            done.countDown();
        }
    }
}
