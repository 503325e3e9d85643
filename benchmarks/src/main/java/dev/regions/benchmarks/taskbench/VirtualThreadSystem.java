package dev.regions.benchmarks.taskbench;

import dev.regions.benchmarks.taskbench.TaskGraph.Plan;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A virtual thread per task, which waits for the {@code FutureTask}s of those that it depends on. */
final class VirtualThreadSystem implements TaskSystem {
    @Override
    public String name() {
        return "virtualThreadPerTask";
    }

    @Override
    public void run(Plan plan, Kernel kernel) throws InterruptedException, ExecutionException {
        TaskGraph graph = plan.graph();
        FutureTask<?>[][] all = new FutureTask<?>[graph.steps()][graph.width()];
        for (int step = 0; step < graph.steps(); step++) {
            for (int point = graph.first(step); point < graph.first(step) + graph.count(step); point++) {
                all[step][point] = start(all, plan, kernel, step, point);
            }
        }
        for (int step = 0; step < graph.steps(); step++) {
            for (int point = graph.first(step); point < graph.first(step) + graph.count(step); point++) {
                if (plan.successors()[step][point].length == 0) {
                    all[step][point].get();
                }
            }
        }
    }

    private static FutureTask<?> start(FutureTask<?>[][] all, Plan plan, Kernel kernel, int step, int point) {
        int[] predecessors = plan.predecessors()[step][point];
        FutureTask<Object> task = new FutureTask<>(() -> {
            for (int predecessor : predecessors) {
                all[step - 1][predecessor].get();
            }
            kernel.execute(step, point);
            return point;
        });
        Thread.startVirtualThread(task);
        return task;
    }
}
