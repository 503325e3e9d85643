package dev.regions.benchmarks;

import dev.regions.Tasks;
import dev.regions.task.Task;
import dev.regions.task.TaskFunction3;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/**
 * A graph of 1000 layers of 1000 tasks; each task adds up the results of three tasks of the layer before, drawn at
 * random, always in the same way. Described and run, until the last has run. Who needs whom is given, as an array; the
 * peers that know no dependencies turn it into an array of successors first, within the time that is measured. Reactor
 * is not here, for the reason said at {@link BinaryTree}, nor are {@code CountedCompleter} and
 * {@code StructuredTaskScope}, for those said at {@link Wavefront}.
 */
@About(
        title = "Random layered graph",
        text =
                "1000 layers of 1000 tasks, each of which adds up the results of three tasks of the layer before; told and run.")
@OperationsPerInvocation(RandomLayeredGraph.LAYERS * RandomLayeredGraph.WIDTH)
public class RandomLayeredGraph extends Workload {
    /** How many layers there are. */
    public static final int LAYERS = 1000;

    /** How many tasks a layer has. */
    public static final int WIDTH = 1000;

    private static final int EDGES = 3;
    private static final long SEED = 20_200_914;

    int layers = LAYERS;
    int width = WIDTH;
    private int[] predecessors = {};

    /** Draws the graph. */
    @Setup
    public void draw() {
        SplittableRandom random = new SplittableRandom(SEED);
        predecessors = random.ints((long) layers * width * EDGES, 0, width).toArray();
    }

    private int predecessor(int layer, int place, int edge) {
        return predecessors[(layer * width + place) * EDGES + edge];
    }

    private static Integer sum(Integer a, Integer b, Integer c) {
        return a + b + c;
    }

    /** {@code Tasks.spawn} with three arguments, while the first tasks run. */
    @Benchmark
    public int regions() throws InterruptedException {
        TaskFunction3<Object, Object, Object, Object> sum = (a, b, c) -> sum((Integer) a, (Integer) b, (Integer) c);
        Task<Object>[] before = Wavefront.tasks(width);
        Task<Object>[] layer = Wavefront.tasks(width);
        for (int i = 0; i < layers; i++) {
            for (int j = 0; j < width; j++) {
                layer[j] = i == 0
                        ? Tasks.spawn(() -> 1)
                        : Tasks.spawn(
                                before[predecessor(i, j, 0)],
                                before[predecessor(i, j, 1)],
                                before[predecessor(i, j, 2)],
                                sum);
            }
            Task<Object>[] spare = before;
            before = layer;
            layer = spare;
        }
        int total = 0;
        for (Task<Object> task : before) {
            total += (Integer) task.join();
        }
        return total;
    }

    /** {@code CompletableFuture.allOf} and {@code thenApplyAsync}. */
    @Benchmark
    public int completableFuture() {
        CompletableFuture<Object>[] before = Wavefront.futures(width);
        CompletableFuture<Object>[] layer = Wavefront.futures(width);
        for (int i = 0; i < layers; i++) {
            for (int j = 0; j < width; j++) {
                if (i == 0) {
                    layer[j] = CompletableFuture.supplyAsync(() -> 1, pool);
                } else {
                    CompletableFuture<Object> a = before[predecessor(i, j, 0)];
                    CompletableFuture<Object> b = before[predecessor(i, j, 1)];
                    CompletableFuture<Object> c = before[predecessor(i, j, 2)];
                    layer[j] = CompletableFuture.allOf(a, b, c)
                            .thenApplyAsync(
                                    done -> sum((Integer) a.join(), (Integer) b.join(), (Integer) c.join()), pool);
                }
            }
            CompletableFuture<Object>[] spare = before;
            before = layer;
            layer = spare;
        }
        int total = 0;
        for (CompletableFuture<Object> task : before) {
            total += (Integer) task.join();
        }
        return total;
    }

    /** {@code ForkJoinPool.execute} of a task by the predecessor that comes last. */
    @Benchmark
    public int forkJoinPool() throws InterruptedException {
        return new Counted(pool::execute).run();
    }

    /** {@code Thread.startVirtualThread} for a task by the predecessor that comes last. */
    @Benchmark
    public int virtualThreadPerTask() throws InterruptedException {
        return new Counted(Thread::startVirtualThread).run();
    }

    /** One thread, layer by layer. */
    @Benchmark
    public int sequential() {
        Integer[] before = new Integer[width];
        Integer[] layer = new Integer[width];
        for (int i = 0; i < layers; i++) {
            for (int j = 0; j < width; j++) {
                layer[j] = i == 0
                        ? 1
                        : sum(before[predecessor(i, j, 0)], before[predecessor(i, j, 1)], before[predecessor(i, j, 2)]);
            }
            Integer[] spare = before;
            before = layer;
            layer = spare;
        }
        int total = 0;
        for (Integer result : before) {
            total += result;
        }
        return total;
    }

    /**
     * The graph for peers without dependencies: for each task, where its successors are listed, and what is missing.
     */
    private final class Counted {
        private final Consumer<Runnable> starter;
        private final Integer[] results = new Integer[layers * width];
        private final AtomicIntegerArray missing = new AtomicIntegerArray(layers * width);
        private final int[] firstSuccessor = new int[layers * width + 1];
        private final int[] successors = new int[layers * width * EDGES];
        private final AtomicInteger lastLayerLeft = new AtomicInteger(width);
        private final CountDownLatch done = new CountDownLatch(1);

        Counted(Consumer<Runnable> starter) {
            this.starter = starter;
            for (int task = width; task < layers * width; task++) {
                missing.setPlain(task, EDGES);
                for (int edge = 0; edge < EDGES; edge++) {
                    firstSuccessor[flatPredecessor(task, edge) + 1]++;
                }
            }
            for (int task = 0; task < layers * width; task++) {
                firstSuccessor[task + 1] += firstSuccessor[task];
            }
            int[] next = firstSuccessor.clone();
            for (int task = width; task < layers * width; task++) {
                for (int edge = 0; edge < EDGES; edge++) {
                    successors[next[flatPredecessor(task, edge)]++] = task;
                }
            }
        }

        private int flatPredecessor(int task, int edge) {
            return (task / width - 1) * width + predecessors[task * EDGES + edge];
        }

        int run() throws InterruptedException {
            for (int j = 0; j < width; j++) {
                start(j);
            }
            done.await();
            int total = 0;
            for (int task = (layers - 1) * width; task < layers * width; task++) {
                total += results[task];
            }
            return total;
        }

        private void start(int task) {
            starter.accept(() -> runTask(task));
        }

        private void runTask(int task) {
            results[task] = task < width
                    ? 1
                    : sum(
                            results[flatPredecessor(task, 0)],
                            results[flatPredecessor(task, 1)],
                            results[flatPredecessor(task, 2)]);
            for (int i = firstSuccessor[task]; i < firstSuccessor[task + 1]; i++) {
                if (missing.decrementAndGet(successors[i]) == 0) {
                    start(successors[i]);
                }
            }
            if (task >= (layers - 1) * width && lastLayerLeft.decrementAndGet() == 0) {
                done.countDown();
            }
        }
    }
}
