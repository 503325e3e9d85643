package dev.regions.benchmarks;

import dev.regions.Tasks;
import dev.regions.benchmarks.About.Goal;
import dev.regions.task.Task;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountedCompleter;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RecursiveTask;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The 27th Fibonacci number by recursion down to 1 and 0: each call spawns one of its two recursive calls, makes the
 * other itself, and joins. Peers that cannot wait without holding up a thread compose futures instead. The time is per
 * spawn.
 */
@About(
        title = "Fibonacci",
        text = "fib(27) by recursion: each call spawns one of its two, and joins it.",
        per = "spawn",
        goals = {@Goal(peer = "recursiveTask", atMost = 1.2), @Goal(peer = "structuredTaskScope", atMost = 0.1)})
@OperationsPerInvocation(Fibonacci.SPAWNS)
public class Fibonacci extends Workload {
    /** Which number is asked for. */
    public static final int N = 27;

    /** How often a call spawns another: once for each call with an argument above 1. */
    public static final int SPAWNS = 317_810;

    int n = N;

    /** {@code Tasks.spawn} and {@code join}. */
    @Benchmark
    public int regions() throws InterruptedException {
        return Tasks.spawn(() -> regions(n)).join();
    }

    private static int regions(int n) throws InterruptedException {
        if (n < 2) {
            return n;
        }
        Task<Integer> other = Tasks.spawn(() -> regions(n - 1));
        int one = regions(n - 2);
        return one + other.join();
    }

    /** {@code RecursiveTask.fork} and {@code join}. */
    @Benchmark
    public int recursiveTask() {
        return pool.invoke(new Recursive(n));
    }

    private static final class Recursive extends RecursiveTask<Integer> {
        private static final long serialVersionUID = 1;

        private final int n;

        Recursive(int n) {
            this.n = n;
        }

        @Override
        protected Integer compute() {
            if (n < 2) {
                return n;
            }
            Recursive other = new Recursive(n - 1);
            other.fork();
            int one = new Recursive(n - 2).compute();
            return one + other.join();
        }
    }

    /** {@code CountedCompleter}: nobody joins, the one that ends last adds up. */
    @Benchmark
    public int countedCompleter() {
        Completer root = new Completer(null, n);
        pool.invoke(root);
        return root.result;
    }

    private static final class Completer extends CountedCompleter<Void> {
        private static final long serialVersionUID = 1;

        private final int n;
        private int result;
        private @Nullable Completer one;
        private @Nullable Completer other;

        Completer(@Nullable Completer parent, int n) {
            super(parent);
            this.n = n;
        }

        @Override
        public void compute() {
            if (n < 2) {
                result = n;
                tryComplete();
            } else {
                setPendingCount(1); // of the two, the first to end counts this down, the second completes
                other = new Completer(this, n - 1);
                one = new Completer(this, n - 2);
                other.fork();
                one.compute();
            }
        }

        @Override
        public void onCompletion(CountedCompleter<?> caller) {
            if (one != null && other != null) {
                result = one.result + other.result;
            }
        }
    }

    /** {@code CompletableFuture.supplyAsync} and {@code thenCombine}. */
    @Benchmark
    public int completableFuture() {
        return CompletableFuture.supplyAsync(() -> future(n), pool)
                .thenCompose(same -> same)
                .join();
    }

    private CompletableFuture<Integer> future(int n) {
        if (n < 2) {
            return CompletableFuture.completedFuture(n);
        }
        CompletableFuture<Integer> other =
                CompletableFuture.supplyAsync(() -> future(n - 1), pool).thenCompose(same -> same);
        return future(n - 2).thenCombine(other, Integer::sum);
    }

    /** {@code Thread.startVirtualThread} and {@code FutureTask.get}. */
    @Benchmark
    public int virtualThreadPerTask() throws InterruptedException, ExecutionException {
        FutureTask<Integer> root = new FutureTask<>(() -> virtualThread(n));
        Thread.startVirtualThread(root);
        return root.get();
    }

    private static int virtualThread(int n) throws InterruptedException, ExecutionException {
        if (n < 2) {
            return n;
        }
        FutureTask<Integer> other = new FutureTask<>(() -> virtualThread(n - 1));
        Thread.startVirtualThread(other);
        int one = virtualThread(n - 2);
        return one + other.get();
    }

    /** Reactor: {@code Mono.zip}, with one of the two on the parallel scheduler. */
    @Benchmark
    public Integer reactor() {
        return Mono.defer(() -> mono(n)).subscribeOn(Schedulers.parallel()).block();
    }

    private static Mono<Integer> mono(int n) {
        if (n < 2) {
            return Mono.just(n);
        }
        return Mono.zip(
                Mono.defer(() -> mono(n - 1)).subscribeOn(Schedulers.parallel()),
                Mono.defer(() -> mono(n - 2)),
                Integer::sum);
    }

    /** One thread, and a plain method. */
    @Benchmark
    public int sequential() {
        return sequential(n);
    }

    private static int sequential(int n) {
        return n < 2 ? n : sequential(n - 1) + sequential(n - 2);
    }
}
