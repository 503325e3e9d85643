package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.ChainPolicy;
import dev.regions.queue.Joiner;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A task that joins another one, which may run in place")
@Timeout(value = 4 * SECONDS, unit = TimeUnit.SECONDS)
class InPlaceJoinTest {
    private final TaskRuntime runtime = TaskRuntime.builder()
            .name("in-place")
            .onUncaughtFailure(failure -> {})
            .build();
    private final CountDownLatch innerRuns = new CountDownLatch(1);
    private final CountDownLatch innerMayEnd = new CountDownLatch(1);
    private final AtomicReference<Task<String>> inner = new AtomicReference<>();

    @AfterEach
    void nothingIsLeft() throws Exception {
        innerMayEnd.countDown();
        Handshakes.onAnotherThread(() -> {
            runtime.close();
            return null;
        });
        assertThat(runtime.inFlightCount()).isZero();
    }

    /** The body of a task that serves others, too: it ends when the test releases it. */
    private String serve() throws InterruptedException {
        innerRuns.countDown();
        await(innerMayEnd);
        return "served";
    }

    /** Spawns such a task; joins it in place, unless another worker is faster. */
    private String joinInner() throws InterruptedException {
        inner.set(Tasks.spawn(this::serve));
        return inner.get().join();
    }

    private <T> Task<T> spawn(Callable<T> body) {
        return runtime.call(() -> Tasks.spawn(body));
    }

    private static void awaitCancelled(Task<?> task) throws Exception {
        assertThatThrownBy(() -> task.get(SECONDS, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        assertThat(task.taskState()).isEqualTo(TaskState.CANCELLED);
    }

    @Nested
    @DisplayName("is cancelled meanwhile:")
    class Cancelled {
        @RepeatedTest(20)
        @DisplayName("it is completed at once, and the other goes on")
        void finalAtOnce() throws Exception {
            Task<String> outer = spawn(InPlaceJoinTest.this::joinInner);
            await(innerRuns);

            boolean cancelled = outer.cancel();

            assertThat(cancelled).isTrue();
            awaitCancelled(outer);
            assertThat(inner.get().isDone()).isFalse();
            innerMayEnd.countDown();
            assertThat(inner.get().join()).isEqualTo("served");
        }

        @RepeatedTest(20)
        @DisplayName("its body is interrupted when the other has completed, and the runtime waits for the body")
        void bodyIsInterrupted() throws Exception {
            AtomicBoolean interrupted = new AtomicBoolean();
            Task<String> outer = spawn(() -> {
                try {
                    String served = joinInner();
                    interrupted.set(Thread.currentThread().isInterrupted());
                    return served;
                } catch (InterruptedException e) {
                    interrupted.set(true);
                    throw e;
                }
            });
            await(innerRuns);
            outer.cancel();
            awaitCancelled(outer);

            innerMayEnd.countDown();
            Handshakes.onAnotherThread(() -> {
                runtime.close();
                return null;
            });

            assertThat(interrupted)
                    .as("the body was interrupted, and has ended")
                    .isTrue();
        }

        @RepeatedTest(20)
        @DisplayName("a task that requires it is skipped at once, and one that comes after it waits for its body")
        void order() throws Exception {
            AtomicBoolean bodyEnded = new AtomicBoolean();
            Task<String> outer = spawn(() -> {
                try {
                    return joinInner();
                } finally {
                    bodyEnded.set(true);
                }
            });
            Task<Integer> requires = runtime.call(() -> Tasks.spawn(outer, String::length));
            Task<Boolean> after =
                    runtime.call(() -> Tasks.builder().after(outer).spawn(bodyEnded::get));
            await(innerRuns);
            outer.cancel();
            awaitCancelled(outer);
            Task<Boolean> afterwards =
                    runtime.call(() -> Tasks.builder().after(outer).spawn(bodyEnded::get));

            requires.await();
            innerMayEnd.countDown();

            assertThat(requires.taskState()).isEqualTo(TaskState.SKIPPED);
            assertThat(after.get(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(afterwards.get(SECONDS, TimeUnit.SECONDS)).isTrue();
        }

        @RepeatedTest(20)
        @DisplayName("several levels deep, from the outermost in: each is completed at once")
        void levels() throws Exception {
            List<Task<String>> levels = new CopyOnWriteArrayList<>();
            Task<String> top = spawn(() -> nest(levels, 5));
            await(innerRuns);

            top.cancel();
            awaitCancelled(top);
            for (Task<String> level : levels) {
                level.cancel();
                awaitCancelled(level);
            }

            innerMayEnd.countDown();
            assertThat(inner.get().join()).isEqualTo("served");
        }

        private String nest(List<Task<String>> levels, int deeper) throws InterruptedException {
            if (deeper == 0) {
                return joinInner();
            }
            Task<String> next = Tasks.spawn(() -> nest(levels, deeper - 1));
            levels.add(next);
            return next.join();
        }

        @RepeatedTest(20)
        @DisplayName("by the task that runs in place in it")
        void byTheInner() throws Exception {
            AtomicReference<Task<String>> self = new AtomicReference<>();
            CountDownLatch known = new CountDownLatch(1);
            Task<String> outer = spawn(() -> {
                await(known);
                return Tasks.spawn(() -> {
                            self.get().cancel();
                            return serve();
                        })
                        .join();
            });
            self.set(outer);
            known.countDown();
            await(innerRuns);

            awaitCancelled(outer);
        }

        @RepeatedTest(20)
        @DisplayName(
                "without an interrupt, it goes on until its body ends; a second time with one, it is completed at once")
        void withoutInterruptFirst() throws Exception {
            Task<String> outer = spawn(InPlaceJoinTest.this::joinInner);
            await(innerRuns);

            boolean first = outer.cancel(false);
            boolean goesOn = !outer.isDone();
            boolean second = outer.cancel(true);

            assertThat(first).isTrue();
            assertThat(goesOn).isTrue();
            assertThat(second).isFalse();
            awaitCancelled(outer);
        }
    }

    @Nested
    @DisplayName("in a region that joins its tasks:")
    class OfRegions {
        @RepeatedTest(20)
        @DisplayName(
                "a scope that runs out of time cancels and awaits it, though it joins a task outside that never ends")
        void scopeRunsOutOfTime() throws Exception {
            AtomicBoolean bodyEnded = new AtomicBoolean();

            assertThatThrownBy(() -> Handshakes.onAnotherThread(() -> runtime.call(() -> {
                        try (var scope = Regions.joined()) {
                            scope.fork(() -> {
                                try {
                                    return joinInner();
                                } finally {
                                    bodyEnded.set(true);
                                }
                            });
                            await(innerRuns);
                            scope.join(Duration.ofMillis(1));
                        }
                        return null;
                    })))
                    .hasCauseInstanceOf(TimeoutException.class);

            assertThat(bodyEnded).isTrue();
            assertThat(inner.get().isDone()).isFalse();
        }

        @RepeatedTest(20)
        @DisplayName("a joiner that needs no more cancels and awaits it")
        void failFast() throws Exception {
            assertThatThrownBy(() -> Handshakes.onAnotherThread(() -> runtime.call(() -> {
                        Regions.joined(Joiner.failFast(), () -> {
                            Tasks.spawn(InPlaceJoinTest.this::joinInner);
                            Tasks.spawn(() -> {
                                await(innerRuns);
                                throw new IllegalStateException("on purpose");
                            });
                        });
                        return null;
                    })))
                    .hasCauseInstanceOf(RegionFailedException.class);

            assertThat(inner.get().isDone()).isFalse();
        }

        @ParameterizedTest
        @ValueSource(strings = {"block", "scope", "policy", "sequential in it", "bulk in it"})
        @DisplayName("a task that joins a region is cancelled: so are the tasks of the region, wherever they run")
        void cancelledInARegion(String kind) throws Exception {
            int children = 3;
            List<Task<?>> spawned = new CopyOnWriteArrayList<>();
            CountDownLatch run = new CountDownLatch(1);
            Task<?> outer = spawn(() -> {
                switch (kind) {
                    case "block" -> Regions.joined(() -> listen(spawned, children, run));
                    case "scope" -> {
                        try (var scope = Regions.joined()) {
                            listen(spawned, children, run);
                            scope.join();
                        }
                    }
                    case "policy" -> Regions.joined(Joiner.allSuccessful(), () -> listen(spawned, children, run));
                    case "sequential in it" ->
                        Regions.joined(
                                () -> Regions.sequential(ChainPolicy.CONTINUE, () -> listen(spawned, children, run)));
                    default -> Regions.joined(() -> Regions.bulk(() -> listen(spawned, children, run)));
                }
                return null;
            });
            await(run);

            outer.cancel();

            awaitCancelled(outer);
            assertThat(spawned).hasSize(children).allMatch(child -> child.taskState() == TaskState.CANCELLED);
        }

        /** Spawns tasks that end when they are interrupted, and not before. */
        private void listen(List<Task<?>> spawned, int children, CountDownLatch run) {
            for (int i = 0; i < children; i++) {
                spawned.add(Tasks.spawn(() -> {
                    run.countDown();
                    new CountDownLatch(1).await();
                }));
            }
        }

        @RepeatedTest(20)
        @DisplayName(
                "regions within regions, each joined by a task of the one around it: cancelling the outermost reaches all")
        void nestedRegions() throws Exception {
            CountDownLatch run = new CountDownLatch(1);
            List<Task<?>> spawned = new CopyOnWriteArrayList<>();
            Task<?> outer = spawn(() -> {
                joinNested(spawned, 4, run);
                return null;
            });
            await(run);

            outer.cancel();

            awaitCancelled(outer);
            assertThat(spawned).hasSize(4).allMatch(child -> child.taskState() == TaskState.CANCELLED);
        }

        private void joinNested(List<Task<?>> spawned, int levels, CountDownLatch run) throws InterruptedException {
            if (levels == 0) {
                run.countDown();
                new CountDownLatch(1).await();
            }
            Regions.joined(() -> {
                spawned.add(Tasks.spawn(() -> joinNested(spawned, levels - 1, run)));
            });
        }
    }

    @RepeatedTest(20)
    @DisplayName("has its thread back as it was: name, context class loader and handler of uncaught exceptions")
    void threadAsItWas() throws Exception {
        ClassLoader mine = new URLClassLoader(new URL[0], getClass().getClassLoader());
        Thread.UncaughtExceptionHandler handler = (thread, thrown) -> {};

        Task<List<Object>> outer = spawn(() -> {
            Thread self = Thread.currentThread();
            self.setName("mine");
            self.setContextClassLoader(mine);
            self.setUncaughtExceptionHandler(handler);
            Tasks.builder()
                    .name("inner")
                    .spawn(() -> {
                        Thread.currentThread().setName("of the inner");
                        Thread.currentThread().setContextClassLoader(null);
                        assertThat(Thread.currentThread().getUncaughtExceptionHandler())
                                .isNotSameAs(handler);
                        Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> {});
                    })
                    .join();
            return List.of(self.getName(), self.getContextClassLoader(), self.getUncaughtExceptionHandler());
        });

        assertThat(outer.join()).containsExactly("mine", mine, handler);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 30, 60, 100, 200, 300})
    @DisplayName(
            "and so on, 60 levels deep, with frames of its own at each: the innermost may block as on a thread of its own")
    void deepFrames(int frames) throws Exception {
        for (int round = 0; round < 5; round++) {
            Task<Integer> top = spawn(() -> level(60, frames, frames));

            assertThat(top.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(61);
        }
    }

    private static int level(int levels, int framesLeft, int frames) throws InterruptedException {
        if (framesLeft > 0) {
            return level(levels, framesLeft - 1, frames);
        }
        if (levels == 0) {
            Thread.sleep(1); // needs room on the stack in proportion to what is on it
            return 1;
        }
        return 1 + Tasks.spawn(() -> level(levels - 1, frames, frames)).join();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 300})
    @DisplayName("leaves few results behind, though bodies keep all carriers, and no worker looks for other work")
    void leavesFewResults(int fan) throws Exception {
        int others = Runtime.getRuntime().availableProcessors() - 1;
        int rounds = 2_000 / fan;
        CountDownLatch busy = new CountDownLatch(others);
        AtomicBoolean stop = new AtomicBoolean();
        List<WeakReference<Object>> results = new ArrayList<>();

        Task<Integer> reachable;
        try {
            for (int i = 0; i < others; i++) {
                spawn(() -> {
                    busy.countDown();
                    while (!stop.get()) {
                        Thread.onSpinWait();
                    }
                    return null;
                });
            }
            await(busy);
            reachable = spawn(() -> {
                for (int round = 0; round < rounds; round++) {
                    List<Task<Object>> tasks = new ArrayList<>();
                    for (int i = 0; i < fan; i++) {
                        tasks.add(Tasks.spawn(Object::new));
                    }
                    for (Task<Object> task : tasks) {
                        results.add(new WeakReference<>(task.join()));
                    }
                }
                System.gc();
                return (int) results.stream().filter(each -> each.get() != null).count();
            });

            assertThat(reachable.get(SECONDS, TimeUnit.SECONDS)).isLessThan(2 * fan + 200);
        } finally {
            stop.set(true);
        }
    }

    @RepeatedTest(20)
    @DisplayName("sees the context class loader of the thread that spawned it, and so does the other, wherever it runs")
    void contextClassLoader() throws Exception {
        ClassLoader mine = new URLClassLoader(new URL[0], getClass().getClassLoader());
        Callable<ClassLoader> look = () -> Thread.currentThread().getContextClassLoader();
        Thread self = Thread.currentThread();
        ClassLoader before = self.getContextClassLoader();
        List<Task<ClassLoader>> tasks;
        self.setContextClassLoader(mine);
        try {
            tasks = List.of(
                    spawn(look),
                    spawn(() -> Tasks.spawn(look).join()),
                    runtime.call(() -> Tasks.builder().name("named").spawn(look)),
                    runtime.call(
                            () -> Tasks.builder().timeout(Duration.ofMinutes(1)).spawn(look)),
                    runtime.call(() -> Tasks.builder().dedicatedThread().spawn(look)),
                    runtime.call(() -> Regions.bulk(() -> Tasks.spawn(look))));
        } finally {
            self.setContextClassLoader(before);
        }
        Task<ClassLoader> innocent = spawn(look);

        for (Task<ClassLoader> task : tasks) {
            assertThat(task.get(SECONDS, TimeUnit.SECONDS)).isSameAs(mine);
        }
        assertThat(innocent.join()).isNotSameAs(mine);
    }

    @Test
    @DisplayName("and so on, two levels deep, leaves the scope of the outermost task open")
    void inPlaceInsideInPlaceInsideScope() throws Exception {
        for (int i = 0; i < 1000; i++) { // each join may run its task in place, or find it taken
            Task<Integer> outermost = Tasks.spawn(() -> {
                try (RegionScope scope = Regions.joined()) {
                    Task<Integer> inner = scope.fork(() -> Tasks.spawn(() -> 1).join() + 1);
                    scope.join();
                    return inner.join() + 1;
                }
            });

            assertThat(outermost.join()).isEqualTo(3);
        }
    }
}
