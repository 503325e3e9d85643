package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.regions.observe.UncaughtFailure;
import dev.regions.queue.BulkQueue;
import dev.regions.queue.ChainPolicy;
import dev.regions.queue.Joiner;
import dev.regions.queue.QueueStack;
import dev.regions.queue.RegionAction;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import dev.regions.task.UnlaunchedTaskException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A region with a join policy")
@Timeout(value = 4 * SECONDS, unit = TimeUnit.SECONDS)
class JoinerTest {
    private final List<Task<?>> tasks = new ArrayList<>();

    @AfterEach
    void nothingIsLeftOnTheStack() {
        assertThat(QueueStack.enclosing()).isEmpty();
    }

    /**
     * A body that runs until it is interrupted, and says when it has started and that it has ended: not before the
     * thread that made this waits, for that it does so is what is to be shown.
     */
    private static final class Endless {
        private final Thread waits = Thread.currentThread();
        final CountDownLatch started = new CountDownLatch(1);
        final AtomicBoolean ended = new AtomicBoolean();

        void run() throws InterruptedException {
            started.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                Handshakes.awaitParked(waits);
                ended.set(true);
            }
        }
    }

    private final Endless endless = new Endless();

    /** Says what it was told, and may throw. */
    private record Faulty(boolean onFinalThrows, RuntimeException wrong) implements Joiner<String> {
        @Override
        public boolean onComplete(Task<?> task, long position) {
            if (onFinalThrows) {
                throw wrong;
            }
            return false;
        }

        @Override
        public String result() {
            throw wrong;
        }
    }

    // ---- Block form
    // ---------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("anySuccessful() returns the first result, with the rest cancelled and awaited")
    void anySuccessful() throws Exception {
        String first = Regions.joined(Joiner.anySuccessful(), () -> {
            tasks.add(Tasks.spawn(endless::run));
            Tasks.spawn(() -> {
                throw new IOException("no success");
            });
            Tasks.spawn(() -> {
                await(endless.started);
                return "won";
            });
        });

        assertThat(first).isEqualTo("won");
        assertThat(endless.ended).isTrue();
        assertThat(tasks.get(0).taskState()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    @DisplayName("failFast() throws at the first failure, with the rest cancelled and awaited")
    void failFast() {
        assertThatThrownBy(() -> Regions.joined(Joiner.failFast(), () -> {
                    Tasks.spawn(endless::run);
                    Tasks.spawn(() -> {
                        await(endless.started);
                        throw new IOException("failed");
                    });
                }))
                .isInstanceOf(RegionFailedException.class)
                .hasCauseInstanceOf(IOException.class);

        assertThat(endless.ended).isTrue();
    }

    @Test
    @DisplayName("that needs no more while its body still runs never runs what the body spawns after that")
    void needsNoMoreDuringBody() throws Exception {
        AtomicBoolean ran = new AtomicBoolean();

        int first = Regions.joined(Joiner.anySuccessful(), () -> {
            Tasks.spawn(() -> 1).await();
            tasks.add(Tasks.spawn(endless::run));
            tasks.get(0).await(); // cancelled by the policy, before it was spawned or after
            Regions.bulk(() -> tasks.add(Tasks.spawn(() -> ran.set(true))));
        });

        assertThat(first).isEqualTo(1);
        assertThat(ran).isFalse();
        assertThat(tasks.get(1).taskState()).isEqualTo(TaskState.ABANDONED);
    }

    @Test
    @DisplayName("is told of the tasks of nested regions, and not of their barriers; a failure it was told of is seen")
    void collectNested() throws Exception {
        Queue<UncaughtFailure> uncaught = new ConcurrentLinkedQueue<>();
        try (TaskRuntime runtime =
                TaskRuntime.builder().onUncaughtFailure(uncaught::add).build()) {
            List<Task<?>> outcomes = runtime.call(() -> Regions.joined(
                    Joiner.allCompleted(),
                    () -> Regions.sequential(() -> {
                        tasks.add(Tasks.spawn(() -> 1));
                        Regions.bulk(() -> {
                            tasks.add(Tasks.spawn(() -> {
                                throw new IOException("failed");
                            }));
                            tasks.add(Tasks.spawn(() -> 2));
                        });
                        tasks.add(Tasks.spawn(() -> 3));
                    })));

            assertThat(outcomes).isEqualTo(tasks);
            assertThat(outcomes.get(1).taskState()).isEqualTo(TaskState.FAILED);
            assertThat(outcomes.get(3).taskState()).isEqualTo(TaskState.SKIPPED);
        }
        assertThat(uncaught).isEmpty();
    }

    @Test
    @DisplayName(
            "that throws, when told of a task or at the end, lets the region throw the same when all tasks are final")
    void policyThrows() {
        RuntimeException wrong = new RuntimeException("by the policy");

        assertThatThrownBy(() -> Regions.joined(new Faulty(true, wrong), () -> {
                    Tasks.spawn(endless::run);
                    Tasks.spawn(() -> await(endless.started));
                }))
                .isSameAs(wrong);
        assertThat(endless.ended).isTrue();

        assertThatThrownBy(() -> Regions.joined(new Faulty(false, wrong), () -> tasks.add(Tasks.spawn(() -> 1))))
                .isSameAs(wrong);
        assertThat(tasks.get(0).isDone()).isTrue();
    }

    /** A user's own, made of another one: all must succeed, and it counts those that do. */
    private static final class Counting implements Joiner<Integer> {
        private final Joiner<?> all;
        private int succeeded;

        Counting(Joiner<?> all) {
            this.all = all;
        }

        @Override
        public boolean onComplete(Task<?> task, long position) {
            succeeded += task.taskState() == TaskState.SUCCEEDED ? 1 : 0;
            return all.onComplete(task, position);
        }

        @Override
        public Integer result() {
            all.result();
            return succeeded;
        }
    }

    @Test
    @DisplayName("of the user's own may be made of another one, in block form and in scope form")
    void composed() throws Exception {
        int succeeded = Regions.joined(new Counting(Joiner.allSuccessful()), () -> {
            Tasks.spawn(() -> {});
            Regions.bulk(() -> Tasks.spawn(() -> {}));
        });
        assertThat(succeeded).isEqualTo(2);

        assertThatThrownBy(() -> {
                    try (var scope = Regions.joined(new Counting(Joiner.failFast()))) {
                        scope.fork(endless::run);
                        scope.fork(() -> {
                            await(endless.started);
                            throw new IOException("failed");
                        });
                        scope.join();
                    }
                })
                .isInstanceOf(RegionFailedException.class)
                .hasCauseInstanceOf(IOException.class);
        assertThat(endless.ended).isTrue();
    }

    @Test
    @DisplayName(
            "that throws, an Error even, leaves the runtime as it was: later tasks run, nothing is left, it closes")
    void policyThrowsAnError() throws Exception {
        AssertionError wrong = new AssertionError("by the policy");
        Joiner<String> faulty = new Joiner<>() {
            @Override
            public boolean onComplete(Task<?> task, long position) {
                throw wrong;
            }

            @Override
            public String result() {
                throw wrong;
            }
        };
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> assertThatThrownBy(() -> Regions.joined(faulty, () -> {
                        for (int i = 0; i < 100; i++) {
                            tasks.add(
                                    Tasks.spawn(tasks.isEmpty() ? Tasks.spawn(() -> 1) : Tasks.spawn(() -> 2), x -> x));
                        }
                    }))
                    .isSameAs(wrong));

            assertThat(tasks).isNotEmpty().allMatch(Task::isDone);
            assertThat(runtime.call(() -> Tasks.spawn(Tasks.spawn(() -> 1), x -> x + 1))
                            .join())
                    .isEqualTo(2);
            org.awaitility.Awaitility.await().until(() -> runtime.inFlightCount() == 0);
        }
    }

    @Test
    @DisplayName(
            "or without one, whose body throws or whose thread is interrupted, has what runs cancelled and awaited")
    void withoutPolicy() throws Exception {
        assertThatThrownBy(() -> Regions.joined(() -> {
                    Tasks.spawn(endless::run);
                    await(endless.started);
                    throw new IOException("the body");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("the body")
                .hasNoSuppressedExceptions();
        assertThat(endless.ended).isTrue();

        Endless second = new Endless();
        assertThatThrownBy(() -> Regions.joined(() -> {
                    tasks.add(Tasks.spawn(second::run));
                    await(second.started);
                    Thread.currentThread().interrupt();
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(second.ended).isTrue();
        assertThat(tasks.get(0).taskState()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    @DisplayName("whose body throws, throws that, with what runs cancelled and awaited")
    void bodyThrows() {
        assertThatThrownBy(() -> Regions.joined(Joiner.allCompleted(), () -> {
                    Tasks.spawn(endless::run);
                    await(endless.started);
                    throw new IOException("the body");
                }))
                .isInstanceOf(IOException.class);

        assertThat(endless.ended).isTrue();
    }

    @Test
    @DisplayName("inside a bulk region throws before its body runs")
    void insideBulk() throws Exception {
        AtomicBoolean bodyRan = new AtomicBoolean();
        Regions.bulk(() -> assertThatThrownBy(() -> Regions.joined(Joiner.allCompleted(), () -> bodyRan.set(true)))
                .isInstanceOf(UnlaunchedTaskException.class));
        assertThat(bodyRan).isFalse();
    }

    // ---- Scope form
    // ---------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("as a scope returns what the policy makes of it from join()")
    void scope() throws Exception {
        try (var scope = Regions.joined(Joiner.<String>anySuccessful())) {
            Task<?> rest = scope.fork(endless::run);
            scope.fork(() -> {
                await(endless.started);
                return "won";
            });

            String first = scope.join();

            assertThat(first).isEqualTo("won");
            assertThat(endless.ended).isTrue();
            assertThat(rest.taskState()).isEqualTo(TaskState.CANCELLED);
            assertThat(scope.fork(() -> "late").taskState()).isEqualTo(TaskState.ABANDONED);
            assertThat(scope.join()).isEqualTo("won");
        }
    }

    @Test
    @DisplayName("as a scope may have any queue, and takes several rounds")
    void scopeWithQueue() throws Exception {
        try (var scope = Regions.withQueue(BulkQueue::new, Joiner.allCompleted())) {
            Task<?> held = scope.fork(() -> 1);
            assertThat(held.taskState()).isEqualTo(TaskState.UNLAUNCHED);
            assertThat(scope.join()).containsExactly(held);

            Task<?> second = scope.fork(() -> 2);
            assertThat(scope.join()).containsExactly(held, second);
        }
    }

    @Test
    @DisplayName("as a scope throws what the policy throws, with the rest cancelled and awaited")
    void scopePolicyThrows() {
        RuntimeException wrong = new RuntimeException("by the policy");
        assertThatThrownBy(() -> {
                    try (var scope = Regions.joined(new Faulty(true, wrong))) {
                        scope.fork(endless::run);
                        scope.fork(() -> await(endless.started));
                        scope.join();
                    }
                })
                .isSameAs(wrong)
                .hasNoSuppressedExceptions();
        assertThat(endless.ended).isTrue();
    }

    // ---- Timeouts
    // -----------------------------------------------------------------------------------------------------

    @Test
    @DisplayName(
            "join(Duration) that times out cancels and awaits the rest, and names scope, thread and number of tasks")
    void timeout() throws Exception {
        IOException failure = new IOException("failed in time");
        try (var scope = Regions.bulk()) {
            scope.fork(endless::run);
            scope.fork(() -> {});
            scope.fork(scope.fork(() -> await(new CountDownLatch(1))), nothing -> 1);
            Task<?> failed = scope.fork(() -> {
                throw failure;
            });
            scope.launch();
            await(endless.started);
            failed.await();

            Throwable thrown = catchThrowable(() -> scope.join(Duration.ofMillis(1)));

            assertThat(thrown)
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("bulk region")
                    .hasMessageContaining(Thread.currentThread().toString())
                    .hasMessageContaining("3 of its tasks were not final");
            assertThat(thrown.getSuppressed()).singleElement().satisfies(region -> assertThat(region)
                    .isInstanceOf(RegionFailedException.class)
                    .hasCause(failure));
            assertThat(endless.ended).isTrue();

            Task<Integer> next = scope.fork(() -> 2);
            scope.join();
            assertThat(next.resultNow()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("join(Duration) and joinUntil(..) return in time what join() would have")
    void inTime() throws Exception {
        try (var scope = Regions.joined(Joiner.<Integer>anySuccessful())) {
            scope.fork(() -> 1);
            assertThat(scope.join(Duration.ofSeconds(SECONDS))).isEqualTo(1);
            assertThat(scope.joinUntil(Instant.MAX)).isEqualTo(1);
            assertThat(scope.join(Duration.ZERO)).isEqualTo(1);
        }
        assertThatThrownBy(() -> {
                    try (var scope = Regions.joined()) {
                        scope.fork(() -> {
                            throw new IOException("failed");
                        });
                        scope.joinUntil(Instant.now().plusSeconds(SECONDS));
                    }
                })
                .isInstanceOf(RegionFailedException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    @DisplayName("joinUntil(..) a time that comes while tasks run cancels and awaits them, as join(Duration) does")
    void deadlineComes() throws Exception {
        try (var scope = Regions.joined()) {
            Task<?> late = scope.fork(endless::run);
            await(endless.started);

            assertThatThrownBy(() -> scope.joinUntil(Instant.now().plusMillis(20)))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("1 of its tasks were not final");

            assertThat(endless.ended).isTrue();
            assertThat(late.taskState()).isEqualTo(TaskState.CANCELLED);
        }
    }

    @Test
    @DisplayName(
            "joinUntil(..) a time that is past throws if anything is not final; join() then has what the policy knows")
    void pastDeadline() throws Exception {
        try (var scope = Regions.joined(Joiner.allCompleted())) {
            Task<?> late = scope.fork(endless::run);

            assertThatThrownBy(() -> scope.joinUntil(Instant.MIN)).isInstanceOf(TimeoutException.class);

            assertThat(scope.join()).containsExactly(late);
            assertThat(late.taskState()).isEqualTo(TaskState.CANCELLED);
        }
    }

    // ---- Failures
    // -----------------------------------------------------------------------------------------------------

    @Test
    @DisplayName(
            "or without one keeps a hundred of 100 000 failures, says how many it left out, and reports none of those")
    void manyFailures() throws Exception {
        AtomicInteger uncaught = new AtomicInteger();
        try (TaskRuntime runtime = TaskRuntime.builder()
                .onUncaughtFailure(failure -> uncaught.incrementAndGet())
                .build()) {
            RegionFailedException failed = catchThrowableOfType(
                    RegionFailedException.class,
                    () -> runtime.call(() -> Regions.joined(() -> {
                        for (int i = 0; i < 100_000; i++) {
                            int number = i;
                            Tasks.spawn(() -> {
                                throw new Stackless("failure " + number);
                            });
                        }
                        return null;
                    })));

            assertThat(failed).hasMessageContaining("100000 failed").hasMessageContaining("99900 of them are left out");
            assertThat(failed.getCause()).hasMessage("failure 0");
            assertThat(failed.getSuppressed()).hasSize(99);
            assertThat(failed.getSuppressed()[98]).hasMessage("failure 99");
        }
        assertThat(uncaught).hasValue(0);
    }

    private static final class Stackless extends Exception {
        private static final long serialVersionUID = 1L;

        Stackless(String message) {
            super(message, null, false, false);
        }
    }

    @Test
    @DisplayName(
            "or without one throws a failure once, with the rest of a SKIP_REST skipped by the path of their names")
    void failChain() throws Exception {
        IOException failure = new IOException("the first");
        assertThatThrownBy(() -> Regions.joined(() -> Regions.sequential(() -> {
                    tasks.add(Tasks.builder().name("extract").spawn(() -> {
                        throw failure;
                    }));
                    tasks.add(Tasks.builder().name("transform").spawn(() -> 1));
                    tasks.add(Tasks.builder().name("load").spawn(() -> 2));
                })))
                .isInstanceOf(RegionFailedException.class)
                .hasMessageContaining("1 failed")
                .hasCause(failure)
                .hasNoSuppressedExceptions();

        assertThat(tasks)
                .extracting(Task::taskState)
                .containsExactly(TaskState.FAILED, TaskState.SKIPPED, TaskState.SKIPPED);
        assertThatThrownBy(() -> tasks.get(2).join())
                .hasMessageContaining("it requires transform, which required extract, which failed")
                .hasCause(failure);
    }

    @Test
    @DisplayName("or without one throws all failures of a CONTINUE chain, which runs to its end in order")
    void continueChain() {
        AtomicReference<String> ran = new AtomicReference<>("");
        RegionFailedException failed = catchThrowableOfType(
                RegionFailedException.class,
                () -> Regions.joined(() -> Regions.sequential(ChainPolicy.CONTINUE, () -> {
                    for (String name : List.of("a", "b", "c")) {
                        Tasks.spawn(() -> {
                            ran.updateAndGet(before -> before + name);
                            if (!name.equals("b")) {
                                throw new IOException(name);
                            }
                        });
                    }
                    Regions.bulk(() -> Tasks.spawn(() -> ran.updateAndGet(before -> before + "d")));
                })));

        assertThat(ran).hasValue("abcd");
        assertThat(failed.getCause()).hasMessage("a");
        assertThat(failed.getSuppressed()).extracting(Throwable::getMessage).containsExactly("c");
    }

    @Test
    @DisplayName("or without one throws in spawn order, whatever the order in which the tasks fail")
    void spawnOrder() {
        for (int[] order : new int[][] {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
            for (Joiner<?> policy : List.of(Joiner.allSuccessful(), Joiner.anySuccessful())) {
                CountDownLatch[] turns = {new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1)};
                List<Task<?>> round = new ArrayList<>();
                RegionFailedException thrown = catchThrowableOfType(
                        RegionFailedException.class,
                        () -> Regions.joined(policy, () -> {
                            for (int i = 0; i < 3; i++) {
                                int number = i;
                                round.add(Tasks.spawn(() -> {
                                    await(turns[number]);
                                    throw new IOException("failure " + number);
                                }));
                            }
                            for (int next : order) {
                                turns[next].countDown();
                                round.get(next).await();
                            }
                        }));

                assertThat(thrown.getCause()).hasMessage("failure 0");
                assertThat(thrown.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("failure 1", "failure 2");
            }
        }
    }

    /** How a region without a result is joined. */
    enum Form {
        BLOCK {
            @Override
            void run(RegionAction<Exception> body) throws Exception {
                Regions.joined(body);
            }
        },
        SCOPE {
            @Override
            void run(RegionAction<Exception> body) throws Exception {
                try (RegionScope scope = Regions.joined()) {
                    body.run();
                    scope.join();
                }
            }
        },
        SCOPE_WITH_TIME {
            @Override
            void run(RegionAction<Exception> body) throws Exception {
                try (RegionScope scope = Regions.joined()) {
                    body.run();
                    scope.join(Duration.ofHours(1));
                }
            }
        },
        ALL_SUCCEED {
            @Override
            void run(RegionAction<Exception> body) throws Exception {
                Regions.joined(Joiner.allSuccessful(), body);
            }
        },
        FAIL_FAST {
            @Override
            void run(RegionAction<Exception> body) throws Exception {
                Regions.joined(Joiner.failFast(), body);
            }
        },
        FIRST_SUCCESS {
            @Override
            void run(RegionAction<Exception> body) throws Exception {
                Regions.joined(Joiner.anySuccessful(), body);
            }
        };

        abstract void run(RegionAction<Exception> body) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("fails for a task that is skipped because the body of one outside threw, also a CancellationException")
    void failureThatIsACancellation(Form form) throws Exception {
        CancellationException thrown = new CancellationException("thrown by the body");
        Task<Integer> outside = Tasks.spawn(() -> {
            throw thrown;
        });
        outside.await();

        assertThat(outside.taskState()).isEqualTo(TaskState.FAILED);
        assertThatThrownBy(() -> form.run(() -> Tasks.spawn(outside, x -> x)))
                .isInstanceOf(RegionFailedException.class)
                .hasCause(thrown);
        assertThatThrownBy(() -> form.run(() -> {
                    Tasks.spawn(() -> {
                        throw thrown;
                    });
                }))
                .isInstanceOf(RegionFailedException.class)
                .hasCause(thrown);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FAIL_FAST")
    @DisplayName("counts each of the tasks that fail with one exception, names it once, and leaves none unobserved")
    void sameExceptionOfManyTasks(Form form) throws Exception {
        IllegalStateException shared = new IllegalStateException("shared");
        Queue<UncaughtFailure> unobserved = new ConcurrentLinkedQueue<>();
        TaskRuntime runtime =
                TaskRuntime.builder().onUncaughtFailure(unobserved::add).build();

        RegionFailedException failed = catchThrowableOfType(
                RegionFailedException.class,
                () -> runtime.run(() -> form.run(() -> {
                    for (int i = 0; i < 50; i++) {
                        Tasks.spawn(() -> {
                            throw shared;
                        });
                    }
                })));
        runtime.close();

        assertThat(failed).hasMessageContaining("50 failed").hasCause(shared).hasNoSuppressedExceptions();
        assertThat(unobserved).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FAIL_FAST")
    @DisplayName(
            "leaves no failure unobserved of tasks outside that failed with one exception, and that its tasks require")
    void skippedForSameExceptionOfManyTasks(Form form) throws Exception {
        IllegalStateException shared = new IllegalStateException("shared");
        Queue<UncaughtFailure> unobserved = new ConcurrentLinkedQueue<>();
        TaskRuntime runtime =
                TaskRuntime.builder().onUncaughtFailure(unobserved::add).build();

        RegionFailedException failed = catchThrowableOfType(
                RegionFailedException.class,
                () -> runtime.run(() -> {
                    List<Task<Integer>> outside = new ArrayList<>();
                    for (int i = 0; i < 50; i++) {
                        outside.add(Tasks.spawn(() -> {
                            throw shared;
                        }));
                    }
                    form.run(() -> outside.forEach(task -> Tasks.spawn(task, x -> x)));
                }));
        runtime.close();

        assertThat(failed).hasCause(shared).hasNoSuppressedExceptions();
        assertThat(unobserved).isEmpty();
    }

    @Test
    @DisplayName("logs no failures as unobserved: its policy was notified of each")
    void logsNothing() throws Exception {
        ForkedJvm.run(ManyFailuresOfAPolicy.class, 4 * SECONDS, List.of());
    }

    /** Started in a JVM of its own, whose log goes to where the error output goes when the first line is logged. */
    static final class ManyFailuresOfAPolicy {
        private ManyFailuresOfAPolicy() {}

        public static void main(String[] arguments) throws Exception {
            ByteArrayOutputStream logged = new ByteArrayOutputStream();
            System.setErr(new PrintStream(logged, true));
            try (TaskScope<List<Task<?>>> scope = Regions.joined(new Collecting())) {
                for (int i = 0; i < 5000; i++) {
                    scope.fork(() -> {
                        throw new IllegalStateException("on purpose");
                    });
                }
                assertThat(scope.join()).hasSize(5000);
            }
            assertThat(logged.toString()).isEmpty();
        }
    }

    private static final class Collecting implements Joiner<List<Task<?>>> {
        private final List<Task<?>> told = new ArrayList<>();

        @Override
        public boolean onComplete(Task<?> task, long position) {
            told.add(task);
            return false;
        }

        @Override
        public List<Task<?>> result() {
            return told;
        }
    }
}
