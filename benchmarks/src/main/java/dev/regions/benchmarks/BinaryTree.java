package dev.regions.benchmarks;

import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.task.Task;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CountedCompleter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * A binary tree of a million tasks, each of which needs the result of its parent. With Regions and
 * {@code CompletableFuture}, one thread outside declares the edges; with the other peers each task starts its two
 * children. Reactor is not here: it would need a cache and a subscription per task; {@link Wavefront} shows their cost.
 * {@code StructuredTaskScope} is not here: each task would have to wait for its children, as in {@link Skynet}.
 */
@About(title = "Binary tree", text = "A million tasks, each of which needs the result of its parent.")
@OperationsPerInvocation(BinaryTree.TASKS)
public class BinaryTree extends Workload {
    /** How many tasks the tree has. */
    public static final int TASKS = (1 << 20) - 1;

    int tasks = TASKS;
    Step step = Step.SAME;

    /** {@code Tasks.spawn} with the parent as argument. */
    @Benchmark
    public void regions() {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(this::spawnAll);
        }
    }

    private void spawnAll() {
        @SuppressWarnings("unchecked")
        Task<Object>[] inner = (Task<Object>[]) new Task<?>[tasks / 2 + 1];
        for (int i = 1; i <= tasks; i++) {
            Task<Object> task = i == 1 ? Tasks.spawn(() -> step.apply(0)) : Tasks.spawn(inner[i / 2], step);
            if (i <= tasks / 2) {
                inner[i] = task;
            }
        }
    }

    /** {@code CompletableFuture.thenApplyAsync}. */
    @Benchmark
    public void completableFuture() {
        @SuppressWarnings("unchecked")
        CompletableFuture<Object>[] inner = (CompletableFuture<Object>[]) new CompletableFuture<?>[tasks / 2 + 1];
        for (int i = 1; i <= tasks; i++) {
            CompletableFuture<Object> task = i == 1
                    ? CompletableFuture.supplyAsync(() -> step.apply(0), pool)
                    : inner[i / 2].thenApplyAsync(step, pool);
            if (i <= tasks / 2) {
                inner[i] = task;
            }
        }
        awaitPool();
    }

    /** {@code ForkJoinPool.execute} by each task of its two children. */
    @Benchmark
    public void forkJoinPool() {
        pool.execute(new Started(1, 0, pool::execute, Body.EMPTY));
        awaitPool();
    }

    /** {@code CountedCompleter}: the child that ends last completes its parent. */
    @Benchmark
    public void countedCompleter() {
        pool.invoke(new Completer(null, 1, 0));
    }

    /**
     * {@code Thread.startVirtualThread} by each task of its two children; the leaves are counted, to know when all are
     * over.
     */
    @Benchmark
    public void virtualThreadPerTask() throws InterruptedException {
        CountDownLatch leaves = new CountDownLatch((tasks + 1) / 2);
        Thread.startVirtualThread(new Started(1, 0, Thread::startVirtualThread, leaves::countDown));
        leaves.await();
    }

    /** One thread, level by level. */
    @Benchmark
    public Object sequential() {
        Object[] inner = new Object[tasks / 2 + 1];
        Object last = 0;
        for (int i = 1; i <= tasks; i++) {
            last = ChainOfTasks.call(step, i == 1 ? 0 : inner[i / 2]);
            if (i <= tasks / 2) {
                inner[i] = last;
            }
        }
        return last;
    }

    private final class Started implements Runnable {
        private final int place;
        private final Object argument;
        private final Consumer<Runnable> starter;
        private final Body leafDone;

        Started(int place, Object argument, Consumer<Runnable> starter, Body leafDone) {
            this.place = place;
            this.argument = argument;
            this.starter = starter;
            this.leafDone = leafDone;
        }

        @Override
        public void run() {
            Object result = step.apply(argument);
            if (2 * place < tasks) {
                starter.accept(new Started(2 * place, result, starter, leafDone));
                starter.accept(new Started(2 * place + 1, result, starter, leafDone));
            } else {
                leafDone.run();
            }
        }
    }

    private final class Completer extends CountedCompleter<Void> {
        private static final long serialVersionUID = 1;

        private final int place;
        private final transient Object argument;

        Completer(@Nullable Completer parent, int place, Object argument) {
            super(parent);
            this.place = place;
            this.argument = argument;
        }

        @Override
        public void compute() {
            Object result = step.apply(argument);
            if (2 * place < tasks) {
                setPendingCount(2);
                new Completer(this, 2 * place, result).fork();
                new Completer(this, 2 * place + 1, result).fork();
            }
            tryComplete();
        }
    }
}
