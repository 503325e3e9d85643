package dev.regions.benchmarks.taskbench;

import dev.regions.benchmarks.taskbench.TaskGraph.Plan;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;

/** {@code CompletableFuture}: each stage comes after one, both or {@code allOf} the stages that it depends on. */
final class FutureSystem implements TaskSystem {
    private final ForkJoinPool pool = new ForkJoinPool();

    @Override
    public String name() {
        return "completableFuture";
    }

    @Override
    public void close() {
        pool.close();
    }

    @Override
    public void run(Plan plan, Kernel kernel) {
        TaskGraph graph = plan.graph();
        CompletableFuture<?>[] before = new CompletableFuture<?>[graph.width()];
        CompletableFuture<?>[] now = new CompletableFuture<?>[graph.width()];
        for (int step = 0; step < graph.steps(); step++) {
            int end = graph.first(step) + graph.count(step);
            for (int point = graph.first(step); point < end; point++) {
                now[point] = stage(before, plan.predecessors()[step][point], kernel, step, point);
            }
            CompletableFuture<?>[] spare = before;
            before = now;
            now = spare;
        }
        pool.awaitQuiescence(1, TimeUnit.HOURS); // whatever waits is behind something that is queued or runs
    }

    private CompletableFuture<?> stage(
            CompletableFuture<?>[] before, int[] predecessors, Kernel kernel, int step, int point) {
        Runnable body = () -> kernel.execute(step, point);
        return switch (predecessors.length) {
            case 0 -> CompletableFuture.runAsync(body, pool);
            case 1 -> before[predecessors[0]].thenRunAsync(body, pool);
            case 2 -> before[predecessors[0]].runAfterBothAsync(before[predecessors[1]], body, pool);
            default -> {
                CompletableFuture<?>[] all = new CompletableFuture<?>[predecessors.length];
                for (int i = 0; i < all.length; i++) {
                    all[i] = before[predecessors[i]];
                }
                yield CompletableFuture.allOf(all).thenRunAsync(body, pool);
            }
        };
    }
}
