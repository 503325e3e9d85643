package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("shutdownNow() ends a task that waits")
@Timeout(60)
class ShutdownTest {

    private static void stop(TaskRuntime runtime) {
        runtime.shutdownNow();
        runtime.close();
    }

    @Test
    @DisplayName("for a limit whose permit a task of another runtime holds, and the limit goes on")
    void limit() throws Exception {
        Limit limit = Limit.of("shared", 1);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Task<?> holder = Tasks.builder().limit(limit).spawn(() -> {
            inside.countDown();
            Handshakes.await(release);
        });
        Handshakes.await(inside);
        TaskRuntime runtime = TaskRuntime.builder().build();
        Task<?> waiting = runtime.call(() -> Tasks.builder().limit(limit).spawn(() -> {}));

        stop(runtime);

        assertThat(waiting.taskState()).isEqualTo(TaskState.CANCELLED);
        release.countDown();
        holder.join();
        assertThat(Tasks.builder().limit(limit).spawn(() -> "free").join()).isEqualTo("free");
    }

    @Test
    @DisplayName("for a task that another thread's open region holds")
    void heldElsewhere() throws Exception {
        TaskRuntime runtime = TaskRuntime.builder().build();
        Task<?>[] waiting = new Task<?>[2];
        Regions.bulk(() -> {
            Task<Integer> held = Tasks.spawn(() -> 1);
            Handshakes.onAnotherThread(() -> {
                runtime.run(() -> {
                    waiting[0] = Tasks.spawn(held, x -> x);
                    waiting[1] =
                            Tasks.builder().requires(waiting[0]).after(held).spawn(() -> {});
                });
                stop(runtime);
                return null;
            });

            assertThat(waiting[0].taskState()).isEqualTo(TaskState.CANCELLED);
            assertThat(waiting[1].isDone()).isTrue();
        });
    }

    @Test
    @DisplayName("for a task of another runtime")
    void otherRuntime() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Task<Integer> elsewhere = Tasks.spawn(() -> {
            Handshakes.await(release);
            return 1;
        });
        TaskRuntime runtime = TaskRuntime.builder().build();
        Task<?> waiting = runtime.call(() -> Tasks.spawn(elsewhere, x -> x));

        stop(runtime);

        assertThat(waiting.taskState()).isEqualTo(TaskState.CANCELLED);
        release.countDown();
        assertThat(elsewhere.join()).isEqualTo(1);
    }

    @Test
    @DisplayName("for a deadline, or with one: no timer is left")
    void deadline() {
        TaskRuntime runtime = TaskRuntime.builder().build();
        Task<?> running = runtime.call(() -> Tasks.builder()
                .deadline(Duration.ofHours(1))
                .timeout(Duration.ofHours(1))
                .spawn(() -> new CountDownLatch(1).await()));

        stop(runtime);

        assertThat(running.taskState()).isEqualTo(TaskState.CANCELLED);
        assertThat(runtime.timersSet()).isZero();
    }

    @Test
    @DisplayName("for a task that waits for another runtime, and was not cancelled before")
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
    @DisplayName("for the position of a cancelled task, which waits for another runtime")
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
    @DisplayName("for a limit whose permits a task of another runtime holds")
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
}
