package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.regions.observe.UncaughtFailure;
import dev.regions.queue.Joiner;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskAction;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskSkippedException;
import dev.regions.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A user exception with methods that throw")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class HostileExceptionsTest {

    /** All its methods throw. */
    private static final class Hostile extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String toString() {
            throw new IllegalStateException("toString");
        }

        @Override
        public String getMessage() {
            throw new IllegalStateException("getMessage");
        }

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("getCause");
        }

        @Override
        public int hashCode() {
            throw new IllegalStateException("hashCode");
        }

        @Override
        @SuppressWarnings("EqualsWhichDoesntCheckParameterClass")
        public boolean equals(Object other) {
            throw new IllegalStateException("equals");
        }
    }

    /** Its text has no end. */
    private static final class Endless extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        @SuppressWarnings("InfiniteRecursion")
        public String toString() {
            return this + "x";
        }
    }

    enum Kind {
        HOSTILE {
            @Override
            RuntimeException make() {
                return new Hostile();
            }
        },
        ENDLESS {
            @Override
            RuntimeException make() {
                return new Endless();
            }
        },
        HUGE {
            @Override
            RuntimeException make() {
                return new IllegalStateException("x".repeat(5_000));
            }
        };

        abstract RuntimeException make();
    }

    private static TaskAction failing(RuntimeException failure) {
        return () -> {
            throw failure;
        };
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("is the cause of the exception that each wait for the task, or for a hard dependent, throws")
    void waits(Kind kind) {
        RuntimeException failure = kind.make();
        Task<?> task = Tasks.spawn(failing(failure));
        Task<?> skipped = Tasks.spawn(task, x -> x);

        Throwable joined = catchThrowable(task::join);
        Throwable got = catchThrowable(() -> task.get(SECONDS, TimeUnit.SECONDS));
        Throwable ofSkipped = catchThrowable(skipped::join);

        assertThat(joined).isInstanceOf(TaskFailedException.class);
        assertThat(joined.getCause()).isSameAs(failure);
        assertThat(got).isInstanceOf(ExecutionException.class);
        assertThat(got.getCause()).isSameAs(failure);
        assertThat(ofSkipped).isInstanceOf(TaskSkippedException.class);
        assertThat(ofSkipped.getCause()).isSameAs(failure);
        assertThat(List.of(joined, got, ofSkipped))
                .allSatisfy(thrown -> assertThat(thrown.getMessage()).hasSizeLessThan(2000));
        assertThat(skipped.explain()).contains("was skipped");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("and the other failures of its region are thrown by each kind of joined region")
    void regions(Kind kind) {
        RuntimeException failure = kind.make();
        RuntimeException other = new IllegalArgumentException("other");
        TaskAction body = () -> {
            Task<?> first = Tasks.spawn(failing(failure));
            first.await();
            Tasks.spawn(failing(other)).await();
        };

        for (Throwable thrown : List.of(
                catchThrowable(() -> Regions.joined(() -> body.run())),
                catchThrowable(() -> Regions.joined(Joiner.allSuccessful(), () -> body.run())),
                catchThrowable(() -> {
                    try (RegionScope scope = Regions.joined()) {
                        body.run();
                        scope.join();
                    }
                }))) {
            assertThat(thrown).isInstanceOf(RegionFailedException.class);
            assertThat(thrown.getCause()).isSameAs(failure);
            assertThat(thrown.getSuppressed()).hasSize(1).allMatch(suppressed -> suppressed == other);
            assertThat(thrown.getMessage()).contains("2 failed").hasSizeLessThan(2000);
        }
        Throwable fast = catchThrowable(() -> Regions.joined(Joiner.failFast(), () -> Tasks.spawn(failing(failure))));
        assertThat(fast).isInstanceOf(RegionFailedException.class);
        assertThat(fast.getCause()).isSameAs(failure);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("is suppressed, in its region's failure, under the timeout of a scope")
    void timeout(Kind kind) throws Exception {
        RuntimeException failure = kind.make();
        try (RegionScope scope = Regions.joined()) {
            scope.fork(failing(failure)).await();
            scope.fork(() -> Handshakes.await(new java.util.concurrent.CountDownLatch(1)));

            TimeoutException late =
                    catchThrowableOfType(TimeoutException.class, () -> scope.join(Duration.ofMillis(1)));

            assertThat(late.getSuppressed()).hasSize(1);
            assertThat(late.getSuppressed()[0].getCause()).isSameAs(failure);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("thrown by the body of a region abandons the held tasks, and is rethrown unchanged")
    void bodyOfBulkRegion(Kind kind) throws Exception {
        RuntimeException failure = kind.make();
        List<Task<?>> tasks = new ArrayList<>();

        Throwable block = catchThrowable(() -> Regions.bulk(() -> {
            tasks.add(Tasks.spawn(() -> 1));
            tasks.add(Tasks.spawn(() -> 2));
            throw failure;
        }));
        Throwable inJoined = catchThrowable(() -> Regions.joined(() -> Regions.bulk(() -> {
            tasks.add(Tasks.spawn(() -> 3));
            throw failure;
        })));
        Throwable scope = catchThrowable(() -> {
            try (RegionScope bulk = Regions.bulk()) {
                tasks.add(bulk.fork(() -> 4));
                throw failure;
            }
        });
        Throwable scopeInside = catchThrowable(() -> Regions.bulk(() -> {
            try (RegionScope joined = Regions.joined()) {
                tasks.add(joined.fork(() -> 5));
                throw failure;
            }
        }));

        assertThat(List.of(block, inJoined, scope, scopeInside).stream().allMatch(thrown -> thrown == failure))
                .isTrue();
        assertThat(tasks).hasSize(5).allMatch(Task::isDone).allMatch(Task::isCancelled);
        assertThat(tasks.get(0).taskState()).isEqualTo(TaskState.ABANDONED);
        assertThat(catchThrowable(() -> tasks.get(0).join()).getCause().getCause())
                .isSameAs(failure);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("is reported as uncaught, also if the handler throws it again")
    void uncaught(Kind kind) {
        RuntimeException failure = kind.make();
        Queue<UncaughtFailure> reported = new ConcurrentLinkedQueue<>();
        TaskRuntime runtime = TaskRuntime.builder()
                .onUncaughtFailure(uncaught -> {
                    reported.add(uncaught);
                    throw failure;
                })
                .build();
        try (LogRecords log = LogRecords.containing("the handler of uncaught failures failed")) {
            runtime.run(() -> {
                Tasks.spawn(failing(failure));
                Tasks.spawn(failing(failure));
            });

            runtime.close();

            if (kind == Kind.ENDLESS) { // the logger cannot print it: the message names its class instead
                assertThat(log.await(2).messages()).allMatch(message -> message.contains("whose toString()"));
            } else {
                assertThat(log.await(2).thrown()).allMatch(thrown -> thrown == failure);
            }
        }
        assertThat(reported).hasSize(2).allMatch(uncaught -> uncaught.thrown() == failure);
        assertThat(reported)
                .allSatisfy(uncaught -> assertThat(uncaught.toString()).hasSizeLessThan(2000));
    }

    private static int down(int levels) throws Exception {
        if (levels == 0) {
            throw new IllegalStateException("disk full");
        }
        Task<Integer> below = Tasks.spawn(() -> down(levels - 1));
        return 1 + (levels % 2 == 0 ? below.join() : below.get());
    }

    private static int scopes(int levels) throws Exception {
        if (levels == 0) {
            throw new IllegalStateException("disk full");
        }
        try (RegionScope scope = Regions.joined()) {
            Task<Integer> below = scope.fork(() -> scopes(levels - 1));
            scope.join();
            return 1 + below.resultNow();
        }
    }

    @Test
    @DisplayName("makes messages that do not grow with the number of waits it passes, and that name the root cause")
    void passedOn() {
        for (Task<Integer> top : List.of(Tasks.spawn(() -> down(500)), Tasks.spawn(() -> scopes(500)))) {
            Throwable thrown = catchThrowable(top::join);

            assertThat(thrown).hasMessageContaining("disk full").hasRootCauseMessage("disk full");
            for (Throwable at = thrown; at != null; at = at.getCause()) {
                assertThat(at.getMessage()).hasSizeLessThan(2000);
            }
        }
    }

    @Test
    @DisplayName("that is refused by addSuppressed, because it is the same, does not replace the failure")
    void same() {
        RuntimeException failure = new IllegalStateException("on purpose");

        assertThatThrownBy(() -> Regions.joined(() -> {
                    Task<?> task = Tasks.spawn(failing(failure));
                    try {
                        task.get();
                    } catch (ExecutionException e) {
                        throw (RuntimeException) e.getCause();
                    }
                }))
                .isSameAs(failure);
    }
}
