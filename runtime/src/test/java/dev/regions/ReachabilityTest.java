package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.task.Task;
import java.lang.ref.WeakReference;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Garbage collection of")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class ReachabilityTest {

    @Test
    @DisplayName("a handle does not affect its task: the task runs, and its dependents get the result")
    void droppedHandle() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Task<Integer> dependent = Tasks.spawn(
                Tasks.spawn(() -> {
                    await(release);
                    return 41;
                }),
                x -> x + 1);
        CountDownLatch effect = new CountDownLatch(1);
        Tasks.builder().after(dependent).spawn(effect::countDown);

        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        release.countDown();

        assertThat(dependent.join()).isEqualTo(42);
        await(effect);
    }

    @Test
    @DisplayName("a result happens once its handle is unreachable: a dependent that has completed does not keep it")
    void spentInputsAreLetGo() throws Exception {
        Task<byte[]> big = Tasks.spawn(() -> new byte[1 << 20]);
        WeakReference<byte[]> result = new WeakReference<>(big.join());
        Task<Integer> size = Tasks.spawn(big, bytes -> bytes.length);
        assertThat(size.join()).isEqualTo(1 << 20);

        big = null;

        Awaitility.await().until(() -> {
            System.gc();
            return result.get() == null;
        });
        assertThat(size.join()).isEqualTo(1 << 20);
    }
}
