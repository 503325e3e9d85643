package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.task.DeadlockException;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Where two features meet:")
@Timeout(10)
class OddMomentsTest {

    @Test
    @DisplayName("a region that is given up while what it depends on runs elsewhere fails with what its body threw")
    void abandonedBesideRunning() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Task<Integer> running = Tasks.spawn(() -> {
            Handshakes.await(end);
            return 1;
        });
        Task<?>[] held = new Task<?>[1];

        assertThatThrownBy(() -> Regions.bulk(() -> {
                    held[0] = Tasks.spawn(running, x -> x);
                    throw new IOException("given up");
                }))
                .isInstanceOf(IOException.class)
                .hasNoSuppressedExceptions();
        end.countDown();
        running.join();

        assertThat(held[0].taskState()).isEqualTo(TaskState.ABANDONED);
    }

    @Test
    @DisplayName("a test for retry that throws what it was given ends the task with that")
    void retryTestThrowsTheSame() {
        Task<?> task = Tasks.builder()
                .retry(RetryPolicy.maxAttempts(3).when(thrown -> {
                    throw (IllegalStateException) thrown;
                }))
                .spawn(() -> {
                    throw new IllegalStateException("mine");
                });

        assertThatThrownBy(task::join).isInstanceOf(TaskFailedException.class).hasRootCauseMessage("mine");
    }

    @Test
    @DisplayName("a queue whose toString() throws does not keep its tasks from failing")
    void regionWithoutName() {
        Task<?>[] task = new Task<?>[1];
        Regions.withQueue(
                around -> new dev.regions.queue.TaskQueue() {
                    private final dev.regions.queue.TaskQueue upstream = TaskRuntime.currentQueue();

                    @Override
                    public void enqueue(dev.regions.queue.PendingTask pending) {
                        upstream.enqueue(pending);
                    }

                    @Override
                    public void enqueue(dev.regions.queue.TaskBatch batch) {
                        upstream.enqueue(batch);
                    }

                    @Override
                    public String toString() {
                        throw new IllegalStateException("no name");
                    }
                },
                () -> {
                    task[0] = Tasks.spawn(() -> {
                        throw new IOException("mine");
                    });
                });

        assertThatThrownBy(task[0]::join)
                .isInstanceOf(TaskFailedException.class)
                .hasRootCauseMessage("mine");
    }

    @Test
    @DisplayName("shutdownNow reaches what comes after a task that it cancels while that waits for another runtime")
    void stopBehindUnsettled() throws Exception {
        CompletableTask<Integer> elsewhere = Tasks.completable();
        TaskRuntime runtime = TaskRuntime.builder().build();
        Task<?> waits = runtime.call(() -> Tasks.spawn(elsewhere.task(), x -> x));
        Task<?> after = runtime.call(() -> Tasks.builder().after(waits).spawn(() -> {}));
        Task<?> afterThat = runtime.call(() -> Tasks.builder().after(after).spawn(() -> {}));

        runtime.shutdownNow();
        runtime.close();

        assertThat(List.of(waits.taskState(), after.taskState(), afterThat.taskState()))
                .containsOnly(TaskState.CANCELLED);
        elsewhere.complete(1);
    }

    @Test
    @DisplayName("shutdownNow reaches what comes after a task that was cancelled while that waits for another runtime")
    void stopBehindCancelled() throws Exception {
        CompletableTask<Integer> elsewhere = Tasks.completable();
        TaskRuntime runtime = TaskRuntime.builder().build();
        Task<?> waits = runtime.call(() -> Tasks.spawn(elsewhere.task(), x -> x));
        Task<?> before = runtime.call(() -> Tasks.builder().after(waits).spawn(() -> {}));
        waits.cancel();
        Task<?> afterwards = runtime.call(() -> Tasks.builder().after(waits).spawn(() -> {}));

        runtime.shutdownNow();
        runtime.close();

        assertThat(List.of(before.taskState(), afterwards.taskState())).containsOnly(TaskState.CANCELLED);
        elsewhere.complete(1);
    }

    @Test
    @DisplayName("shutdownNow ends what waits for a limit whose places a task of another runtime has")
    void stopBeforeLimitOfAnother() throws Exception {
        Limit limit = Limit.of("shared", 1);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Task<?> holder = Tasks.builder().limit(limit).spawn(() -> {
            inside.countDown();
            Handshakes.await(end);
        });
        Handshakes.await(inside);
        TaskRuntime runtime = TaskRuntime.builder().build();
        Task<?> waits = runtime.call(() -> Tasks.builder().limit(limit).spawn(() -> {}));

        runtime.shutdownNow();
        runtime.close();

        assertThat(waits.taskState()).isEqualTo(TaskState.CANCELLED);
        end.countDown();
        holder.join();
    }

    @Test
    @DisplayName("a task that runs out of time does not first wait for one that its join could run in place")
    void timeoutWhileJoiningReady() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Task<?>[] inner = new Task<?>[1];
        Task<?> outer = Tasks.builder().timeout(Duration.ofMillis(50)).spawn(() -> {
            inner[0] = Tasks.spawn(() -> Handshakes.await(end));
            inner[0].join();
        });

        assertThatThrownBy(outer::join).hasRootCauseInstanceOf(TimeoutException.class);
        end.countDown();
        inner[0].join();
    }

    @Test
    @DisplayName("a deadlock across the place that a cancelled task keeps in the order is found")
    void deadlockAcrossCancelled() {
        CompletableFuture<Task<?>> last = new CompletableFuture<>();
        Task<?> first = Tasks.builder().name("first").spawn(() -> last.get().join());
        Task<?> cancelled = Tasks.builder().name("cancelled").after(first).spawn(() -> {});
        cancelled.cancel();
        last.complete(Tasks.builder().name("last").after(cancelled).spawn(() -> {}));

        assertThatThrownBy(first::join)
                .rootCause()
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining("'last'")
                .hasMessageContaining("comes after"); // the cancelled one, or, if that is detached, the first
    }

    @Test
    @DisplayName("a circle that a timeout has just broken is no deadlock")
    void timeoutBreaksCircle() throws Exception {
        List<Task<?>> timed = new ArrayList<>();
        List<Task<?>> joining = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            CompletableFuture<Task<?>> other = new CompletableFuture<>();
            CompletableFuture<Thread> thread = new CompletableFuture<>();
            Task<?> task = Tasks.builder().timeout(Duration.ofSeconds(1)).spawn(() -> {
                thread.complete(Thread.currentThread());
                other.get().join();
            });
            timed.add(task);
            joining.add(Tasks.builder().dedicatedThread().spawn(() -> {
                thread.get();
                task.join();
            }));
            other.complete(joining.get(i));
        }

        for (int i = 0; i < timed.size(); i++) {
            assertThatThrownBy(timed.get(i)::join).hasRootCauseInstanceOf(TimeoutException.class);
            assertThatThrownBy(joining.get(i)::join).hasRootCauseInstanceOf(TimeoutException.class);
        }
    }
}
