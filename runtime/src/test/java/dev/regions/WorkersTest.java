package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("WorkerPool")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class WorkersTest {

    @Test
    @DisplayName("let every task block as if it had a thread to itself: 10,000 wait for each other")
    void blockingTasksDoNotHoldUpOthers() throws Exception {
        int count = 10_000;
        CountDownLatch all = new CountDownLatch(count);
        List<Task<?>> tasks = new ArrayList<>();

        for (int i = 0; i < count; i++) {
            tasks.add(Tasks.spawn(() -> {
                all.countDown();
                await(all); // only if all of them have started
            }));
        }

        for (Task<?> task : tasks) {
            task.join();
        }
    }

    @Test
    @DisplayName("do so in a bulk region, and below a task, too")
    void blockingTasksInOtherPlaces() throws Exception {
        int count = 2_000;
        CountDownLatch all = new CountDownLatch(2 * count);
        Task<?> parent = Tasks.spawn(() -> {
            for (int i = 0; i < count; i++) {
                Tasks.spawn(() -> {
                    all.countDown();
                    await(all);
                });
            }
            await(all);
        });
        Regions.joined(() -> Regions.bulk(() -> {
            for (int i = 0; i < count; i++) {
                Tasks.spawn(() -> {
                    all.countDown();
                    await(all);
                });
            }
        }));
        parent.join();
    }

    @RepeatedTest(20)
    @DisplayName("let a task block until the next one has run, though small tasks are taken several at a time")
    void blockingTasksAmongSmallOnes() throws Exception {
        int count = 20_000;
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (i % 500 == 499) {
                CountDownLatch next = new CountDownLatch(1);
                tasks.add(Tasks.spawn(() -> await(next)));
                tasks.add(Tasks.spawn(next::countDown));
            } else {
                tasks.add(Tasks.spawn(() -> {}));
            }
        }

        for (Task<?> task : tasks) {
            task.join();
        }
    }

    @RepeatedTest(20)
    @DisplayName("give a spinning task its own carrier and others theirs: other virtual threads and ready tasks go on")
    void spinningTaskTakesOneCarrier() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch spins = new CountDownLatch(1);
        Task<?> spinning = Tasks.spawn(() -> {
            spins.countDown();
            while (!stop.get()) {
                Thread.onSpinWait();
            }
        });
        await(spins);

        Thread virtual = Thread.startVirtualThread(() -> {});
        virtual.join();
        Regions.joined(() -> {
            for (int i = 0; i < 1000; i++) {
                Tasks.spawn(Tasks.spawn(() -> 1), x -> x);
            }
        });
        stop.set(true);

        spinning.join();
    }

    @Test
    @DisplayName(
            "give way: an endless chain of short tasks on every carrier does not keep other virtual threads from running")
    void workersGiveWay() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        int chains = 4 * Runtime.getRuntime().availableProcessors();
        CountDownLatch running = new CountDownLatch(chains);
        CountDownLatch ended = new CountDownLatch(chains);
        for (int i = 0; i < chains; i++) {
            AtomicInteger steps = new AtomicInteger();
            Tasks.spawn(() -> step(stop, steps, running, ended));
        }
        await(running);

        AtomicInteger ran = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            threads.add(Thread.startVirtualThread(ran::incrementAndGet));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        stop.set(true);
        await(ended);

        assertThat(ran).hasValue(100);
    }

    private static void step(AtomicBoolean stop, AtomicInteger steps, CountDownLatch running, CountDownLatch ended) {
        if (steps.incrementAndGet() == 1000) {
            running.countDown();
        }
        if (stop.get()) {
            ended.countDown();
        } else {
            Tasks.spawn(() -> step(stop, steps, running, ended));
        }
    }

    @Test
    @DisplayName("run recursive spawn-and-join, wide and deep")
    void recursion() throws Exception {
        assertThat(Tasks.spawn(() -> fibonacci(20)).join()).isEqualTo(6765);
        assertThat(Tasks.spawn(() -> depth(10_000)).join()).isEqualTo(10_000);
    }

    private static int fibonacci(int n) throws Exception {
        if (n < 2) {
            return n;
        }
        Task<Integer> left = Tasks.spawn(() -> fibonacci(n - 1));
        Task<Integer> right = Tasks.spawn(() -> fibonacci(n - 2));
        return left.join() + right.join();
    }

    private static int depth(int n) throws Exception {
        return n == 0 ? 0 : Tasks.spawn(() -> depth(n - 1)).join() + 1;
    }

    @Test
    @DisplayName("find the tasks that a waiting task has spawned: a few each in many tasks, and many in one")
    void spawnedByTasksThatBlock() throws Exception {
        List<Task<?>> parents = new ArrayList<>();
        for (int children : List.of(1, 2, 63, 64, 65, 129, 1000)) {
            for (int i = 0; i < 100; i++) { // more than there are places for deques
                parents.add(Tasks.spawn(() -> {
                    CountDownLatch done = new CountDownLatch(children);
                    for (int child = 0; child < children; child++) {
                        Tasks.spawn(done::countDown);
                    }
                    await(done); // not by join(), which could run them in place
                }));
            }
        }

        for (Task<?> parent : parents) {
            parent.join();
        }
    }

    @RepeatedTest(20)
    @DisplayName("leave spawned tasks to other workers when they yield, or run out of work")
    void spawnedByTasksThatEnd() throws Exception {
        int children = 60;
        CountDownLatch done = new CountDownLatch(3 * children);
        for (int millis : List.of(0, 1, 10)) { // a worker's slice is 5 ms
            Tasks.spawn(() -> {
                long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
                while (System.nanoTime() - end < 0) {
                    Thread.onSpinWait();
                }
                for (int child = 0; child < children; child++) {
                    Tasks.spawn(done::countDown);
                }
            });
        }

        await(done);
    }

    @Test
    @DisplayName("run the dependents that a completed task makes ready: one, and many")
    void madeReadyByOneEnd() throws Exception {
        for (int dependents : List.of(1, 2, 64, 65, 66, 1000)) {
            CountDownLatch release = new CountDownLatch(1);
            Task<Integer> first = Tasks.spawn(() -> {
                await(release);
                return 1;
            });
            List<Task<Integer>> all = new ArrayList<>();
            for (int i = 0; i < dependents; i++) {
                all.add(Tasks.spawn(first, x -> x + 1));
            }
            release.countDown();

            for (Task<Integer> each : all) {
                assertThat(each.join()).isEqualTo(2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0, 0, 300, 1000, 6000})
    @DisplayName("run tasks that are spawned outside, or by a blocked task, though each running task spawns the next")
    void noneStarves(int micros) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch ended = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            Tasks.spawn(() -> spawnsNext(micros, stop, ended));
        }
        try {
            CountDownLatch children = new CountDownLatch(3);
            Task<?> parent = Tasks.spawn(() -> {
                for (int i = 0; i < 3; i++) {
                    Tasks.spawn(children::countDown);
                }
                await(children);
            });
            for (int i = 0; i < 3; i++) {
                Tasks.spawn(() -> {}).join();
            }
            parent.join();
        } finally {
            stop.set(true);
        }
        await(ended);
    }

    /** Keeps the deque of its worker from ever being empty. */
    private static void spawnsNext(int micros, AtomicBoolean stop, CountDownLatch ended) {
        long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros);
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
        if (stop.get()) {
            ended.countDown();
            return;
        }
        Tasks.spawn(() -> {});
        Tasks.spawn(() -> spawnsNext(micros, stop, ended));
    }

    @Test
    @DisplayName("are virtual threads, and run tasks of one batch side by side")
    void sideBySide() throws Exception {
        CyclicBarrier together = new CyclicBarrier(50);
        Regions.joined(() -> Regions.bulk(() -> {
            for (int i = 0; i < 50; i++) {
                Tasks.spawn(() -> {
                    assertThat(Thread.currentThread().isVirtual()).isTrue();
                    together.await(SECONDS, TimeUnit.SECONDS);
                });
            }
        }));
    }

    @Test
    @DisplayName("run a chain of two million tasks, spawned while it runs, without retaining completed tasks")
    void longChain() throws Exception {
        int length = 2_000_000;
        Task<Integer> last = Tasks.spawn(() -> 0);
        for (int i = 0; i < length; i++) {
            last = Tasks.spawn(last, x -> x + 1);
        }
        assertThat(last.join()).isEqualTo(length);
    }

    @Test
    @DisplayName("skip a chain of a million dependents of a failure without a deep stack")
    void longFailure() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        IllegalStateException failure = new IllegalStateException("root");
        Task<Integer> first = Tasks.spawn(() -> {
            await(release);
            throw failure;
        });
        Task<Integer> last = first;
        for (int i = 0; i < 1_000_000; i++) {
            last = Tasks.spawn(last, x -> x + 1);
        }
        release.countDown();

        last.await();
        assertThat(last.exceptionNow()).hasCause(failure);
    }

    @Test
    @DisplayName("run a ready task though the task that spawned it spins")
    void spinningSubmitter() throws Exception {
        CountDownLatch ran = new CountDownLatch(2);
        AtomicBoolean stop = new AtomicBoolean();

        Task<?> spinning = Tasks.spawn(() -> {
            Tasks.spawn(ran::countDown);
            Tasks.spawn(Tasks.spawn(() -> 1), x -> {
                ran.countDown();
                return x;
            });
            while (!stop.get()) {
                Thread.onSpinWait();
            }
        });
        await(ran);
        stop.set(true);

        spinning.await();
    }
}
