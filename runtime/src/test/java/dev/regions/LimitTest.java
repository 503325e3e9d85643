package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.ChainPolicy;
import dev.regions.task.OverflowPolicy;
import dev.regions.task.Priority;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A limit")
@Timeout(60)
class LimitTest {

    /** Counts the tasks inside, and remembers the maximum. */
    private static final class Inside {
        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        void enter() {
            int count = now.incrementAndGet();
            most.accumulateAndGet(count, Math::max);
            Thread.yield();
            now.decrementAndGet();
        }
    }

    @Test
    @DisplayName("is kept by tasks of several regions and runtimes together")
    void shared() throws Exception {
        Limit limit = Limit.of("service", 3);
        Inside inside = new Inside();
        TaskBuilder limited = Tasks.builder().limit(limit);
        List<Task<?>> tasks = new ArrayList<>();

        try (TaskRuntime other = TaskRuntime.builder().build()) {
            Regions.bulk(() -> {
                for (int i = 0; i < 500; i++) {
                    tasks.add(limited.spawn(inside::enter));
                }
            });
            other.run(() -> {
                for (int i = 0; i < 500; i++) {
                    tasks.add(limited.spawn(inside::enter));
                }
            });
            for (Task<?> task : tasks) {
                task.join();
            }
        }

        assertThat(inside.most.get()).isBetween(1, 3);
        assertThat(limit.inUse()).isZero();
        assertThat(limit.queueLength()).isZero();
    }

    @Test
    @DisplayName("admits as many tasks at the same time as it has permits, and the others when a permit is released")
    void places() throws Exception {
        Limit limit = Limit.of("service", 2);
        CountDownLatch bothIn = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        List<Integer> order = java.util.Collections.synchronizedList(new ArrayList<>());
        TaskBuilder limited = Tasks.builder().limit(limit);
        for (int i = 0; i < 2; i++) {
            limited.spawn(() -> {
                bothIn.countDown();
                Handshakes.await(release);
            });
        }
        Handshakes.await(bothIn);
        Limit one = Limit.of("one", 1);
        List<Task<?>> rest = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            rest.add(limited.limit(one).spawn(() -> {
                order.add(number);
            }));
        }

        assertThat(limit.inUse()).isEqualTo(2);
        assertThat(order).isEmpty();
        release.countDown();
        for (Task<?> task : rest) {
            task.join();
        }

        assertThat(order).hasSize(100);
    }

    @Test
    @DisplayName("admits waiting tasks in the order in which they became ready, whatever their priority")
    void inOrder() throws Exception {
        Limit limit = Limit.of("one", 1);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        TaskBuilder limited = Tasks.builder().limit(limit);
        limited.spawn(() -> {
            inside.countDown();
            Handshakes.await(release);
        });
        Handshakes.await(inside);
        List<Task<?>> rest = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            rest.add(limited.priority(i % 3 == 2 ? Priority.HIGH : Priority.LOW).spawn(() -> {
                order.add(number);
            }));
        }

        release.countDown();
        for (Task<?> task : rest) {
            task.join();
        }

        assertThat(order).hasSize(100).isSorted();
    }

    @Test
    @DisplayName("needs no thread per waiting task: 100,000 of them wait on few threads, and all run in the end")
    void noThreads() throws Exception {
        Limit limit = Limit.of("narrow", 1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> {
                TaskBuilder limited = Tasks.builder().limit(limit);
                limited.spawn(() -> Handshakes.await(release));
                for (int i = 0; i < 100_000; i++) {
                    limited.spawn(() -> {
                        ran.incrementAndGet();
                    });
                }
                assertThat(limit.queueLength()).isBetween(100_000, 100_001);
                assertThat(runtime.workerCount()).isLessThan(10);
            });
            release.countDown();
        }

        assertThat(ran).hasValue(100_000);
    }

    @Test
    @DisplayName("gets its permit back from a task that fails, times out, is cancelled, or waits for another attempt")
    void released() throws Exception {
        Limit limit = Limit.of("one", 1);
        TaskBuilder limited = Tasks.builder().limit(limit);
        CountDownLatch running = new CountDownLatch(1);

        Task<?> failing = limited.spawn(() -> {
            throw new IOException("fails");
        });
        Task<?> slow = limited.timeout(Duration.ofMillis(5)).spawn(() -> new CountDownLatch(1).await());
        Task<?> retried = limited.retry(RetryPolicy.maxAttempts(2).backoff(Duration.ofHours(1)))
                .spawn(() -> {
                    throw new IOException("to be tried again");
                });
        Task<?> cancelled = limited.spawn(() -> {
            running.countDown();
            new CountDownLatch(1).await();
        });
        Handshakes.await(running);
        cancelled.cancel();

        assertThat(limited.spawn(() -> "last").join()).isEqualTo("last");
        assertThatThrownBy(failing::join).hasRootCauseMessage("fails");
        assertThatThrownBy(slow::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(retried.taskState()).isEqualTo(TaskState.WAITING);
        retried.cancel();
    }

    @Test
    @DisplayName("is not held up by tasks that were cancelled while they waited for it")
    void cancelledWaiters() throws Exception {
        Limit limit = Limit.of("one", 1);
        TaskBuilder limited = Tasks.builder().limit(limit);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        limited.spawn(() -> {
            running.countDown();
            Handshakes.await(release);
        });
        Handshakes.await(running);
        List<Task<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            waiting.add(limited.spawn(() -> {
                ran.incrementAndGet();
            }));
        }
        Task<String> last = limited.spawn(() -> "last");

        for (Task<?> task : waiting) {
            assertThat(task.cancel()).isTrue();
        }
        assertThat(limit.queueLength()).as("dead entries are swept out").isLessThan(1000);
        release.countDown();

        assertThat(last.join()).isEqualTo("last");
        assertThat(ran).hasValue(0);
        assertThat(limit.queueLength()).isZero();
    }

    @Test
    @DisplayName("cancelled between admission and running leaves its permit to the next")
    void cancelledOnTheWay() throws Exception {
        Limit limit = Limit.of("two", 2);
        TaskBuilder limited = Tasks.builder().limit(limit);
        for (int round = 0; round < 2000; round++) {
            Task<?> task = limited.spawn(() -> {});
            task.cancel();
        }

        assertThat(limited.spawn(() -> "still works").join()).isEqualTo("still works");
        org.awaitility.Awaitility.await().until(() -> limit.inUse() == 0 && limit.queueLength() == 0);
    }

    @Test
    @DisplayName("together with others on one task has room only if all have; cancelled between them it gives all back")
    void several() throws Exception {
        Limit first = Limit.of("first", 1);
        Limit second = Limit.of("second", 1);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Tasks.builder().limit(second).spawn(() -> {
            running.countDown();
            Handshakes.await(release);
        });
        Handshakes.await(running);
        Task<?> both = Tasks.builder().limit(second).limit(first).spawn(() -> {});
        org.awaitility.Awaitility.await().until(() -> first.inUse() == 1);

        both.cancel();

        assertThat(Tasks.builder().limit(first).spawn(() -> "free").join()).isEqualTo("free");
        release.countDown();
        Task<String> again = Tasks.builder().limit(first).limit(second).spawn(() -> "both");
        assertThat(again.join()).isEqualTo("both");
    }

    @Test
    @DisplayName("passed by tasks that run out of time while they wait at the next limit gets its permits back")
    void timedOutAtTheSecond() throws Exception {
        Limit first = Limit.of("first", 4);
        Limit second = Limit.of("second", 1);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Tasks.builder().limit(second).spawn(() -> {
            running.countDown();
            Handshakes.await(release);
        });
        Handshakes.await(running);
        List<Task<?>> late = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            late.add(Tasks.builder()
                    .limit(first)
                    .limit(second)
                    .deadline(Duration.ofMillis(50))
                    .spawn(() -> {}));
        }
        for (Task<?> task : late) {
            assertThatThrownBy(task::join).hasRootCauseInstanceOf(java.util.concurrent.TimeoutException.class);
        }

        assertThat(Tasks.builder().limit(first).spawn(() -> "free").join()).isEqualTo("free");
        org.awaitility.Awaitility.await().until(() -> first.inUse() == 0);
        release.countDown();
        assertThat(Tasks.builder()
                        .limit(first)
                        .limit(second)
                        .spawn(() -> "both")
                        .join())
                .isEqualTo("both");
    }

    @Test
    @DisplayName(
            "that 80,000 tasks have passed, which wait at the next one, is released by all of them, newest first, in no time")
    void cancelledNewestFirst() throws Exception {
        Limit wide = Limit.of("wide", 1_000_000);
        Limit narrow = Limit.of("narrow", 1);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        TaskBuilder both = Tasks.builder().limit(wide).limit(narrow);
        both.spawn(() -> {
            running.countDown();
            Handshakes.await(release);
        });
        Handshakes.await(running);
        List<Task<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 80_000; i++) {
            waiting.add(both.spawn(() -> {}));
        }

        for (Task<?> task : waiting.reversed()) {
            task.cancel();
        }

        assertThat(wide.inUse()).isEqualTo(1);
        assertThat(narrow.queueLength()).as("dead entries are swept out").isLessThan(1000);
        release.countDown();
        assertThat(both.spawn(() -> "last").join()).isEqualTo("last");
    }

    @Test
    @DisplayName("holds for a task that another joins: it is not run in place past the limit")
    void notInPlace() throws Exception {
        Limit limit = Limit.of("one", 1);
        Inside inside = new Inside();
        List<Task<?>> joining = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            joining.add(Tasks.spawn(
                    () -> Tasks.builder().limit(limit).spawn(inside::enter).join()));
        }
        for (Task<?> task : joining) {
            task.join();
        }

        assertThat(inside.most).hasValue(1);
    }

    @Test
    @DisplayName("needs at least one permit")
    void refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Limit.of("none", 0))
                .withMessageContaining("'none'");
    }

    @Test
    @DisplayName("of tasks in flight makes a spawner outside wait until there is room")
    void maxInFlightWaits() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (TaskRuntime runtime =
                TaskRuntime.builder().maxInFlight(10, OverflowPolicy.BLOCK).build()) {
            Thread[] spawner = new Thread[1];
            CountDownLatch full = new CountDownLatch(10);
            AtomicInteger spawned = new AtomicInteger();
            var spawning = Handshakes.start(() -> {
                spawner[0] = Thread.currentThread();
                runtime.run(() -> {
                    for (int i = 0; i < 1000; i++) {
                        Tasks.spawn(() -> {
                            full.countDown();
                            Handshakes.await(release);
                        });
                        spawned.incrementAndGet();
                    }
                });
                return null;
            });
            Handshakes.await(full);
            Handshakes.awaitParked(spawner[0]);

            assertThat(spawned).hasValue(10);
            assertThat(runtime.inFlightCount()).isEqualTo(10);
            release.countDown();
            spawning.get(Handshakes.SECONDS, java.util.concurrent.TimeUnit.SECONDS);
            assertThat(spawned).hasValue(1000);
        }
    }

    @Test
    @DisplayName(
            "of tasks in flight refuses a spawn past it, naming runtime and bound, and takes more when there is room")
    void maxInFlightFails() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (TaskRuntime runtime = TaskRuntime.builder()
                .name("bounded")
                .maxInFlight(2, OverflowPolicy.REJECT)
                .build()) {
            runtime.run(() -> {
                Task<?> one = Tasks.spawn(() -> Handshakes.await(release));
                Task<?> two = Tasks.spawn(one, x -> x);
                assertThatThrownBy(() -> Tasks.spawn(() -> {}))
                        .isInstanceOf(dev.regions.task.TooManyTasksException.class)
                        .hasMessageContaining("bounded")
                        .hasMessageContaining("2");
                Task<?>[] inRegion = new Task<?>[3];
                assertThatThrownBy(() -> Regions.bulk(() -> {
                            for (int i = 0; i < 3; i++) {
                                inRegion[i] = Tasks.spawn(() -> {});
                            }
                        }))
                        .isInstanceOf(dev.regions.task.TooManyTasksException.class);
                assertThat(inRegion)
                        .allSatisfy(task -> assertThat(task.taskState()).isEqualTo(TaskState.ABANDONED));
                release.countDown();
                two.join();
                org.awaitility.Awaitility.await().until(() -> runtime.inFlightCount() == 0);
                assertThat(Tasks.spawn(() -> "room").join()).isEqualTo("room");
            });
        }
    }

    @Test
    @DisplayName(
            "of tasks in flight: a spawner that is interrupted while it waits gets an exception, and the task is lost")
    void maxInFlightInterrupted() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (TaskRuntime runtime =
                TaskRuntime.builder().maxInFlight(1, OverflowPolicy.BLOCK).build()) {
            runtime.run(() -> Tasks.spawn(() -> Handshakes.await(release)));
            Thread[] spawner = new Thread[1];
            FutureTask<Boolean> spawning = Handshakes.start(() -> {
                spawner[0] = Thread.currentThread();
                assertThatThrownBy(() -> runtime.run(() -> Tasks.spawn(() -> {})))
                        .isInstanceOf(dev.regions.task.TooManyTasksException.class)
                        .hasMessageContaining("interrupted");
                return Thread.interrupted();
            });
            org.awaitility.Awaitility.await().until(() -> spawner[0] != null);
            Handshakes.awaitParked(spawner[0]);

            spawner[0].interrupt();

            assertThat(spawning.get(Handshakes.SECONDS, java.util.concurrent.TimeUnit.SECONDS))
                    .isTrue();
            assertThat(runtime.inFlightCount()).isEqualTo(1);
            release.countDown();
            assertThat(runtime.call(() -> Tasks.spawn(() -> "room")).join()).isEqualTo("room");
        }
    }

    @Test
    @DisplayName(
            "of tasks in flight gives room in the order of arrival: a spawn waits behind a region that needs more than is free")
    void maxInFlightInOrder() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        try (TaskRuntime runtime =
                TaskRuntime.builder().maxInFlight(3, OverflowPolicy.BLOCK).build()) {
            runtime.run(() -> {
                Tasks.spawn(() -> Handshakes.await(release));
                Tasks.spawn(() -> Handshakes.await(release));
            });
            Thread[] spawners = new Thread[2];
            FutureTask<?> region = Handshakes.start(() -> {
                spawners[0] = Thread.currentThread();
                runtime.run(() -> {
                    Regions.bulk(() -> {
                        for (int i = 0; i < 3; i++) {
                            Tasks.spawn(() -> order.add("region"));
                        }
                    });
                });
                return null;
            });
            org.awaitility.Awaitility.await().until(() -> spawners[0] != null);
            Handshakes.awaitParked(spawners[0]);
            FutureTask<?> single = Handshakes.start(() -> {
                spawners[1] = Thread.currentThread();
                return runtime.call(() -> Tasks.spawn(() -> order.add("single")));
            });
            org.awaitility.Awaitility.await().until(() -> spawners[1] != null);
            Handshakes.awaitParked(spawners[1]);

            assertThat(runtime.inFlightCount()).isEqualTo(2);
            release.countDown();
            region.get(Handshakes.SECONDS, java.util.concurrent.TimeUnit.SECONDS);
            single.get(Handshakes.SECONDS, java.util.concurrent.TimeUnit.SECONDS);
        }
        assertThat(order).hasSize(4).contains("single").first().isEqualTo("region");
    }

    @Test
    @DisplayName(
            "of tasks in flight does not block a task that spawns, because it may wait for the task that it spawns")
    void maxInFlightFromWithin() throws Exception {
        try (TaskRuntime runtime =
                TaskRuntime.builder().maxInFlight(1, OverflowPolicy.BLOCK).build()) {
            Task<Integer> outer =
                    runtime.call(() -> Tasks.spawn(() -> Tasks.spawn(() -> 42).join()));

            assertThat(outer.join()).isEqualTo(42);
        }
    }

    @Test
    @DisplayName("of tasks in flight: a region larger than the bound is refused rather than waited for ever")
    void maxInFlightRegionTooLarge() {
        try (TaskRuntime runtime =
                TaskRuntime.builder().maxInFlight(2, OverflowPolicy.BLOCK).build()) {
            assertThatThrownBy(() -> runtime.run(() -> Regions.bulk(() -> {
                        for (int i = 0; i < 3; i++) {
                            Tasks.spawn(() -> {});
                        }
                    })))
                    .isInstanceOf(dev.regions.task.TooManyTasksException.class)
                    .hasMessageContaining("3 tasks");
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("of tasks in flight: a spawn that is refused in a sequential region is no part of the sequence")
    void refusedInASequence(ChainPolicy policy) throws Exception {
        for (boolean inBulk : new boolean[] {false, true}) {
            CountDownLatch release = new CountDownLatch(1);
            List<Integer> ran = new CopyOnWriteArrayList<>();
            try (TaskRuntime runtime =
                    TaskRuntime.builder().maxInFlight(3, OverflowPolicy.REJECT).build()) {
                runtime.run(() -> Regions.sequential(policy, () -> {
                    List<Task<?>> before = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        before.add(spawnStep(inBulk, i, ran, release));
                    }
                    assertThatThrownBy(() -> spawnStep(inBulk, -1, ran, release))
                            .isInstanceOf(dev.regions.task.TooManyTasksException.class);
                    release.countDown();
                    before.get(2).join();
                    org.awaitility.Awaitility.await().until(() -> runtime.inFlightCount() == 0);

                    spawnStep(inBulk, 3, ran, release);
                    spawnStep(inBulk, 4, ran, release).join();
                }));
            }
            assertThat(ran).containsExactly(0, 1, 2, 3, 4);
        }
    }

    private static Task<?> spawnStep(boolean inBulk, int number, List<Integer> ran, CountDownLatch release) {
        Callable<Integer> body = () -> {
            Handshakes.await(release);
            ran.add(number);
            return number;
        };
        return inBulk ? Regions.<Task<?>, RuntimeException>bulk(() -> Tasks.spawn(body)) : Tasks.spawn(body);
    }

    @Test
    @DisplayName("of tasks in flight: barriers do not count, whichever way they end")
    void barriersDoNotCount() throws Exception {
        for (boolean fails : new boolean[] {false, true}) {
            try (TaskRuntime runtime = TaskRuntime.builder()
                    .maxInFlight(4, OverflowPolicy.REJECT)
                    .onUncaughtFailure(failure -> {})
                    .build()) {
                for (int round = 0; round < 3; round++) {
                    CountDownLatch release = new CountDownLatch(1);
                    List<Task<?>> step = new ArrayList<>();
                    runtime.run(() -> Regions.sequential(() -> Regions.bulk(() -> {
                        for (int i = 0; i < 4; i++) {
                            step.add(Tasks.spawn(() -> {
                                Handshakes.await(release);
                                if (fails) {
                                    throw new IllegalStateException("on purpose");
                                }
                            }));
                        }
                    })));

                    assertThatThrownBy(() -> runtime.run(() -> Tasks.spawn(() -> {})))
                            .isInstanceOf(dev.regions.task.TooManyTasksException.class);
                    release.countDown();
                    for (Task<?> task : step) {
                        task.await();
                    }
                    org.awaitility.Awaitility.await().until(() -> runtime.inFlightCount() == 0);
                }
            }
        }
    }
}
