package dev.regions.benchmarks;

import dev.regions.Tasks;
import dev.regions.task.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountedCompleter;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinTask;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A hundred times one after the other: 10,000 independent tasks with empty bodies, and one task after all of them. With
 * Regions and {@code CompletableFuture}, all of it is declared at once; the other peers wait for each round before the
 * next. {@code ForkJoinPool.execute} is not here: it returns nothing to wait for, and {@code ForkJoinTask} is the same
 * with that.
 */
@About(title = "Fan-out, fan-in", text = "A hundred times: 10,000 independent empty tasks, and one after all of them.")
@OperationsPerInvocation(FanOutFanIn.ROUNDS * (FanOutFanIn.WIDTH + 1))
public class FanOutFanIn extends Workload {
    /** How many rounds there are. */
    public static final int ROUNDS = 100;

    /** How many tasks a round has that are independent of each other. */
    public static final int WIDTH = 10_000;

    int rounds = ROUNDS;
    int width = WIDTH;
    Step step = Step.SAME;

    /** {@code Tasks.spawn} with one argument, and with a list of them. */
    @Benchmark
    public Object regions() throws InterruptedException {
        Task<Object> gathered = Tasks.spawn(() -> step.apply(0));
        List<Task<Object>> middle = new ArrayList<>(width);
        for (int round = 0; round < rounds; round++) {
            middle.clear();
            for (int i = 0; i < width; i++) {
                middle.add(Tasks.spawn(gathered, step));
            }
            gathered = Tasks.spawn(middle, all -> step.apply(all.get(all.size() - 1)));
        }
        return gathered.join();
    }

    /** {@code CompletableFuture.thenApplyAsync} and {@code allOf}. */
    @Benchmark
    public Object completableFuture() {
        CompletableFuture<Object> gathered = CompletableFuture.supplyAsync(() -> step.apply(0), pool);
        for (int round = 0; round < rounds; round++) {
            CompletableFuture<Object>[] middle = Wavefront.futures(width);
            for (int i = 0; i < width; i++) {
                middle[i] = gathered.thenApplyAsync(step, pool);
            }
            gathered =
                    CompletableFuture.allOf(middle).thenApplyAsync(done -> step.apply(middle[width - 1].join()), pool);
        }
        return gathered.join();
    }

    /** {@code ForkJoinTask.fork} and {@code join} of all, within one task of the pool. */
    @Benchmark
    public Object forkJoinTask() throws InterruptedException, ExecutionException {
        return pool.submit(() -> {
                    Object gathered = step.apply(0);
                    for (int round = 0; round < rounds; round++) {
                        Object argument = gathered;
                        List<ForkJoinTask<Object>> middle = new ArrayList<>(width);
                        for (int i = 0; i < width; i++) {
                            middle.add(ForkJoinTask.adapt(() -> step.apply(argument))
                                    .fork());
                        }
                        middle.reversed().forEach(ForkJoinTask::join);
                        gathered = step.apply(middle.getLast().join());
                    }
                    return gathered;
                })
                .get();
    }

    /** {@code CountedCompleter}: the task that ends last completes its round, which is the task after all of them. */
    @Benchmark
    public Object countedCompleter() throws InterruptedException, ExecutionException {
        return pool.submit(() -> {
                    Object gathered = step.apply(0);
                    for (int i = 0; i < rounds; i++) {
                        Round round = new Round(gathered);
                        round.invoke();
                        gathered = round.gathered;
                    }
                    return gathered;
                })
                .get();
    }

    private final class Round extends CountedCompleter<Void> {
        private static final long serialVersionUID = 1;

        private final transient Object argument;
        private transient Object last;
        private transient Object gathered;

        Round(Object argument) {
            this.argument = argument;
            this.last = argument;
            this.gathered = argument;
        }

        @Override
        public void compute() {
            setPendingCount(width);
            for (int i = 1; i <= width; i++) {
                new Middle(this, i == width).fork();
            }
            tryComplete();
        }

        @Override
        public void onCompletion(CountedCompleter<?> caller) {
            gathered = step.apply(last);
        }
    }

    private final class Middle extends CountedCompleter<Void> {
        private static final long serialVersionUID = 1;

        private final Round round;
        private final boolean last;

        Middle(Round round, boolean last) {
            super(round);
            this.round = round;
            this.last = last;
        }

        @Override
        public void compute() {
            Object result = step.apply(round.argument);
            if (last) {
                round.last = result;
            }
            tryComplete();
        }
    }

    /** {@code Executors.newVirtualThreadPerTaskExecutor} and {@code invokeAll}. */
    @Benchmark
    public Object virtualThreadPerTask() throws InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.submit(() -> {
                        Object gathered = step.apply(0);
                        for (int round = 0; round < rounds; round++) {
                            Object argument = gathered;
                            Callable<Object> call = () -> step.apply(argument);
                            var middle = threads.invokeAll(Collections.nCopies(width, call));
                            gathered = step.apply(middle.getLast().resultNow());
                        }
                        return gathered;
                    })
                    .get();
        }
    }

    /**
     * Reactor: {@code Flux.flatMap} to {@code Mono}s on the parallel scheduler, and {@code concatMap} of the rounds.
     */
    @Benchmark
    public @Nullable Object reactor() {
        Object[] gathered = {step.apply(0)};
        Flux.range(0, rounds)
                .concatMap(round -> Flux.range(0, width)
                        .flatMap(
                                i -> Mono.fromCallable(() -> step.apply(gathered[0]))
                                        .subscribeOn(Schedulers.parallel()),
                                Integer.MAX_VALUE)
                        .last()
                        .doOnNext(last -> gathered[0] = step.apply(last)))
                .blockLast();
        return gathered[0];
    }

    /** One thread, round by round. */
    @Benchmark
    public Object sequential() {
        Object gathered = ChainOfTasks.call(step, 0);
        for (int round = 0; round < rounds; round++) {
            Object last = gathered;
            for (int i = 0; i < width; i++) {
                last = ChainOfTasks.call(step, gathered);
            }
            gathered = ChainOfTasks.call(step, last);
        }
        return gathered;
    }
}
