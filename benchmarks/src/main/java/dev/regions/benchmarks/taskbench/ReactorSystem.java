package dev.regions.benchmarks.taskbench;

import dev.regions.benchmarks.taskbench.TaskGraph.Plan;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Reactor: a {@code Mono} per task, after those that it depends on, on the parallel scheduler; cached, for others wait
 * for it.
 */
final class ReactorSystem implements TaskSystem {
    @Override
    public String name() {
        return "reactor";
    }

    @Override
    public void run(Plan plan, Kernel kernel) {
        TaskGraph graph = plan.graph();
        List<Mono<Integer>> before = List.of();
        List<Mono<Integer>> sinks = new ArrayList<>();
        for (int step = 0; step < graph.steps(); step++) {
            List<Mono<Integer>> now = new ArrayList<>(graph.width());
            for (int point = 0; point < graph.width(); point++) {
                if (graph.has(step, point)) {
                    Mono<Integer> task = mono(before, plan.predecessors()[step][point], kernel, step, point);
                    task.subscribe();
                    now.add(task);
                    if (plan.successors()[step][point].length == 0) {
                        sinks.add(task);
                    }
                } else {
                    now.add(Mono.empty());
                }
            }
            before = now;
        }
        sinks.forEach(Mono::block);
    }

    private static Mono<Integer> mono(
            List<Mono<Integer>> before, int[] predecessors, Kernel kernel, int step, int point) {
        Mono<Integer> body = Mono.fromCallable(() -> {
            kernel.execute(step, point);
            return point;
        });
        List<Mono<Integer>> needed = new ArrayList<>(predecessors.length);
        for (int predecessor : predecessors) {
            needed.add(before.get(predecessor));
        }
        return Mono.when(needed).then(body.subscribeOn(Schedulers.parallel())).cache();
    }
}
