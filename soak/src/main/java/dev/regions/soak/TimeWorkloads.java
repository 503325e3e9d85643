package dev.regions.soak;

import static dev.regions.soak.GraphWorkloads.require;

import dev.regions.CompletableTask;
import dev.regions.Limit;
import dev.regions.Regions;
import dev.regions.TaskBuilder;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.queue.Joiner;
import dev.regions.soak.GraphWorkloads.OnPurposeException;
import dev.regions.task.DeadlockException;
import dev.regions.task.Priority;
import dev.regions.task.RegionFailedException;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskState;
import io.micrometer.context.ContextRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Workloads about time, limits, the world outside of a runtime, and runtimes that come and go. */
final class TimeWorkloads {
    private static final Duration SHORT = Duration.ofMillis(2);
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final ThreadLocal<@Nullable Integer> CONTEXT = new ThreadLocal<>();

    private final Limit narrow;
    private final Limit wide;

    /** Makes workloads that share limits. */
    TimeWorkloads(Limit narrow, Limit wide) {
        this.narrow = narrow;
        this.wide = wide;
        ContextRegistry.getInstance().registerThreadLocalAccessor("soak", CONTEXT);
    }

    List<Workload> all() {
        return List.of(
                this::limitsAndPriorities,
                TimeWorkloads::timeouts,
                TimeWorkloads::retries,
                TimeWorkloads::policies,
                TimeWorkloads::scopesThatGiveUp,
                TimeWorkloads::externals,
                TimeWorkloads::impatientWaits,
                TimeWorkloads::blockingBodies,
                TimeWorkloads::context,
                TimeWorkloads::runtimesThatComeAndGo,
                TimeWorkloads::deadlock);
    }

    private static void block() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    private void limitsAndPriorities(SplittableRandom random) throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Regions.joined(() -> Regions.withLimit(random.nextBoolean() ? narrow : wide, () -> {
            TaskBuilder builder = Tasks.builder().limit(narrow);
            for (int left = random.nextInt(100); left > 0; left--) {
                builder.priority(Priority.values()[random.nextInt(3)]).spawn(() -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    inside.decrementAndGet();
                });
            }
        }));
        require(most.get() <= narrow.permits(), most + " tasks were let in at the same time");
    }

    private static void timeouts(SplittableRandom random) throws Exception {
        Task<?> slow = Tasks.builder().timeout(SHORT).spawn(TimeWorkloads::block);
        Task<?> late = Tasks.builder().deadline(SHORT).spawn(TimeWorkloads::block);
        Task<?> after = Tasks.builder().deadline(SHORT).requires(slow).spawn(() -> {});
        List<Task<?>> inRegion = new ArrayList<>();
        Regions.withDeadline(SHORT, () -> inRegion.add(Tasks.spawn(TimeWorkloads::block)));
        List<Task<?>> quick = new ArrayList<>();
        for (int left = random.nextInt(50); left > 0; left--) {
            quick.add(Tasks.builder().timeout(LONG).deadline(LONG).spawn(() -> {}));
        }
        for (Task<?> task : List.of(slow, late, inRegion.get(0))) {
            task.await();
            require(task.exceptionNow() instanceof TimeoutException, "a task that is late fails with a timeout");
        }
        after.await();
        require(after.taskState() != TaskState.SUCCEEDED, "what requires a late task does not run");
        for (Task<?> task : quick) {
            task.join();
        }
    }

    private static void retries(SplittableRandom random) throws Exception {
        int attempts = 1 + random.nextInt(5);
        AtomicInteger made = new AtomicInteger();
        RetryPolicy policy = RetryPolicy.maxAttempts(attempts)
                .backoff(Duration.ofNanos(200_000))
                .jitter(0.5);
        Task<Integer> last = Tasks.builder().retry(policy).spawn(() -> {
            int attempt = made.incrementAndGet();
            if (attempt < attempts) {
                throw new OnPurposeException();
            }
            return attempt;
        });
        Task<Integer> cancelled = Tasks.builder()
                .retry(RetryPolicy.maxAttempts(100).backoff(LONG))
                .spawn(() -> {
                    throw new OnPurposeException();
                });
        require(last.join() == attempts, "the last of " + attempts + " attempts succeeds");
        cancelled.cancel();
        cancelled.await();
    }

    private static void policies(SplittableRandom random) throws Exception {
        int count = 2 + random.nextInt(20);
        int first = Regions.<Integer, RuntimeException>joined(Joiner.anySuccessful(), () -> {
            for (int i = 0; i < count; i++) {
                int index = i;
                Tasks.spawn(() -> {
                    if (index > 0) {
                        block();
                    }
                    return index;
                });
            }
        });
        require(first == 0, "the only task that returns wins");
        List<Task<?>> all = Regions.joined(Joiner.allCompleted(), () -> {
            for (int i = 0; i < count; i++) {
                Tasks.spawn(() -> {});
            }
        });
        require(all.size() == count, "all outcomes are collected");
        try (var scope = Regions.joined(Joiner.failFast())) {
            scope.fork(TimeWorkloads::block);
            scope.fork(() -> {
                throw new OnPurposeException();
            });
            scope.join();
            require(false, "a failure fails the scope");
        } catch (RegionFailedException expected) {
            require(expected.getCause() instanceof OnPurposeException, "the cause is what the task threw");
        }
    }

    private static void scopesThatGiveUp(SplittableRandom random) throws Exception {
        try (var scope = Regions.bulk()) {
            scope.fork(TimeWorkloads::block);
            for (int left = random.nextInt(20); left > 0; left--) {
                scope.fork(() -> {});
            }
            scope.join(SHORT);
            require(false, "a scope that is late says so");
        } catch (TimeoutException expected) {
            // what was left is cancelled
        }
    }

    private static void externals(SplittableRandom random) throws Exception {
        int count = 1 + random.nextInt(50);
        List<CompletableTask<Integer>> externals = new ArrayList<>();
        List<Task<Integer>> sums = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            CompletableTask<Integer> external = Tasks.completable();
            externals.add(external);
            sums.add(Tasks.spawn(external.task(), x -> x + 1));
        }
        Task<Integer> stage = Tasks.from(CompletableFuture.supplyAsync(() -> 42));
        CompletableTask<Integer> cancelled = Tasks.builder().deadline(LONG).completable();
        Thread completer = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < count; i++) {
                externals.get(i).complete(i);
            }
            cancelled.task().cancel();
        });
        for (int i = 0; i < count; i++) {
            require(sums.get(i).join() == i + 1, "what depends on an external task gets its result");
        }
        require(stage.toCompletableFuture().get() == 42, "there and back again");
        completer.join();
    }

    /** Many waits for one task that give up before it ends. */
    private static void impatientWaits(SplittableRandom random) throws Exception {
        CompletableTask<Integer> external = Tasks.completable();
        for (int left = random.nextInt(20); left > 0; left--) {
            try {
                external.task().get(10, TimeUnit.MICROSECONDS);
                require(false, "the task is not final");
            } catch (TimeoutException expected) {
                // and so again
            }
        }
        external.complete(1);
        require(external.task().get() == 1, "in the end it has a result");
    }

    private static void blockingBodies(SplittableRandom random) throws Exception {
        int count = 1 + random.nextInt(200);
        CountDownLatch all = new CountDownLatch(count);
        TaskBuilder builder = Tasks.builder();
        Regions.joined(() -> {
            for (int i = 0; i < count; i++) {
                TaskBuilder one = i % 50 == 0 ? builder.dedicatedThread() : builder;
                one.spawn(() -> {
                    all.countDown();
                    all.await(); // all of them run at the same time, or none ever ends
                });
            }
        });
    }

    private static void context(SplittableRandom random) throws Exception {
        int value = random.nextInt();
        CONTEXT.set(value);
        Task<@Nullable Integer> seen = Tasks.spawn(() -> CONTEXT.get());
        CONTEXT.remove();
        Integer found = seen.join();
        require(found != null && found == value, "a body sees the context of its spawn");
    }

    private static void runtimesThatComeAndGo(SplittableRandom random) throws Exception {
        boolean stops = random.nextBoolean();
        List<Task<?>> tasks = new ArrayList<>();
        try (TaskRuntime runtime = TaskRuntime.builder()
                .name("passing")
                .onUncaughtFailure(failure -> {})
                .build()) {
            runtime.run(() -> {
                for (int left = random.nextInt(100); left > 0; left--) {
                    tasks.add(Tasks.builder().deadline(LONG).spawn(() -> {}));
                }
                if (stops) {
                    tasks.add(Tasks.spawn(TimeWorkloads::block));
                    tasks.add(Tasks.completable().task());
                }
            });
            if (stops) {
                runtime.shutdownNow();
            }
        }
        require(tasks.stream().allMatch(Task::isDone), "a runtime that is closed has ended its tasks");
    }

    /** Takes a second or two, so it is seldom done. */
    private static void deadlock(SplittableRandom random) throws Exception {
        if (random.nextInt(200) != 0) {
            return;
        }
        CompletableFuture<Task<Integer>> second = new CompletableFuture<>();
        Task<Integer> a = Tasks.spawn(() -> second.get().join());
        Task<Integer> b = Tasks.spawn(a, x -> x);
        second.complete(b);
        try {
            a.join();
            require(false, "a deadlock is found");
        } catch (TaskFailedException expected) {
            require(expected.getCause() instanceof DeadlockException, "the cause is the deadlock");
        }
        try {
            b.get();
            require(false, "what requires it is skipped");
        } catch (ExecutionException | CancellationException expected) {
            require(b.taskState() == TaskState.SKIPPED, "what requires it is skipped");
        }
    }
}
