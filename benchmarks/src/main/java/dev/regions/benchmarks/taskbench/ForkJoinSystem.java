package dev.regions.benchmarks.taskbench;

import dev.regions.benchmarks.taskbench.TaskGraph.Plan;
import java.util.concurrent.ForkJoinPool;

/** {@code ForkJoinPool.execute}, with dependences counted by hand. */
final class ForkJoinSystem implements TaskSystem {
    private final ForkJoinPool pool = new ForkJoinPool();

    @Override
    public String name() {
        return "forkJoinPool";
    }

    @Override
    public void run(Plan plan, Kernel kernel) throws InterruptedException {
        new CountedGraph(plan, kernel, pool).run();
    }

    @Override
    public void close() {
        pool.close();
    }
}
