package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.time.Duration;
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
    @DisplayName("for a limit whose place a task of another runtime holds")
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
}
