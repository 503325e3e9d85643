package dev.regions.benchmarks;

import dev.regions.Tasks;
import dev.regions.benchmarks.About.Goal;
import dev.regions.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountedCompleter;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A tree of tasks, six levels below its root, in which each task spawns ten others and adds up what they return; the
 * million leaves return their number. After Alexander Temerev's skynet benchmark. Regions, {@code RecursiveTask} and
 * virtual threads join; the other peers compose. The time is per task, the inner ones included.
 */
@About(
        title = "Skynet",
        text = "A tree of tasks, ten children each, with a million leaves; each task adds up what its children return.",
        goals = {@Goal(peer = "recursiveTask", atMost = 1.2), @Goal(peer = "structuredTaskScope", atMost = 0.1)})
@OperationsPerInvocation(Skynet.TASKS)
public class Skynet extends Workload {
    /** How many leaves there are. */
    public static final int LEAVES = 1_000_000;

    /** How many tasks there are, inner ones and the root included. */
    public static final int TASKS = 1_111_111;

    /** How many children a task has. */
    public static final int FAN = 10;

    int leaves = LEAVES;

    /** {@code Tasks.spawn} and {@code join}. */
    @Benchmark
    public long regions() throws InterruptedException {
        return Tasks.spawn(() -> regions(0, leaves)).join();
    }

    private static long regions(long first, int size) throws InterruptedException {
        if (size == 1) {
            return first;
        }
        int each = size / FAN;
        List<Task<Long>> children = new ArrayList<>(FAN);
        for (int i = 0; i < FAN; i++) {
            long firstOfChild = first + (long) i * each;
            children.add(Tasks.spawn(() -> regions(firstOfChild, each)));
        }
        long sum = 0;
        for (Task<Long> child : children) {
            sum += child.join();
        }
        return sum;
    }

    /** {@code RecursiveTask.fork} and {@code join}. */
    @Benchmark
    public long recursiveTask() {
        return pool.invoke(new Recursive(0, leaves));
    }

    private static final class Recursive extends RecursiveTask<Long> {
        private static final long serialVersionUID = 1;

        private final long first;
        private final int size;

        Recursive(long first, int size) {
            this.first = first;
            this.size = size;
        }

        @Override
        protected Long compute() {
            if (size == 1) {
                return first;
            }
            int each = size / FAN;
            List<Recursive> children = new ArrayList<>(FAN);
            for (int i = 0; i < FAN; i++) {
                Recursive child = new Recursive(first + (long) i * each, each);
                child.fork();
                children.add(child);
            }
            long sum = 0;
            for (int i = FAN - 1; i >= 0; i--) { // the newest first, as its Javadoc advises
                sum += children.get(i).join();
            }
            return sum;
        }
    }

    /** {@code CountedCompleter}: nobody joins, the child that ends last completes its parent. */
    @Benchmark
    public long countedCompleter() {
        Completer root = new Completer(null, 0, leaves);
        pool.invoke(root);
        return root.sum.get();
    }

    private static final class Completer extends CountedCompleter<Void> {
        private static final long serialVersionUID = 1;

        private final long first;
        private final int size;
        private final AtomicLong sum = new AtomicLong();

        Completer(@Nullable Completer parent, long first, int size) {
            super(parent);
            this.first = first;
            this.size = size;
        }

        @Override
        public void compute() {
            if (size == 1) {
                sum.setPlain(first);
            } else {
                int each = size / FAN;
                setPendingCount(FAN);
                for (int i = 0; i < FAN; i++) {
                    new Completer(this, first + (long) i * each, each).fork();
                }
            }
            tryComplete();
        }

        @Override
        public void onCompletion(CountedCompleter<?> caller) {
            if (getCompleter() instanceof Completer parent) {
                parent.sum.addAndGet(sum.get());
            }
        }
    }

    /** {@code CompletableFuture.supplyAsync} and {@code thenCombine}. */
    @Benchmark
    public long completableFuture() {
        return future(0, leaves).join();
    }

    private CompletableFuture<Long> future(long first, int size) {
        if (size == 1) {
            return CompletableFuture.supplyAsync(() -> first, pool);
        }
        int each = size / FAN;
        return CompletableFuture.supplyAsync(
                        () -> {
                            CompletableFuture<Long> sum = future(first, each);
                            for (int i = 1; i < FAN; i++) {
                                sum = sum.thenCombine(future(first + (long) i * each, each), Long::sum);
                            }
                            return sum;
                        },
                        pool)
                .thenCompose(same -> same);
    }

    /** {@code Thread.startVirtualThread} and {@code FutureTask.get}. */
    @Benchmark
    public long virtualThreadPerTask() throws InterruptedException, ExecutionException {
        FutureTask<Long> root = new FutureTask<>(() -> virtualThread(0, leaves));
        Thread.startVirtualThread(root);
        return root.get();
    }

    private static long virtualThread(long first, int size) throws InterruptedException, ExecutionException {
        if (size == 1) {
            return first;
        }
        int each = size / FAN;
        List<FutureTask<Long>> children = new ArrayList<>(FAN);
        for (int i = 0; i < FAN; i++) {
            long firstOfChild = first + (long) i * each;
            FutureTask<Long> child = new FutureTask<>(() -> virtualThread(firstOfChild, each));
            Thread.startVirtualThread(child);
            children.add(child);
        }
        long sum = 0;
        for (FutureTask<Long> child : children) {
            sum += child.get();
        }
        return sum;
    }

    /** Reactor: {@code Flux.flatMap} to {@code Mono}s on the parallel scheduler, and {@code reduce}. */
    @Benchmark
    public Long reactor() {
        return mono(0, leaves).block();
    }

    private static Mono<Long> mono(long first, int size) {
        if (size == 1) {
            return Mono.fromCallable(() -> first).subscribeOn(Schedulers.parallel());
        }
        int each = size / FAN;
        return Flux.range(0, FAN)
                .flatMap(i -> mono(first + (long) i * each, each))
                .reduce(0L, Long::sum)
                .subscribeOn(Schedulers.parallel());
    }

    /** One thread, and a plain method. */
    @Benchmark
    public long sequential() {
        return sequential(0, leaves);
    }

    private static long sequential(long first, int size) {
        if (size == 1) {
            return first;
        }
        int each = size / FAN;
        long sum = 0;
        for (int i = 0; i < FAN; i++) {
            sum += sequential(first + (long) i * each, each);
        }
        return sum;
    }
}
