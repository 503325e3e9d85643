package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static dev.regions.Handshakes.start;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.task.QueueClosedException;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The row D17. {@code regions.shutdown.seeds} says how many seeds to run, 60 if it is not set;
 * {@code regions.shutdown.seed} runs one alone.
 */
@Timeout(value = 4 * SECONDS, unit = TimeUnit.SECONDS)
class ShutdownUnderLoadTest {

    static LongStream seeds() {
        Long one = Long.getLong("regions.shutdown.seed");
        return one != null ? LongStream.of(one) : LongStream.range(0, Long.getLong("regions.shutdown.seeds", 60));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("D17 Runtime closed or shut down under load: every handle becomes final, every waiter returns")
    void underLoad(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        boolean cancels = random.nextInt(3) != 0;
        Load load = new Load(seed);
        List<FutureTask<Void>> spawners = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SplittableRandom own = random.split();
            spawners.add(start(() -> load.spawnUntilRefused(own)));
        }
        List<FutureTask<Void>> waiters = List.of(start(load::waitForAll), start(load::waitForAll));
        for (int left = 50 + random.nextInt(500); left > 0; left--) {
            load.spawned.acquire();
        }

        if (cancels) {
            load.runtime.shutdownNow();
        }
        FutureTask<Void> closing = start(() -> {
            load.runtime.close();
            return null;
        });

        try {
            for (FutureTask<Void> spawner : spawners) {
                spawner.get(SECONDS, TimeUnit.SECONDS);
            }
            // Nobody else opens it: what waits for it ends because it is cancelled, or else when close() waits for it.
            if (!cancels) {
                load.release.countDown();
            }
            closing.get(SECONDS, TimeUnit.SECONDS);
            load.over.countDown();
            for (FutureTask<Void> waiter : waiters) {
                waiter.get(SECONDS, TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException failed) {
            throw new AssertionError(load.describe(), failed);
        } finally {
            load.release.countDown();
        }
        assertThat(load.tasks).as(load.describe()).allMatch(Task::isDone);
        assertThat(load.refused).as(load.describe()).hasValue(spawners.size());
        assertThat(load.runtime.inFlightCount()).as(load.describe()).isZero();
    }

    private static final class Load {
        final long seed;
        final TaskRuntime runtime;
        final Queue<Task<?>> tasks = new ConcurrentLinkedQueue<>();
        final AtomicInteger refused = new AtomicInteger();
        final CountDownLatch release = new CountDownLatch(1);
        final CountDownLatch over = new CountDownLatch(1);
        final Semaphore spawned = new Semaphore(0);

        Load(long seed) {
            this.seed = seed;
            this.runtime = TaskRuntime.builder()
                    .name("shutdown-" + seed)
                    .onUncaughtFailure(failure -> {})
                    .build();
        }

        String describe() {
            return "-Dregions.shutdown.seed=" + seed + "; not final: "
                    + tasks.stream().filter(task -> !task.isDone()).limit(10).collect(Collectors.toList());
        }

        @Nullable
        Void spawnUntilRefused(SplittableRandom random) {
            runtime.run(() -> {
                Task<Integer> previous = null;
                while (true) {
                    try {
                        previous = spawnSomething(random, previous);
                    } catch (QueueClosedException e) {
                        refused.incrementAndGet();
                        return;
                    }
                    spawned.release();
                }
            });
            return null;
        }

        private <T extends Task<?>> T note(T task) {
            tasks.add(task);
            return task;
        }

        private Task<Integer> spawnSomething(SplittableRandom random, @Nullable Task<Integer> previous) {
            String number = String.valueOf(random.nextInt(1000));
            return switch (random.nextInt(10)) {
                case 0 ->
                    note(named("joins", number, () -> note(Tasks.spawn(() -> blocked(1)))
                            .join()));
                case 1 -> note(named("blocks", number, () -> blocked(2)));
                case 2 ->
                    note(named("has a scope open", number, () -> {
                        try (var scope = Regions.bulk()) {
                            note(scope.fork(() -> blocked(3)));
                            note(scope.fork(() -> 3));
                            scope.join();
                            note(scope.fork(() -> 3));
                            scope.launch();
                        }
                        return 3;
                    }));
                case 3 ->
                    note(named(
                            "is in a joined region",
                            number,
                            () -> Regions.joined(() -> {
                                note(Tasks.spawn(() -> blocked(4)));
                                return Regions.sequential(() -> {
                                    note(Tasks.spawn(() -> 4));
                                    note(Tasks.spawn(() -> blocked(4)));
                                    return 4;
                                });
                            })));
                case 4 ->
                    note(named("leaves its scope open", number, () -> note(Regions.bulk()
                                    .fork(() -> 5))
                            .hashCode()));
                case 5 ->
                    Regions.bulk(() -> {
                        Task<Integer> last = note(Tasks.spawn(() -> 6));
                        for (int left = random.nextInt(500); left > 0; left--) {
                            last = note(Tasks.spawn(last, x -> x));
                            note(Tasks.spawn(() -> 6));
                        }
                        return last;
                    });
                case 6 ->
                    Regions.sequential(() -> {
                        note(Tasks.spawn(() -> blocked(7)));
                        Regions.bulk(() -> {
                            note(Tasks.spawn(() -> 7));
                            note(Tasks.spawn(() -> 7));
                        });
                        return note(Tasks.spawn(() -> 7));
                    });
                default -> previous == null ? note(Tasks.spawn(() -> 8)) : note(Tasks.spawn(previous, x -> x + 1));
            };
        }

        private static Task<Integer> named(String name, String number, Callable<Integer> body) {
            return Tasks.builder().name(name + " " + number).spawn(body);
        }

        private int blocked(int result) throws InterruptedException {
            await(release);
            return result;
        }

        /** Waits for everything, again and again, until the runtime is closed; each wait returns. */
        @Nullable
        Void waitForAll() throws InterruptedException {
            boolean last;
            do {
                last = over.await(1, TimeUnit.MILLISECONDS);
                for (Task<?> task : tasks) {
                    try {
                        task.join();
                    } catch (TaskFailedException | CancellationException | RegionFailedException e) {
                        // Final, however it ended.
                    }
                    assertThat(task.isDone()).isTrue();
                }
            } while (!last);
            return null;
        }
    }

    @Test
    @DisplayName("D17 Shut down while a task requires one of another runtime, which never ends: it is cancelled")
    void waitsForAnotherRuntime() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (TaskRuntime other = TaskRuntime.builder().name("other").build()) {
            TaskRuntime stopping = TaskRuntime.builder().name("stopping").build();
            Task<Integer> endless = other.call(() -> Tasks.spawn(() -> {
                await(release);
                return 1;
            }));
            Task<Integer> waiting = stopping.call(() -> Tasks.spawn(endless, x -> x));
            try {
                stopping.shutdownNow();
                Handshakes.onAnotherThread(() -> {
                    stopping.close();
                    return null;
                });

                assertThat(waiting.taskState()).isEqualTo(TaskState.CANCELLED);
            } finally {
                release.countDown();
            }
        }
    }

    @Test
    @DisplayName(
            "D17 Shut down while a task requires one that a region, open on another thread, still holds: it is cancelled")
    void waitsForAnUnlaunchedTask() throws Exception {
        TaskRuntime stopping = TaskRuntime.builder().name("stopping").build();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Queue<Task<Integer>> unlaunched = new ConcurrentLinkedQueue<>();
        FutureTask<Void> holder = start(() -> {
            stopping.run(() -> Regions.bulk(() -> {
                unlaunched.add(Tasks.spawn(() -> 1));
                held.countDown();
                await(release);
            }));
            return null;
        });
        await(held);
        Task<Integer> waiting = stopping.call(() -> Tasks.spawn(unlaunched.element(), x -> x));
        try {
            stopping.shutdownNow();
            Handshakes.onAnotherThread(() -> {
                stopping.close();
                return null;
            });

            assertThat(waiting.taskState()).isEqualTo(TaskState.CANCELLED);
        } finally {
            release.countDown();
        }
        assertThat(holder)
                .failsWithin(java.time.Duration.ofSeconds(SECONDS))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(QueueClosedException.class);
    }
}
