package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static dev.regions.Handshakes.awaitParked;
import static dev.regions.Handshakes.start;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.observe.RuntimeDump;
import dev.regions.task.OverflowPolicy;
import dev.regions.task.Priority;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** For every state in which a task can wait, with diagnostics and without. */
@DisplayName("explain() and dump() say of a task that")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class ExplainTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private TaskRuntime runtime;

    private void make(boolean diagnostics) {
        runtime = TaskRuntime.builder()
                .name("explained")
                .diagnostics(diagnostics)
                .onUncaughtFailure(failure -> {})
                .build();
    }

    @AfterEach
    void close() {
        release.countDown();
        runtime.close();
    }

    private static TaskBuilder named(String name) {
        return Tasks.builder().name(name);
    }

    /** Checks the paragraph, and that the dump says the same. */
    private void assertExplained(Task<?> task, boolean inDump, String... parts) {
        String paragraph = task.explain();
        assertThat(paragraph)
                .startsWith("task '" + task.name() + "' ")
                .endsWith(".")
                .contains(parts);
        List<RuntimeDump.Entry> entries = runtime.dump().tasks().stream()
                .filter(entry -> entry.name().equals(task.name()))
                .toList();
        if (!inDump) {
            assertThat(entries).isEmpty();
            return;
        }
        assertThat(entries).hasSize(1);
        assertThat(entries.get(0).reason()).contains(parts);
        assertThat(entries.get(0).state()).isEqualTo(task.taskState());
    }

    private RuntimeDump.Entry inDump(String name) {
        return runtime.dump().tasks().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Task<?> blocker() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        Task<?> blocker = runtime.call(() -> named("blocker").spawn(() -> {
            running.countDown();
            release.await();
        }));
        await(running);
        return blocker;
    }

    // ---- Not launched -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("is not launched by which region it is held")
    void unlaunched(boolean diagnostics) throws Exception {
        make(diagnostics);
        AtomicReference<Task<?>> held = new AtomicReference<>();
        CountDownLatch spawned = new CountDownLatch(1);
        FutureTask<Void> opener = start(() -> {
            runtime.run(() -> Regions.bulk(() -> {
                held.set(named("held").spawn(() -> {}));
                assertThat(held.get().explain()).contains("is held by bulk region", "thread", "test helper");
                spawned.countDown();
                release.await();
            }));
            return null;
        });
        await(spawned);

        assertExplained(held.get(), true, "is not launched", "is held by bulk region");
        if (diagnostics) {
            assertExplained(held.get(), true, "opened by thread 'test helper'", ", for ");
        }
        release.countDown();
        opener.get();
    }

    @Test
    @DisplayName("is kept by the queue of a region that does not say so")
    void keptByQueue() throws Exception {
        make(true);
        List<dev.regions.queue.PendingTask> kept = new ArrayList<>();
        dev.regions.queue.TaskQueue silent = new dev.regions.queue.TaskQueue() {
            @Override
            public void enqueue(dev.regions.queue.PendingTask task) {
                kept.add(task);
            }

            @Override
            public void enqueue(dev.regions.queue.TaskBatch batch) {
                kept.addAll(batch.tasks());
            }

            @Override
            public String toString() {
                return "a silent queue";
            }
        };
        Task<?> task = runtime.call(
                () -> Regions.withQueue(upstream -> silent, () -> named("kept").spawn(() -> {})));

        assertExplained(task, true, "is on its way through a silent queue");
        kept.forEach(each -> each.abandon(new IllegalStateException("over")));
        assertExplained(task, false, "was abandoned");
    }

    @Test
    @DisplayName("waits for room, with the thread that spawns it")
    void waitsForRoom() throws Exception {
        runtime = TaskRuntime.builder()
                .name("explained")
                .diagnostics(true)
                .maxInFlight(1, OverflowPolicy.BLOCK)
                .build();
        blocker();
        FutureTask<Task<?>> spawning =
                new FutureTask<>(() -> runtime.call(() -> named("squeezed").spawn(() -> {})));
        Thread spawner = Thread.ofPlatform().start(spawning);
        awaitParked(spawner);

        RuntimeDump.Entry entry = inDump("squeezed");
        assertThat(entry.state()).isEqualTo(TaskState.UNLAUNCHED);
        assertThat(entry.reason())
                .contains("it waits for room", "1 thread waits for room in runtime 'explained'", "at most 1 tasks");
        release.countDown();
        spawning.get().join();
    }

    // ---- Waiting ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("waits for other tasks, by name, state and reason")
    void edges(boolean diagnostics) throws Exception {
        make(diagnostics);
        Task<?> blocker = blocker();
        Task<Integer> argument =
                runtime.call(() -> named("argument").requires(blocker).spawn(() -> 1));
        Task<?> waiting = runtime.call(() -> named("waiting").after(blocker).spawn(argument, x -> x));

        assertExplained(argument, true, "waits", "it requires 'blocker' (RUNNING)");
        assertExplained(
                waiting, true, "it takes the result of 'argument' (WAITING)", "it comes after 'blocker' (RUNNING)");
        assertThat(inDump("waiting").waitsFor())
                .containsExactlyInAnyOrder(
                        new RuntimeDump.Awaited("argument", TaskState.WAITING, "takes the result of"),
                        new RuntimeDump.Awaited("blocker", TaskState.RUNNING, "comes after"));
        assertThat(inDump("waiting").timeInState() != null).isEqualTo(diagnostics);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("waits behind a batch in a sequential region")
    void sequential(boolean diagnostics) throws Exception {
        make(diagnostics);
        CountDownLatch running = new CountDownLatch(1);
        Task<?> waiting = runtime.call(() -> Regions.sequential(() -> {
            Regions.bulk(() -> named("first").spawn(() -> {
                running.countDown();
                release.await();
            }));
            return named("second").spawn(() -> {});
        }));
        await(running);

        assertExplained(
                waiting,
                true,
                (diagnostics ? "it is behind, in sequence, " : "it requires ") + "'end of batch' (WAITING)");
        assertThat(inDump("end of batch").reason())
                .contains(diagnostics ? "it is the end of a batch with 'first' (RUNNING)" : "it requires 'first'");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("waits for a task of another runtime")
    void otherRuntime(boolean diagnostics) throws Exception {
        make(diagnostics);
        try (TaskRuntime other = TaskRuntime.builder().name("the other").build()) {
            Task<Integer> foreign = other.call(() -> named("foreign").spawn(() -> {
                release.await();
                return 1;
            }));
            Awaitility.await().until(() -> foreign.taskState() == TaskState.RUNNING);
            Task<?> waiting = runtime.call(() -> named("waiting").spawn(foreign, x -> x));

            assertExplained(waiting, true, "'foreign' (RUNNING, of runtime 'the other')");
            release.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("waits for one that a region still holds")
    void waitsForUnlaunched(boolean diagnostics) throws Exception {
        make(diagnostics);
        runtime.run(() -> {
            AtomicReference<Task<?>> waiting = new AtomicReference<>();
            Regions.bulk(() -> {
                Task<Integer> held = named("held").spawn(() -> 1);
                waiting.set(runtime.call(() -> named("waiting").spawn(held, x -> x)));
                assertExplained(waiting.get(), true, "'held' (UNLAUNCHED, held by bulk region");
            });
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("requires one that a region still holds")
    void requiresUnlaunched(boolean diagnostics) throws Exception {
        make(diagnostics);
        runtime.run(() -> {
            AtomicReference<Task<?>> waiting = new AtomicReference<>();
            Regions.bulk(() -> {
                Task<Integer> held = named("held").spawn(() -> 1);
                waiting.set(runtime.call(() -> named("waiting").requires(held).spawn(() -> {})));
                assertExplained(waiting.get(), true, "it requires 'held' (UNLAUNCHED, held by bulk region");
            });
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("waits for many tasks: some by name, and how many more")
    void manyEdges(boolean diagnostics) throws Exception {
        make(diagnostics);
        CountDownLatch running = new CountDownLatch(7);
        Task<?> waiting = runtime.call(() -> {
            TaskBuilder all = named("waiting");
            for (int i = 0; i < 7; i++) {
                all = all.requires(named("blocker " + i).spawn(() -> {
                    running.countDown();
                    release.await();
                }));
            }
            return all.spawn(() -> {});
        });
        await(running);

        assertExplained(waiting, true, "it requires 'blocker ", "; and 2 more");
        assertThat(inDump("waiting").waitsFor()).hasSize(7);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("waits to be completed from outside")
    void external(boolean diagnostics) throws Exception {
        make(diagnostics);
        CompletableTask<Integer> external = runtime.call(() -> named("reply").completable());

        assertExplained(external.task(), true, "waits to be completed from outside");
        external.complete(1);
        assertExplained(external.task(), false, "has succeeded");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("waits for its next attempt")
    void backoff(boolean diagnostics) throws Exception {
        make(diagnostics);
        Task<?> again = runtime.call(() -> named("again")
                .retry(RetryPolicy.maxAttempts(2).backoff(java.time.Duration.ofHours(1)))
                .spawn(() -> {
                    throw new IllegalStateException("down");
                }));
        Awaitility.await().until(() -> again.taskState() == TaskState.WAITING);
        Awaitility.await().until(() -> again.explain().contains("back-off"));

        assertExplained(again, true, "waits for its next attempt", "attempt 1 has failed");
        again.cancel();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("comes after a cancelled one that keeps its place in the order")
    void heldBackAsOrder(boolean diagnostics) throws Exception {
        make(diagnostics);
        Task<?> blocker = blocker();
        Task<?> middle = runtime.call(() -> named("middle").after(blocker).spawn(() -> {}));
        Task<?> last = runtime.call(() -> named("last").after(middle).spawn(() -> {}));
        middle.cancel();

        if (diagnostics) {
            assertExplained(
                    last,
                    true,
                    "it comes after 'middle' (CANCELLED), which will not run but keeps its place in the order",
                    "that comes after 'blocker' (RUNNING)");
        } else {
            assertExplained(last, true, "it comes after 'blocker' (RUNNING)"); // in place of the one that is detached
        }
        assertExplained(middle, false, "was cancelled", "it keeps its place in the order");
    }

    // ---- Ready ------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("waits for a permit of a limit, and who has it")
    void limit(boolean diagnostics) throws Exception {
        make(diagnostics);
        Limit limit = Limit.of("database", 1);
        CountDownLatch running = new CountDownLatch(1);
        runtime.run(() -> named("holder").limit(limit).spawn(() -> {
            running.countDown();
            release.await();
        }));
        await(running);
        Task<?> waiting = runtime.call(() -> named("waiting").limit(limit).spawn(() -> {}));

        assertExplained(
                waiting,
                true,
                "is ready, and waits for a permit of limit 'database'",
                "1 of 1 permits are taken, by 'holder'",
                "1 tasks wait");
        assertThat(inDump("waiting").waitsFor())
                .extracting(RuntimeDump.Awaited::name)
                .containsExactly("holder");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("has a place in one limit, and waits for one in the next")
    void secondLimit(boolean diagnostics) throws Exception {
        make(diagnostics);
        Limit wide = Limit.of("wide", 2);
        Limit narrow = Limit.of("narrow", 1);
        CountDownLatch running = new CountDownLatch(1);
        runtime.run(() -> named("holder").limit(narrow).spawn(() -> {
            running.countDown();
            release.await();
        }));
        await(running);
        Task<?> waiting =
                runtime.call(() -> named("waiting").limit(wide).limit(narrow).spawn(() -> {}));

        assertExplained(waiting, true, "waits for a permit of limit 'narrow'", "1 of 1 permits are taken, by 'holder'");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("waits for a place in the limit of a region")
    void limitedRegion(boolean diagnostics) throws Exception {
        make(diagnostics);
        CountDownLatch running = new CountDownLatch(1);
        Task<?> waiting = runtime.call(() -> Regions.withLimit(Limit.of("region's own", 1), () -> {
            named("holder").spawn(() -> {
                running.countDown();
                release.await();
            });
            await(running);
            return named("waiting").spawn(() -> {});
        }));

        assertExplained(waiting, true, "waits for a permit of limit 'region's own'", "taken, by 'holder'");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("is ready while no worker is free")
    void noWorkerFree(boolean diagnostics) throws Exception {
        make(diagnostics);
        try (Spinners all = new Spinners(Runtime.getRuntime().availableProcessors())) {
            assertThat(all).isNotNull();
            Task<?> waiting = runtime.call(() -> named("waiting").spawn(() -> {}));
            Task<?> apart = runtime.call(() -> named("apart").dedicatedThread().spawn(() -> {}));
            Task<?> low = runtime.call(() -> named("low").priority(Priority.LOW).spawn(() -> {}));
            Task<?> high =
                    runtime.call(() -> named("high").priority(Priority.HIGH).spawn(() -> {}));

            assertExplained(waiting, true, "is ready", "no worker has taken it yet", "'spinner 0'");
            assertExplained(apart, true, "is ready", "a thread of its own is being started");
            assertExplained(low, true, "is ready", "no worker has taken it yet", "it has a low priority");
            assertExplained(high, true, "is ready", "no worker has taken it yet", "'spinner 0'");
            assertThat(high.explain()).doesNotContain("priority");
            assertThat(runtime.readyCount()).isEqualTo(4);
            assertThat(inDump("spinner 0").reason()).contains("its thread is runnable");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("is ready, and reserved by a worker that is held up by another")
    void reserved(boolean diagnostics) throws Exception {
        make(diagnostics);
        int tasks = 20_000; // so small that a worker, which has one processor for itself, reserves several at a time
        int last = 10_000;
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch heldUp = new CountDownLatch(1);
        try (Spinners others = new Spinners(Runtime.getRuntime().availableProcessors() - 1)) {
            List<Task<?>> all = new ArrayList<>();
            CountDownLatch gate = new CountDownLatch(1);
            runtime.run(() -> {
                Task<?> first = Tasks.spawn(() -> await(gate));
                for (int i = 0; i < tasks; i++) {
                    all.add(named("small " + i).after(first).spawn(() -> {
                        if (begun.incrementAndGet() == last) {
                            heldUp.countDown();
                            while (!stop.get()) {
                                Thread.onSpinWait();
                            }
                        }
                    }));
                }
            });
            gate.countDown();
            await(heldUp);

            assertThat(others).isNotNull();
            List<RuntimeDump.Entry> ready = runtime.dump().tasks().stream()
                    .filter(entry -> entry.state() == TaskState.READY)
                    .toList();
            assertThat(ready)
                    .as("all that are left, also those that are reserved")
                    .hasSize(tasks - last)
                    .extracting(RuntimeDump.Entry::reason)
                    .allMatch(reason ->
                            reason.contains("no worker has taken it yet: 10000 tasks are in the ready queue"));
            Task<?> next = all.stream()
                    .filter(task -> task.taskState() == TaskState.READY)
                    .findFirst()
                    .orElseThrow();
            assertThat(next.explain()).contains("is ready", "no worker has taken it yet", "'small ");
        } finally {
            stop.set(true);
        }
    }

    /** Tasks that keep so many processors busy, each a worker of its own, until closed. */
    private final class Spinners implements AutoCloseable {
        private final AtomicBoolean stop = new AtomicBoolean();

        Spinners(int count) {
            AtomicInteger spinning = new AtomicInteger();
            for (int i = 0; i < count; i++) {
                String name = "spinner " + i;
                runtime.run(() -> named(name).spawn(() -> {
                    spinning.incrementAndGet();
                    while (!stop.get()) {
                        Thread.onSpinWait();
                    }
                }));
                int now = i;
                Awaitility.await().until(() -> spinning.get() > now);
            }
        }

        @Override
        public void close() {
            stop.set(true);
        }
    }

    // ---- Running ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("runs, on which thread, and where that waits")
    void running(boolean diagnostics) throws Exception {
        make(diagnostics);
        Task<?> blocker = blocker();
        Awaitility.await().until(() -> blocker.explain().contains("parked"));

        assertExplained(
                blocker,
                true,
                "runs on worker",
                "virtual thread #",
                "is blocked or parked",
                "ExplainTest.lambda$blocker");
        RuntimeDump.Entry entry = inDump("blocker");
        assertThat(entry.threadName()).isEqualTo("explained-worker: blocker");
        assertThat(entry.threadId()).isPositive();
        blocker.cancel(false);
        assertExplained(blocker, true, "it was asked to cancel, and its body has not ended");
    }

    /** Its static initialiser joins a task whose body needs the class. */
    private static final class Initialised {
        private static final int VALUE = value();

        private static int value() {
            Task<Integer> task = Tasks.spawn(() -> VALUE + 1); // the lambda is a method of this class
            JOINED_BY_INITIALISER.set(task);
            try {
                return task.get(2, TimeUnit.SECONDS);
            } catch (Exception e) {
                return 0;
            }
        }
    }

    private static final AtomicReference<Task<Integer>> JOINED_BY_INITIALISER = new AtomicReference<>();

    @Test
    @DisplayName("may wait for the class whose static initialiser joins it")
    void staticInitialiser() throws Exception {
        runtime = TaskRuntime.builder().build();
        FutureTask<Integer> initialises = start(() -> runtime.call(() -> Initialised.VALUE));

        Awaitility.await()
                .untilAsserted(() -> assertThat(JOINED_BY_INITIALISER.get()).isNotNull());
        Task<Integer> task = JOINED_BY_INITIALISER.get();
        Awaitility.await().untilAsserted(() -> assertThat(task.explain())
                .contains("waits for the static initialiser of " + Initialised.class.getName()));

        assertThat(initialises.get(SECONDS, TimeUnit.SECONDS)).isZero();
        assertThat(task.join()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("joins another one, parked or in place")
    void joining(boolean diagnostics) throws Exception {
        make(diagnostics);
        Task<?> blocker = blocker();
        AtomicReference<Task<?>> inner = new AtomicReference<>();
        CountDownLatch inside = new CountDownLatch(1);
        Task<?> parked = runtime.call(() -> named("parked").spawn(() -> blocker.await()));
        Task<?> outer = runtime.call(() -> named("outer").spawn(() -> {
            inner.set(named("inner").spawn(() -> {
                inside.countDown();
                release.await();
            }));
            inner.get().join();
        }));
        await(inside);
        Awaitility.await().until(() -> parked.explain().contains("join()"));
        Awaitility.await().until(() -> outer.explain().contains("join"));

        assertExplained(parked, true, "it is parked in a join() of 'blocker' (RUNNING)");
        assertThat(outer.explain())
                .containsAnyOf(
                        "it joins 'inner', which runs in place", "it is parked in a join() of 'inner' (RUNNING)");
        assertThat(inDump("outer").waitsFor())
                .containsExactly(new RuntimeDump.Awaited("inner", TaskState.RUNNING, "joins"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("joins another one in place, on its own thread, unless another worker has been faster")
    void joiningInPlace(boolean diagnostics) throws Exception {
        make(diagnostics);
        try (Spinners others = new Spinners(Runtime.getRuntime().availableProcessors() - 1)) {
            assertThat(others).isNotNull();
            int attempts = 0;
            while (!joinedInPlace()) {
                assertThat(++attempts).isLessThan(100);
            }
        }
    }

    private boolean joinedInPlace() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Task<?> outer = runtime.call(() -> named("outer").spawn(() -> named("inner")
                .spawn(() -> {
                    inside.countDown();
                    end.await();
                })
                .join()));
        await(inside);
        Awaitility.await().until(() -> outer.explain().contains("join"));

        boolean inPlace = inDump("outer").threadId() == inDump("inner").threadId();
        assertExplained(
                outer,
                true,
                inPlace
                        ? "it joins 'inner', which runs in place, on the same thread"
                        : "it is parked in a join() of 'inner' (RUNNING)");
        end.countDown();
        outer.join();
        return inPlace;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("runs on a thread of its own")
    void dedicated(boolean diagnostics) throws Exception {
        make(diagnostics);
        CountDownLatch running = new CountDownLatch(1);
        Task<?> apart = runtime.call(() -> named("apart").dedicatedThread().spawn(() -> {
            running.countDown();
            release.await();
        }));
        await(running);
        Awaitility.await().until(() -> apart.explain().contains("parked"));

        assertExplained(apart, true, "virtual thread #", "is blocked or parked", "ExplainTest.lambda$dedicated");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("waits in its body for the tasks of a region")
    void waitsInBody(boolean diagnostics) throws Exception {
        make(diagnostics);
        Task<?> joins = runtime.call(() -> named("joins")
                .spawn(() -> Regions.joined(() -> {
                    named("inside").dedicatedThread().spawn(() -> release.await()); // so never run in place
                })));
        Awaitility.await().until(() -> joins.explain().contains("parked"));

        assertExplained(joins, true, "it is parked in a join() of 'inside' (RUNNING)");
    }

    // ---- Final ------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("has ended, and how: succeeded, failed, skipped by which path, cancelled, abandoned")
    void ended(boolean diagnostics) throws Exception {
        make(diagnostics);
        runtime.run(() -> {
            Task<?> fine = named("fine").spawn(() -> {});
            Task<?> failed = named("failed").spawn(() -> {
                throw new IllegalStateException("no");
            });
            Task<?> skipped = named("skipped").requires(failed).spawn(() -> {});
            Task<?> further = named("further").requires(skipped).spawn(() -> {});
            fine.await();
            failed.await();
            further.await();
            AtomicReference<Task<?>> abandoned = new AtomicReference<>();
            try {
                Regions.bulk(() -> {
                    abandoned.set(named("abandoned").spawn(() -> {}));
                    throw new IllegalStateException("given up");
                });
            } catch (IllegalStateException expected) {
                assertThat(expected).hasMessage("given up");
            }
            Task<?> cancelled = named("cancelled").completable().task();
            Task<?> unwanted = named("unwanted").requires(cancelled).spawn(() -> {});
            cancelled.cancel();
            unwanted.await();

            assertExplained(fine, false, "has succeeded");
            assertExplained(failed, false, "has failed: java.lang.IllegalStateException: no");
            assertExplained(skipped, false, "was skipped, and never ran: it requires failed, which failed", "no");
            assertExplained(further, false, "it requires skipped, which required failed, which failed");
            assertExplained(abandoned.get(), false, "was abandoned before launch", "given up");
            assertExplained(cancelled, false, "was cancelled");
            assertExplained(unwanted, false, "it requires cancelled, which was cancelled: ");
        });
    }

    // ---- The dump as a whole ----------------------------------------------------------------------------------------

    @Test
    @DisplayName("the dump says so where it cannot know since when, and is the same as text and as JSON")
    void formats() throws Exception {
        make(false);
        blocker();

        RuntimeDump dump = runtime.dump();

        assertThat(dump.toString())
                .startsWith("runtime 'explained' at ")
                .contains(
                        "1 tasks in flight",
                        "RUNNING 'blocker' runs on worker",
                        "Since when a task waits is known with");
        assertThat(dump.toJson())
                .startsWith("{\"runtime\":\"explained\",\"takenAt\":\"")
                .contains("\"name\":\"blocker\",\"state\":\"RUNNING\"", "\"nanosInState\":null");
    }

    @Test
    @DisplayName("with diagnostics, it is in its state for so long, and so the dump need not say how to find out")
    void times() throws Exception {
        make(true);
        blocker();

        assertThat(inDump("blocker").timeInState()).isNotNull();
        assertThat(runtime.dump().toString()).doesNotContain("Since when");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("nothing, when nothing is unfinished")
    void empty(boolean diagnostics) throws Exception {
        make(diagnostics);
        runtime.call(() -> Tasks.spawn(() -> 1)).join();

        Awaitility.await().until(() -> runtime.dump().tasks().isEmpty());
        assertThat(runtime.dump().toString()).doesNotContain("Since when");
    }
}
