package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskSkippedException;
import dev.regions.task.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A completable task")
@Timeout(60)
class CompletableTaskTest {

    @Test
    @DisplayName("waits until it is completed, and hands its result to those who depend on it")
    void completed() throws Exception {
        CompletableTask<Integer> external = Tasks.completable();
        Task<Integer> dependent = Tasks.spawn(external.task(), x -> x + 1);
        assertThat(external.task().taskState()).isEqualTo(TaskState.WAITING);

        assertThat(Handshakes.onAnotherThread(() -> external.complete(41))).isTrue();

        assertThat(dependent.join()).isEqualTo(42);
        assertThat(external.task().join()).isEqualTo(41);
        assertThat(external.task().taskState()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    @DisplayName("may be completed with null")
    void completedWithNull() throws Exception {
        CompletableTask<String> external = Tasks.completable();
        external.complete(null);

        assertThat(external.task().join()).isNull();
    }

    @Test
    @DisplayName("is ended once: of several threads that complete, fail and cancel it, one wins, and says so")
    void once() throws Exception {
        for (int round = 0; round < 500; round++) {
            CompletableTask<String> external = Tasks.completable();
            CountDownLatch start = new CountDownLatch(1);
            List<Callable<Boolean>> ends = List.of(
                    () -> external.complete("done"),
                    () -> external.fail(new IOException("failed")),
                    () -> external.task().cancel());
            var running = ends.stream()
                    .map(end -> Handshakes.start(() -> {
                        Handshakes.await(start);
                        return end.call();
                    }))
                    .toList();
            start.countDown();
            int won = 0;
            for (var end : running) {
                won += end.get(Handshakes.SECONDS, java.util.concurrent.TimeUnit.SECONDS) ? 1 : 0;
            }

            assertThat(won).isEqualTo(1);
            assertThat(external.task().isDone()).isTrue();
            external.task().toCompletableFuture(); // a failure counts as seen
        }
    }

    @Test
    @DisplayName("that fails or is cancelled takes its hard dependents with it; soft ones run")
    void failed() throws Exception {
        CompletableTask<String> failing = Tasks.completable();
        Task<?> hard = Tasks.spawn(failing.task(), x -> x);
        Task<String> soft = Tasks.builder().after(failing.task()).spawn(() -> "soft");
        failing.fail(new IOException("no answer"));

        assertThatThrownBy(hard::join).isInstanceOf(TaskSkippedException.class).hasRootCauseMessage("no answer");
        assertThat(soft.join()).isEqualTo("soft");

        CompletableTask<String> cancelled = Tasks.completable();
        Task<String> after = Tasks.builder().after(cancelled.task()).spawn(() -> "after");
        assertThat(cancelled.task().cancel()).isTrue();
        assertThat(after.join()).isEqualTo("after");
        assertThat(cancelled.complete("late")).isFalse();
    }

    @Test
    @DisplayName("is not left behind by a stage that refuses to report its end")
    void refusingStage() {
        CompletableFuture<Integer> refusing = new CompletableFuture<>() {
            @Override
            public CompletableFuture<Integer> whenComplete(BiConsumer<? super Integer, ? super Throwable> action) {
                throw new UnsupportedOperationException("no");
            }
        };
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            assertThatThrownBy(() -> runtime.run(() -> Tasks.from(refusing)))
                    .isInstanceOf(UnsupportedOperationException.class);

            assertThat(runtime.inFlightCount()).isZero();
        } // and close() returns
    }

    @Test
    @DisplayName("may have a name and a deadline, and nothing that only a body can have")
    void options() {
        CompletableTask<String> late =
                Tasks.builder().name("answer").deadline(Duration.ofMillis(20)).completable();

        assertThat(late.task().name()).isEqualTo("answer");
        assertThatThrownBy(late.task()::join).hasCauseInstanceOf(TimeoutException.class);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Tasks.builder().retry(RetryPolicy.maxAttempts(2)).completable());
    }

    @Test
    @DisplayName("is waited for by close(), and cancelled by shutdownNow()")
    void shutdown() throws Exception {
        TaskRuntime closed = TaskRuntime.builder().build();
        CompletableTask<String> completed = closed.call(() -> Tasks.<String>completable());
        AtomicReference<Thread> closer = new AtomicReference<>();
        var closing = Handshakes.start(() -> {
            closer.set(Thread.currentThread());
            closed.close();
            return completed.task().isDone();
        });
        org.awaitility.Awaitility.await().until(() -> closer.get() != null);
        Handshakes.awaitParked(closer.get());
        completed.complete("just in time");
        assertThat(closing.get(Handshakes.SECONDS, java.util.concurrent.TimeUnit.SECONDS))
                .isTrue();

        TaskRuntime stopped = TaskRuntime.builder().build();
        CompletableTask<String> cancelled = stopped.call(() -> Tasks.<String>completable());
        Task<String> dependent = stopped.call(() -> Tasks.spawn(cancelled.task(), x -> x));
        stopped.shutdownNow();
        stopped.close();
        assertThat(cancelled.task().taskState()).isEqualTo(TaskState.CANCELLED);
        assertThat(dependent.isDone()).isTrue();
    }

    @Test
    @DisplayName("belongs to the runtime in force, even where that has a root queue of its own, and a region is open")
    void runtimeInForce() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder()
                .root(core -> new dev.regions.queue.SequentialQueue(core, dev.regions.queue.ChainPolicy.SKIP_REST))
                .build()) {
            runtime.run(() -> Regions.bulk(() -> {
                CompletableTask<String> external = Tasks.completable();
                assertThat(runtime.inFlightCount()).isEqualTo(1);
                external.complete("here");
                assertThat(external.task().join()).isEqualTo("here");
            }));
        }
    }

    @Test
    @DisplayName("made from a stage ends as the stage does")
    void fromStage() throws Exception {
        CompletableFuture<Integer> stage = new CompletableFuture<>();
        Task<Integer> dependent = Tasks.spawn(Tasks.from(stage), x -> x + 1);
        stage.complete(1);
        assertThat(dependent.join()).isEqualTo(2);

        CompletableFuture<Integer> failing = new CompletableFuture<>();
        Task<Integer> failed = Tasks.from(failing.thenApply(x -> x + 1));
        failing.completeExceptionally(new IOException("no answer"));
        assertThatThrownBy(failed::join).cause().isInstanceOf(IOException.class);

        CompletableFuture<Integer> cancelling = new CompletableFuture<>();
        Task<Integer> cancelled = Tasks.from(cancelling);
        cancelling.cancel(true);
        assertThatThrownBy(cancelled::join).isInstanceOf(CancellationException.class);
    }

    @Test
    @DisplayName("and a stage: there and back again")
    void thereAndBack() throws Exception {
        Task<Integer> task = Tasks.spawn(() -> 20);
        CompletableFuture<Integer> doubled = task.toCompletableFuture().thenApply(x -> 2 * x);

        assertThat(Tasks.spawn(Tasks.from(doubled), x -> x + 2).join()).isEqualTo(42);
    }

    @Test
    @DisplayName("leaves the runtime nothing to remember once it is final")
    void forgotten() {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> {
                for (int i = 0; i < 10_000; i++) {
                    CompletableTask<Integer> external = Tasks.completable();
                    external.complete(i);
                }
            });
            assertThat(runtime.inFlightCount()).isZero();
            assertThat(runtime.waitingOutside()).isZero();
        }
    }
}
