package dev.regions.benchmarks;

import dev.regions.Regions;
import dev.regions.Tasks;
import dev.regions.benchmarks.About.Goal;
import dev.regions.task.Task;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A grid of 1000 × 1000 tasks, each of which needs the results of its neighbours above and to the left: described and
 * run, until the last has run. The peers that know no dependencies count, for each cell, the neighbours that are
 * missing. {@code CountedCompleter} is not here: it has one completer, and a cell has two successors.
 * {@code StructuredTaskScope} is not here: a scope joins its children, and knows no edges between them.
 */
@About(
        title = "Wavefront",
        text = "A grid of 1000 × 1000 tasks, each of which needs its neighbours above and to the left; told and run.",
        goals = {
            @Goal(peer = "completableFuture", atMost = 0.5),
            @Goal(atMost = 112, why = "what Taskflow takes to build and run a static graph, at the least"),
            @Goal(
                    ours = "regionsInBulk",
                    atMost = 112,
                    why = "what Taskflow takes to build and run a static graph, at the least")
        })
@OperationsPerInvocation(Wavefront.SIDE * Wavefront.SIDE)
public class Wavefront extends Workload {
    /** How many rows and columns the grid has. */
    public static final int SIDE = 1000;

    int side = SIDE;
    Step edge = Step.SAME;
    Combine inner = Combine.FIRST;

    /** {@code Tasks.spawn} with the neighbours as arguments, while the first tasks run. */
    @Benchmark
    public Object regions() throws InterruptedException {
        return spawnAll().join();
    }

    /** The same in a bulk region: described first, then run. */
    @Benchmark
    public Object regionsInBulk() throws InterruptedException {
        return Regions.bulk(this::spawnAll).join();
    }

    private Task<Object> spawnAll() {
        Task<Object>[] row = tasks(side);
        for (int i = 0; i < side; i++) {
            for (int j = 0; j < side; j++) {
                if (i > 0 && j > 0) {
                    row[j] = Tasks.spawn(row[j], row[j - 1], inner);
                } else if (i > 0) {
                    row[0] = Tasks.spawn(row[0], edge);
                } else if (j > 0) {
                    row[j] = Tasks.spawn(row[j - 1], edge);
                } else {
                    row[0] = Tasks.spawn(() -> edge.apply(1));
                }
            }
        }
        return row[side - 1];
    }

    @SuppressWarnings("unchecked")
    static Task<Object>[] tasks(int count) {
        return (Task<Object>[]) new Task<?>[count];
    }

    /** {@code CompletableFuture.thenCombineAsync}. */
    @Benchmark
    public Object completableFuture() {
        CompletableFuture<Object>[] row = futures(side);
        for (int i = 0; i < side; i++) {
            for (int j = 0; j < side; j++) {
                if (i > 0 && j > 0) {
                    row[j] = row[j].thenCombineAsync(row[j - 1], inner, pool);
                } else if (i > 0) {
                    row[0] = row[0].thenApplyAsync(edge, pool);
                } else if (j > 0) {
                    row[j] = row[j - 1].thenApplyAsync(edge, pool);
                } else {
                    row[0] = CompletableFuture.supplyAsync(() -> edge.apply(1), pool);
                }
            }
        }
        return row[side - 1].join();
    }

    @SuppressWarnings("unchecked")
    static CompletableFuture<Object>[] futures(int count) {
        return (CompletableFuture<Object>[]) new CompletableFuture<?>[count];
    }

    /** {@code ForkJoinPool.execute} of a cell by the neighbour that comes last. */
    @Benchmark
    public Object forkJoinPool() throws InterruptedException {
        return new Grid(pool::execute).run();
    }

    /** {@code Thread.startVirtualThread} for a cell by the neighbour that comes last. */
    @Benchmark
    public Object virtualThreadPerTask() throws InterruptedException {
        return new Grid(Thread::startVirtualThread).run();
    }

    /**
     * Reactor: {@code Mono.zip}, taken on by the parallel scheduler, and with a cache, for a cell has two subscribers.
     */
    @Benchmark
    public Object reactor() {
        Mono<Object>[] row = monos(side);
        for (int i = 0; i < side; i++) {
            for (int j = 0; j < side; j++) {
                Mono<Object> cell;
                if (i > 0 && j > 0) {
                    cell = Mono.zip(row[j], row[j - 1])
                            .publishOn(Schedulers.parallel())
                            .map(both -> inner.apply(both.getT1(), both.getT2()));
                } else if (i > 0) {
                    cell = row[0].publishOn(Schedulers.parallel()).map(edge);
                } else if (j > 0) {
                    cell = row[j - 1].publishOn(Schedulers.parallel()).map(edge);
                } else {
                    cell = Mono.fromCallable(() -> edge.apply(1)).subscribeOn(Schedulers.parallel());
                }
                row[j] = cell.cache();
                row[j].subscribe();
            }
        }
        return row[side - 1].block();
    }

    @SuppressWarnings("unchecked")
    static Mono<Object>[] monos(int count) {
        return (Mono<Object>[]) new Mono<?>[count];
    }

    /** One thread, row by row. */
    @Benchmark
    public Object sequential() {
        Object[] row = new Object[side];
        for (int i = 0; i < side; i++) {
            for (int j = 0; j < side; j++) {
                row[j] = value(i, j, row[j], j > 0 ? row[j - 1] : 0);
            }
        }
        return row[side - 1];
    }

    private Object value(int i, int j, Object above, Object left) {
        if (i > 0 && j > 0) {
            return inner.apply(above, left);
        }
        return edge.apply(i > 0 ? above : j > 0 ? left : 1);
    }

    private final class Grid {
        private final Consumer<Runnable> starter;
        private final Object[] results = new Object[side * side];
        private final AtomicIntegerArray missing = new AtomicIntegerArray(side * side);
        private final CountDownLatch done = new CountDownLatch(1);

        Grid(Consumer<Runnable> starter) {
            this.starter = starter;
            for (int i = 0; i < side; i++) {
                for (int j = 0; j < side; j++) {
                    missing.setPlain(i * side + j, (i > 0 ? 1 : 0) + (j > 0 ? 1 : 0));
                }
            }
        }

        Object run() throws InterruptedException {
            starter.accept(() -> runCell(0, 0));
            done.await();
            return results[side * side - 1];
        }

        private void runCell(int i, int j) {
            int place = i * side + j;
            results[place] = value(i, j, i > 0 ? results[place - side] : 0, j > 0 ? results[place - 1] : 0);
            if (j + 1 < side && missing.decrementAndGet(place + 1) == 0) {
                starter.accept(() -> runCell(i, j + 1));
            }
            if (i + 1 < side && missing.decrementAndGet(place + side) == 0) {
                starter.accept(() -> runCell(i + 1, j));
            }
            if (place == side * side - 1) {
                done.countDown();
            }
        }
    }
}
