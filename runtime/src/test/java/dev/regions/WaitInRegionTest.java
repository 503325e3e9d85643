package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.task.DeadlockException;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import dev.regions.task.UnlaunchedTaskException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A wait, in a bulk region, for a task that")
@Timeout(60)
class WaitInRegionTest {
    private final TaskRuntime other =
            TaskRuntime.builder().onUncaughtFailure(failure -> {}).build();

    @AfterEach
    void close() {
        other.close();
    }

    /**
     * Opens a bulk region that holds one task, and expects a wait in it to be refused; the region is usable afterwards.
     */
    private static void refused(WaitFor wait) throws Exception {
        Task<Integer> held = Regions.bulk(() -> {
            Task<Integer> task = Tasks.builder().name("held").spawn(() -> 1);
            ThrowingCallable waiting = () -> wait.on(task);
            assertThatThrownBy(waiting)
                    .isInstanceOf(UnlaunchedTaskException.class)
                    .hasMessageContaining("'held'")
                    .hasMessageContaining("bulk region");
            return task;
        });
        assertThat(held.join()).isEqualTo(1);
    }

    private interface WaitFor {
        void on(Task<Integer> held) throws Exception;
    }

    private Task<Integer> dependentElsewhere(Task<Integer> held) {
        return other.call(() -> Tasks.builder().name("dependent").spawn(held, x -> x));
    }

    @Test
    @DisplayName("the region holds is refused, through the task's future and from within another runtime, too")
    void held() throws Exception {
        refused(held -> held.toCompletableFuture().get());
        refused(held -> held.toCompletableFuture().join());
        refused(held -> held.toCompletableFuture().get(1, TimeUnit.DAYS));
        refused(held -> other.call(() -> held.join()));
        refused(held -> other.call(() -> held.get(1, TimeUnit.DAYS)));
    }

    @Test
    @DisplayName("depends on a held task is refused, by each way of waiting")
    void dependent() throws Exception {
        refused(held -> dependentElsewhere(held).join());
        refused(held -> dependentElsewhere(held).get());
        refused(held -> dependentElsewhere(held).await());
        refused(held -> dependentElsewhere(held).toCompletableFuture().join());
        refused(held -> other.run(() -> Regions.joined(() -> {
            Tasks.spawn(held, x -> x);
        })));
        refused(held -> other.run(() -> {
            try (RegionScope scope = Regions.joined()) {
                scope.fork(held, x -> x);
                scope.join();
            }
        }));
    }

    @Test
    @DisplayName("depends on it by many steps, through joins of other tasks, is refused")
    void transitive() throws Exception {
        refused(held -> {
            Task<Integer> last = dependentElsewhere(held);
            for (int i = 0; i < 100; i++) {
                Task<Integer> before = last;
                last = other.call(() -> Tasks.spawn(before, x -> x));
            }
            Task<Integer> required = last;
            Task<Integer> joining = other.call(() -> Tasks.spawn(required::join));
            other.call(() -> Tasks.spawn(joining, x -> x)).join();
        });
    }

    @Test
    @DisplayName("comes to depend on it alone while the thread waits is refused then")
    void later() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread self = Thread.currentThread();
        Task<?> unblocking = other.call(() -> Tasks.spawn(() -> {
            Handshakes.awaitParked(self);
            end.countDown();
        }));
        refused(held -> other.call(() -> {
                    Task<Integer> runs = Tasks.spawn(() -> {
                        Handshakes.await(end);
                        return 1;
                    });
                    return Tasks.spawn(held, runs, Integer::sum);
                })
                .join());
        unblocking.join();
    }

    @Test
    @DisplayName("does not depend on it returns, as does one that time or another failure ends")
    void noFalseAlarms() throws Exception {
        Regions.bulk(() -> {
            Task<Integer> held = Tasks.spawn(() -> 1);
            assertThat(other.call(() -> Tasks.spawn(() -> "another")).join()).isEqualTo("another");

            Task<Integer> timed = dependentElsewhere(held);
            assertThatThrownBy(() -> timed.get(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            Task<Integer> late = other.call(
                    () -> Tasks.builder().deadline(Duration.ofMillis(50)).spawn(held, x -> x));
            assertThatThrownBy(late::join).hasRootCauseInstanceOf(TimeoutException.class);

            CompletableTask<Integer> fails = other.call(() -> Tasks.completable());
            Task<Integer> skipped = other.call(() -> Tasks.spawn(held, fails.task(), Integer::sum));
            Thread self = Thread.currentThread();
            Handshakes.start(() -> {
                Handshakes.awaitParked(self);
                return fails.fail(new IllegalStateException("from outside"));
            });
            assertThatThrownBy(skipped::join).rootCause().hasMessage("from outside");

            CompletableFuture<Integer> completed = timed.toCompletableFuture();
            completed.complete(5);
            assertThat(completed.get()).isEqualTo(5);
        });
    }

    @Test
    @DisplayName("is in flight in a runtime that is closed there is refused, and the runtime stays open")
    void inFlightInAClosedRuntime() throws Exception {
        refused(held -> {
            dependentElsewhere(held);
            other.close();
        });

        assertThat(other.call(() -> Tasks.spawn(() -> 1)).join()).isEqualTo(1);
    }

    @Test
    @DisplayName("joins a held task is refused in the body of a task, too, if it has joined long before or joins later")
    void inABody() throws Exception {
        CompletableFuture<Task<?>> held = new CompletableFuture<>();
        Task<?> joining = Tasks.builder().name("joining").spawn(() -> held.get().join());
        Task<?> opener = Tasks.builder().name("opener").spawn(() -> {
            Regions.bulk(() -> {
                held.complete(Tasks.builder().name("held").spawn(() -> {}));
                joining.join();
            });
        });

        assertThatThrownBy(opener::join).rootCause().satisfies(cause -> assertThat(cause)
                .isInstanceOfAny(UnlaunchedTaskException.class, DeadlockException.class)
                .hasMessageContaining("'joining'")
                .hasMessageContaining("'held'"));
        joining.await();
        Task<?> released = awaited(held);
        assertThat(released.taskState()).isIn(TaskState.ABANDONED, TaskState.SUCCEEDED);
        if (joining.taskState() == TaskState.FAILED) {
            assertThat(joining.exceptionNow()).hasMessageContaining("'held'");
        }
    }

    private static Task<?> awaited(CompletableFuture<Task<?>> future) {
        return future.join();
    }
}
