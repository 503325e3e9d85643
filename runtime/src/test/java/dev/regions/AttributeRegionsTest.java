package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.RegionAction;
import dev.regions.queue.TaskQueue;
import dev.regions.task.QueueClosedException;
import dev.regions.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A region")
@Timeout(60)
class AttributeRegionsTest {

    private static void sleepForEver() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    @Test
    @DisplayName("with a deadline ends what is spawned in it and in regions inside it, and nothing after it")
    void deadline() throws Exception {
        List<Task<?>> late = new ArrayList<>();
        Regions.withDeadline(Duration.ofMillis(20), () -> {
            late.add(Tasks.spawn(AttributeRegionsTest::sleepForEver));
            Regions.bulk(() -> {
                late.add(Tasks.spawn(AttributeRegionsTest::sleepForEver));
                Regions.sequential(() -> {
                    late.add(Tasks.spawn(AttributeRegionsTest::sleepForEver));
                });
            });
        });
        Task<String> outside = Tasks.builder().after(late).spawn(() -> "outside");

        for (Task<?> task : late) {
            assertThatThrownBy(task::join).hasCauseInstanceOf(TimeoutException.class);
        }
        assertThat(outside.join()).isEqualTo("outside");
    }

    @Test
    @DisplayName(
            "with a deadline marks the user's tasks, and no barrier: one that is late is one failure, reported once")
    void deadlineOfAStep() throws Exception {
        Queue<String> uncaught = new ConcurrentLinkedQueue<>();
        try (TaskRuntime runtime = TaskRuntime.builder()
                .onUncaughtFailure(failure -> uncaught.add(failure.task()))
                .build()) {
            RegionAction<RuntimeException> lateStep = () -> Regions.withDeadline(
                    Duration.ofMillis(20),
                    () -> Regions.sequential(() -> Regions.bulk(() -> {
                        Tasks.builder().name("late").spawn(AttributeRegionsTest::sleepForEver);
                        Tasks.builder().name("quick").spawn(() -> {});
                    })));

            runtime.run(() -> {
                assertThatThrownBy(() -> Regions.joined(lateStep))
                        .hasMessageContaining("1 failed")
                        .satisfies(
                                failure -> assertThat(failure.getSuppressed()).isEmpty());
                lateStep.run();
            });
        }

        assertThat(uncaught).containsExactly("late");
    }

    @Test
    @DisplayName(
            "with a deadline inside one with an earlier deadline, or around tasks with one, leaves the earlier in force")
    void earliest() {
        List<Task<?>> late = new ArrayList<>();
        Regions.withDeadline(
                Duration.ofMillis(20),
                () -> Regions.withDeadline(Duration.ofHours(1), () -> {
                    late.add(Tasks.spawn(AttributeRegionsTest::sleepForEver));
                }));
        Regions.withDeadline(Duration.ofHours(1), () -> {
            late.add(Tasks.builder().deadline(Duration.ofMillis(20)).spawn(AttributeRegionsTest::sleepForEver));
            Regions.withDeadline(Duration.ofMillis(20), () -> {
                late.add(Tasks.spawn(AttributeRegionsTest::sleepForEver));
            });
        });

        for (Task<?> task : late) {
            assertThatThrownBy(task::join).hasCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    @DisplayName("with a deadline, in scope form: join() throws when the deadline has ended its tasks")
    void deadlineScope() throws Exception {
        try (RegionScope scope = Regions.withDeadline(Duration.ofMillis(20))) {
            scope.fork(AttributeRegionsTest::sleepForEver);
            assertThatThrownBy(scope::join).hasCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    @DisplayName("with a deadline, in scope form, hands it on to the scopes opened inside it")
    void deadlineOfNestedScopes() throws Exception {
        List<Task<?>> late = new ArrayList<>();
        try (RegionScope outer = Regions.withDeadline(Duration.ofMillis(20))) {
            try (RegionScope inner = Regions.sequential()) {
                late.add(inner.fork(AttributeRegionsTest::sleepForEver));
                try (RegionScope innermost = Regions.withDeadline(Duration.ofHours(1))) {
                    late.add(innermost.fork(() -> {}));
                    innermost.launch();
                }
                inner.launch();
            }
            outer.launch();
        }

        assertThatThrownBy(late.get(0)::join).hasCauseInstanceOf(TimeoutException.class);
        assertThatThrownBy(late.get(1)::join).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    @DisplayName("with a limit has all of its tasks pass it, nested regions and barriers included")
    void limited() throws Exception {
        Limit limit = Limit.of("one", 1);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Task<?>> tasks = new ArrayList<>();
        Regions.withLimit(limit, () -> {
            for (int i = 0; i < 20; i++) {
                Regions.sequential(() -> {
                    for (int batch = 0; batch < 3; batch++) {
                        Regions.bulk(() -> {
                            for (int j = 0; j < 3; j++) {
                                tasks.add(Tasks.spawn(() -> {
                                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                    Thread.yield();
                                    inside.decrementAndGet();
                                }));
                            }
                        });
                    }
                });
            }
        });

        for (Task<?> task : tasks) {
            task.join();
        }
        assertThat(most).hasValue(1);
    }

    @Test
    @DisplayName("with a limit, in scope form")
    void limitedScope() throws Exception {
        Limit limit = Limit.of("two", 2);
        try (RegionScope scope = Regions.withLimit(limit)) {
            Task<Integer> sum = scope.fork(scope.fork(() -> 1), scope.fork(() -> 2), Integer::sum);
            scope.join();
            assertThat(sum.resultNow()).isEqualTo(3);
        }
        assertThat(limit.inUse()).isZero();
    }

    @Test
    @DisplayName("with a deadline or limit refuses what comes when it has ended, and a time that is not positive")
    void refused() {
        TaskQueue[] queue = new TaskQueue[1];
        Regions.withLimit(Limit.of("one", 1), () -> {
            queue[0] = TaskRuntime.currentQueue();
        });
        assertThatThrownBy(() -> queue[0].enqueue(new dev.regions.queue.TaskBatch(List.of())))
                .isInstanceOf(QueueClosedException.class)
                .hasMessageContaining("'one'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Regions.withDeadline(Duration.ZERO))
                .withMessageContaining("PT0S");
    }
}
