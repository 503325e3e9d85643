package dev.regions.benchmarks;

import dev.regions.Tasks;
import dev.regions.benchmarks.About.Goal;
import dev.regions.task.Task;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A chain of a million dependent tasks with empty bodies, until the last has run. With Regions and
 * {@code CompletableFuture}, each task and its predecessor are declared while the chain runs; Reactor makes each link
 * when the previous one has completed. The other peers know no dependencies: there each task starts the next one, and
 * no thread holds a handle. {@code CountedCompleter} is not here: started by the one before, it has nothing to
 * complete. {@code StructuredTaskScope} is not here: its forks have no order, and with a scope per link it is
 * {@link JoinedTasks}.
 */
@About(
        title = "Chain",
        text = "A million empty tasks, each after the one before, told while the first ones run.",
        goals = {
            @Goal(peer = "completableFutureThenRun", atMost = 0.25),
            @Goal(atMost = 41, why = "a quarter of the 166 ns that Taskflow takes for a link"),
            @Goal(atMost = 48, bytes = true, why = "an object of 40 bytes, and its share of arrays")
        })
@OperationsPerInvocation(ChainOfTasks.TASKS)
public class ChainOfTasks extends Workload {
    /** How long the chain is. */
    public static final int TASKS = 1_000_000;

    int tasks = TASKS;
    Step step = Step.SAME;
    Body body = Body.EMPTY;

    /** {@code Tasks.spawn} with the predecessor as argument. */
    @Benchmark
    public Object regions() throws InterruptedException {
        Task<Object> last = Tasks.spawn(() -> step.apply(0));
        for (int i = 1; i < tasks; i++) {
            last = Tasks.spawn(last, step);
        }
        return last.join();
    }

    /** {@code CompletableFuture.thenApplyAsync}. */
    @Benchmark
    public Object completableFuture() {
        CompletableFuture<Object> last = CompletableFuture.supplyAsync(() -> step.apply(0), pool);
        for (int i = 1; i < tasks; i++) {
            last = last.thenApplyAsync(step, pool);
        }
        return last.join();
    }

    /** {@code CompletableFuture.thenRunAsync}. */
    @Benchmark
    public void completableFutureThenRun() {
        CompletableFuture<Void> last = CompletableFuture.runAsync(body, pool);
        for (int i = 1; i < tasks; i++) {
            last = last.thenRunAsync(body, pool);
        }
        last.join();
    }

    /** {@code ForkJoinPool.execute} by each task of the next. */
    @Benchmark
    public void forkJoinPool() throws InterruptedException {
        runLinks(pool::execute);
    }

    /** {@code Thread.startVirtualThread} by each task of the next. */
    @Benchmark
    public void virtualThreadPerTask() throws InterruptedException {
        runLinks(Thread::startVirtualThread);
    }

    /** Reactor: {@code Flux.concatMap} to a {@code Mono} on the parallel scheduler. */
    @Benchmark
    public void reactor() {
        Flux.range(0, tasks)
                .concatMap(i -> Mono.fromRunnable(body).subscribeOn(Schedulers.parallel()))
                .blockLast();
    }

    /** One thread, a loop, and a call per link. */
    @Benchmark
    public Object sequential() {
        Object last = 0;
        for (int i = 0; i < tasks; i++) {
            last = call(step, last);
        }
        return last;
    }

    /** Calls a step; kept as a call, for of a loop of empty ones the compiler would leave nothing. */
    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    static Object call(Step step, Object argument) {
        return step.apply(argument);
    }

    private void runLinks(Consumer<Runnable> starter) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        starter.accept(new ChainLink(tasks, body, starter, done));
        done.await();
    }

    private record ChainLink(int left, Body body, Consumer<Runnable> starter, CountDownLatch done) implements Runnable {
        @Override
        public void run() {
            body.run();
            if (left == 1) {
                done.countDown();
            } else {
                starter.accept(new ChainLink(left - 1, body, starter, done));
            }
        }
    }
}
