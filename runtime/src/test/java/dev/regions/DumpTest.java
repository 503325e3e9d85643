package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static dev.regions.Handshakes.awaitParked;
import static dev.regions.Handshakes.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.observe.RuntimeDump;
import dev.regions.queue.BulkQueue;
import dev.regions.queue.PendingTask;
import dev.regions.queue.RegionAction;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.OverflowPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Without diagnostics: with them there is a list. */
@DisplayName("A dump finds, of what is not launched,")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class DumpTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private TaskRuntime runtime = TaskRuntime.builder()
            .name("dumped")
            .onUncaughtFailure(failure -> {})
            .build();

    private void makeNarrow() {
        runtime.close();
        runtime = TaskRuntime.builder()
                .name("dumped")
                .maxInFlight(2, OverflowPolicy.BLOCK)
                .build();
    }

    @AfterEach
    void close() {
        release.countDown();
        runtime.close();
    }

    private static Task<?> spawn(String name) {
        return Tasks.builder().name(name).spawn(() -> {});
    }

    private List<String> dumped() {
        return runtime.dump().tasks().stream().map(RuntimeDump.Entry::name).toList();
    }

    private RuntimeDump.Entry entry(String name) {
        return runtime.dump().tasks().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("'" + name + "' is not in " + runtime.dump()));
    }

    private void assertHeld(String name, String by) {
        assertThat(entry(name).state()).isEqualTo(TaskState.UNLAUNCHED);
        assertThat(entry(name).reason()).contains("is not launched: it is held by " + by);
        assertThat(entry(name).region()).contains(by);
    }

    /** Runs something in the runtime on another thread, which stays inside until the test is over or lets it go on. */
    private FutureTask<Void> inside(RegionAction<Exception> body) {
        return start(() -> {
            runtime.run(body);
            return null;
        });
    }

    // ---- Held by regions --------------------------------------------------------------------------------------------

    @Test
    @DisplayName("what a bulk region in block form holds, until that ends")
    void blockForm() throws Exception {
        CountDownLatch spawned = new CountDownLatch(1);
        FutureTask<Void> region = inside(() -> Regions.bulk(() -> {
            spawn("held");
            spawn("another");
            spawned.countDown();
            release.await();
        }));
        await(spawned);

        assertHeld("held", "bulk region");
        assertThat(dumped()).containsExactlyInAnyOrder("held", "another");

        release.countDown();
        region.get();
        runtime.close();
        assertThat(dumped()).isEmpty();
    }

    @Test
    @DisplayName("what a bulk region in scope form holds, in each round")
    void scopeForm() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        FutureTask<Void> region = inside(() -> {
            try (RegionScope scope = Regions.bulk()) {
                scope.fork(() -> 1);
                spawn("of the first round");
                first.countDown();
                goOn.await();
                scope.join();
                spawn("of the second round");
                second.countDown();
                release.await();
                scope.join();
            }
        });
        await(first);
        assertHeld("of the first round", "bulk region");
        assertThat(dumped()).hasSize(2);

        goOn.countDown();
        await(second);
        assertHeld("of the second round", "bulk region");
        assertThat(dumped()).containsExactly("of the second round");

        release.countDown();
        region.get();
        assertThat(dumped()).isEmpty();
    }

    @Test
    @DisplayName("what a bulk region holds that is a step of a sequential one")
    void bulkInSequential() throws Exception {
        CountDownLatch spawned = new CountDownLatch(1);
        FutureTask<Void> region = inside(() -> Regions.sequential(() -> {
            spawn("before").join();
            Regions.bulk(() -> {
                spawn("held");
                spawned.countDown();
                release.await();
            });
        }));
        await(spawned);

        assertHeld("held", "bulk region");

        release.countDown();
        region.get();
    }

    @Test
    @DisplayName("what a bulk region holds by itself, and what an inner one has merged into it")
    void bulkInBulk() throws Exception {
        CountDownLatch inInner = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch inOuter = new CountDownLatch(1);
        FutureTask<Void> region = inside(() -> Regions.bulk(() -> {
            spawn("outer");
            Regions.bulk(() -> {
                spawn("inner");
                inInner.countDown();
                goOn.await();
            });
            inOuter.countDown();
            release.await();
        }));
        await(inInner);
        assertThat(dumped()).containsExactlyInAnyOrder("outer", "inner");

        goOn.countDown();
        await(inOuter);
        assertHeld("inner", "bulk region");
        assertThat(dumped()).containsExactlyInAnyOrder("outer", "inner");

        release.countDown();
        region.get();
    }

    @Test
    @DisplayName("a batch that a bulk region has let go of, while a queue further up is slow to take it")
    void onItsWay() throws Exception {
        CountDownLatch taking = new CountDownLatch(1);
        FutureTask<Void> region = inside(() -> Regions.withQueue(
                upstream -> new Slow(taking),
                () -> Regions.bulk(() -> {
                    spawn("on its way");
                })));
        await(taking);

        assertHeld("on its way", "bulk region");

        release.countDown();
        region.get();
    }

    private final class Slow implements TaskQueue {
        private final TaskQueue upstream = TaskRuntime.currentQueue();
        private final CountDownLatch taking;

        Slow(CountDownLatch taking) {
            this.taking = taking;
        }

        @Override
        public void enqueue(PendingTask task) {
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            taking.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            upstream.enqueue(batch);
        }
    }

    /** Holds everything; what it says of itself and when asked is up to subclasses. */
    private static class Holding implements TaskQueue {
        private final TaskQueue upstream = TaskRuntime.currentQueue();
        private final List<PendingTask> held = new CopyOnWriteArrayList<>();

        @Override
        public void enqueue(PendingTask task) {
            task.heldBy(this);
            held.add(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            batch.tasks().forEach(this::enqueue);
        }

        @Override
        public void flush() {
            List<PendingTask> all = List.copyOf(held);
            held.clear();
            upstream.enqueue(new TaskBatch(all));
        }

        @Override
        public void abandon(Throwable reason) {
            held.forEach(task -> task.abandon(reason));
        }

        @Override
        public boolean holdsUntilClosed() {
            return true;
        }

        @Override
        public void forEachHeld(Consumer<? super PendingTask> action) {
            held.forEach(action);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Holding;
        }

        @Override
        public int hashCode() {
            return 1;
        }

        @Override
        public String toString() {
            return "a queue of mine";
        }
    }

    @Test
    @DisplayName("what a queue of the user's own holds, though it is equal to another")
    void ownQueue() throws Exception {
        CountDownLatch spawned = new CountDownLatch(1);
        FutureTask<Void> region = inside(() -> Regions.withQueue(upstream -> new Holding(), () -> {
            spawn("of the outer");
            Regions.withQueue(upstream -> new Holding(), () -> {
                spawn("of the inner");
                Regions.withQueue(upstream -> new Holding(), () -> {});
                spawned.countDown();
                release.await();
            });
        }));
        await(spawned);

        assertHeld("of the outer", "a queue of mine");
        assertHeld("of the inner", "a queue of mine");

        release.countDown();
        region.get();
    }

    @Test
    @DisplayName("all else, if a queue of the user's own throws when it is asked")
    void throwingQueue() throws Exception {
        CountDownLatch spawned = new CountDownLatch(1);
        Holding throwing = runtime.call(() -> new Holding() {
            @Override
            public void forEachHeld(Consumer<? super PendingTask> action) {
                super.forEachHeld(action);
                throw new IllegalStateException("do not ask");
            }
        });
        Holding unwilling = runtime.call(() -> new Holding() {
            @Override
            public boolean holdsUntilClosed() {
                throw new IllegalStateException("do not ask either");
            }
        });
        FutureTask<Void> region = inside(() -> Regions.bulk(() -> {
            spawn("outer");
            Regions.withQueue(upstream -> throwing, () -> {
                spawn("told of before it throws");
                Regions.withQueue(
                        upstream -> unwilling,
                        () -> Regions.bulk(() -> {
                            spawn("inner");
                            spawned.countDown();
                            release.await();
                        }));
            });
        }));
        await(spawned);

        assertThat(dumped()).containsExactlyInAnyOrder("outer", "told of before it throws", "inner");

        release.countDown();
        region.get();
    }

    @Test
    @DisplayName("what a queue in front of the core holds")
    void root() throws Exception {
        runtime.close();
        AtomicReference<BulkQueue> root = new AtomicReference<>();
        runtime = TaskRuntime.builder()
                .root(core -> {
                    root.set(new BulkQueue(core));
                    return root.get();
                })
                .build();
        runtime.call(() -> spawn("held by the root"));

        assertHeld("held by the root", "bulk region");

        root.get().flush();
        runtime.close();
        assertThat(dumped()).isEmpty();
    }

    @Test
    @DisplayName("nothing that is abandoned, while its region ends")
    void abandoned() {
        assertThatThrownBy(() -> runtime.run(() -> Regions.bulk(() -> {
                    spawn("abandoned").cancel();
                    assertThat(dumped()).isEmpty();
                    spawn("given up");
                    assertThat(dumped()).containsExactly("given up");
                    throw new IllegalStateException("given up");
                })))
                .hasMessage("given up");

        assertThat(dumped()).isEmpty();
    }

    // ---- Waiting for room -------------------------------------------------------------------------------------------

    private void fill() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(2);
        runtime.run(() -> {
            for (int i = 0; i < 2; i++) {
                Tasks.builder().name("blocker " + i).spawn(() -> {
                    running.countDown();
                    release.await();
                });
            }
        });
        await(running);
    }

    private Thread parked(Runnable spawning) {
        Thread spawner = Thread.ofPlatform().daemon().start(spawning);
        awaitParked(spawner);
        return spawner;
    }

    private void assertAwaitsRoom(String name) {
        assertThat(entry(name).state()).isEqualTo(TaskState.UNLAUNCHED);
        assertThat(entry(name).reason())
                .contains(
                        "is not launched: it waits for room",
                        "1 thread waits for room in runtime 'dumped': at most 2 tasks may be in flight, and 2 are");
    }

    @Test
    @DisplayName("a task whose spawn waits for room")
    void spawnWaitsForRoom() throws Exception {
        makeNarrow();
        fill();
        Thread spawner = parked(() -> runtime.run(() -> spawn("squeezed")));

        assertAwaitsRoom("squeezed");
        assertThat(dumped()).containsExactlyInAnyOrder("blocker 0", "blocker 1", "squeezed");

        release.countDown();
        spawner.join();
        runtime.close();
        assertThat(dumped()).isEmpty();
    }

    @Test
    @DisplayName("a task for somebody outside whose spawn waits for room")
    void externalWaitsForRoom() throws Exception {
        makeNarrow();
        fill();
        Thread spawner = parked(() ->
                runtime.run(() -> Tasks.builder().name("squeezed").completable().complete(null)));

        assertAwaitsRoom("squeezed");

        release.countDown();
        spawner.join();
    }

    @Test
    @DisplayName("a region whose launch waits for room, and what it says is so for who asks the task, too")
    void batchWaitsForRoom() throws Exception {
        makeNarrow();
        fill();
        List<Task<?>> batch = new CopyOnWriteArrayList<>();
        Thread spawner = parked(() -> runtime.run(() -> Regions.bulk(() -> {
            batch.add(spawn("first"));
            batch.add(spawn("second"));
        })));

        assertAwaitsRoom("first");
        assertAwaitsRoom("second");
        assertThat(entry("first").region()).contains("bulk region");
        assertThat(dumped()).containsExactlyInAnyOrder("blocker 0", "blocker 1", "first", "second");
        assertThat(runtime.call(() -> batch.get(0).explain()))
                .contains("is not launched: it waits for room", "1 thread waits for room");
        Regions.bulk(() -> {
            Task<?> elsewhere = spawn("elsewhere");
            assertThat(runtime.call(elsewhere::explain)).contains("is held by bulk region");
        });

        release.countDown();
        spawner.join();
        runtime.close();
        assertThat(dumped()).isEmpty();
    }

    @Test
    @DisplayName("one that gave up waiting for room no more")
    void interrupted() throws Exception {
        makeNarrow();
        fill();
        Thread spawner = parked(() -> assertThatThrownBy(() -> runtime.run(() -> spawn("squeezed")))
                .isInstanceOf(dev.regions.task.TooManyTasksException.class));
        assertAwaitsRoom("squeezed");

        spawner.interrupt();
        spawner.join();

        assertThat(dumped()).containsExactlyInAnyOrder("blocker 0", "blocker 1");
    }

    // ---- Launched, and not wired ------------------------------------------------------------------------------------

    @Test
    @DisplayName("a large region, also before anybody has come to wire it")
    void unwired() throws Exception {
        int tasks = 5000;
        int carriers = 2 * Runtime.getRuntime().availableProcessors();
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch ran = new CountDownLatch(tasks);
        List<Thread> busy = new ArrayList<>();
        for (int i = 0; i < carriers; i++) {
            busy.add(Thread.startVirtualThread(() -> {
                while (!over.get()) {
                    Thread.onSpinWait(); // and so keeps a carrier
                }
            }));
        }
        try {
            runtime.run(() -> Regions.bulk(() -> {
                for (int i = 0; i < tasks; i++) {
                    Tasks.spawn(ran::countDown);
                }
            }));

            assertThat(runtime.dump().tasks()).hasSize(tasks).allSatisfy(entry -> assertThat(entry.state())
                    .isEqualTo(TaskState.WAITING));
        } finally {
            over.set(true);
        }
        for (Thread thread : busy) {
            thread.join();
        }
        await(ran);
    }
}
