package dev.regions.benchmarks.taskbench;

import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.benchmarks.taskbench.TaskGraph.Plan;
import dev.regions.task.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * Each task is spawned by one thread outside, with the tasks that it depends on as arguments, while the first ones run.
 */
final class RegionsSystem implements TaskSystem {
    @Override
    public String name() {
        return "regions";
    }

    @Override
    public void run(Plan plan, Kernel kernel) {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> spawnAll(plan, kernel));
        }
    }

    private static void spawnAll(Plan plan, Kernel kernel) {
        TaskGraph graph = plan.graph();
        Task<?>[] before = new Task<?>[graph.width()];
        Task<?>[] now = new Task<?>[graph.width()];
        for (int step = 0; step < graph.steps(); step++) {
            int end = graph.first(step) + graph.count(step);
            for (int point = graph.first(step); point < end; point++) {
                now[point] = spawn(before, plan.predecessors()[step][point], kernel, step, point);
            }
            Task<?>[] spare = before;
            before = now;
            now = spare;
        }
    }

    private static Task<?> spawn(Task<?>[] before, int[] predecessors, Kernel kernel, int step, int point) {
        return switch (predecessors.length) {
            case 0 -> Tasks.spawn(() -> kernel.execute(step, point));
            case 1 ->
                Tasks.spawn(before[predecessors[0]], a -> {
                    kernel.execute(step, point);
                    return point;
                });
            case 2 ->
                Tasks.spawn(before[predecessors[0]], before[predecessors[1]], (a, b) -> {
                    kernel.execute(step, point);
                    return point;
                });
            case 3 ->
                Tasks.spawn(before[predecessors[0]], before[predecessors[1]], before[predecessors[2]], (a, b, c) -> {
                    kernel.execute(step, point);
                    return point;
                });
            case 4 ->
                Tasks.spawn(
                        before[predecessors[0]],
                        before[predecessors[1]],
                        before[predecessors[2]],
                        before[predecessors[3]],
                        (a, b, c, d) -> {
                            kernel.execute(step, point);
                            return point;
                        });
            default -> {
                List<Task<?>> arguments = new ArrayList<>(predecessors.length);
                for (int predecessor : predecessors) {
                    arguments.add(before[predecessor]);
                }
                yield Tasks.spawn(arguments, all -> {
                    kernel.execute(step, point);
                    return point;
                });
            }
        };
    }
}
