package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.task.OverflowPolicy;
import dev.regions.task.Task;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The only thread of a fork-join pool has another one stand in for it while it waits")
@Timeout(60)
class ForkJoinThreadsTest {
    private final ForkJoinPool pool = new ForkJoinPool(1);

    @AfterEach
    void shutdown() {
        pool.shutdownNow();
    }

    /** Calls something on the pool. */
    private int onPool(Callable<Integer> body) throws Exception {
        return pool.submit(body).get(Handshakes.SECONDS, TimeUnit.SECONDS);
    }

    /** A body that needs the pool. */
    private Integer needsPool() {
        return pool.submit(() -> 7).join();
    }

    @Test
    @DisplayName("for a task: join(), await(), get(), get() with a time")
    void task() throws Exception {
        assertThat(onPool(() -> Tasks.spawn(this::needsPool).join())).isEqualTo(7);
        assertThat(onPool(() -> Tasks.spawn(this::needsPool).get())).isEqualTo(7);
        assertThat(onPool(() -> Tasks.spawn(this::needsPool).get(Handshakes.SECONDS, TimeUnit.SECONDS)))
                .isEqualTo(7);
        assertThat(onPool(() -> {
                    Task<Integer> task = Tasks.spawn(this::needsPool);
                    task.await();
                    return task.resultNow();
                }))
                .isEqualTo(7);
    }

    @Test
    @DisplayName("for a joined region, and in join() of a scope, with a time and without")
    void regions() throws Exception {
        assertThat(onPool(
                        () -> Regions.joined(() -> Tasks.spawn(this::needsPool)).resultNow()))
                .isEqualTo(7);
        assertThat(onPool(() -> {
                    try (var scope = Regions.joined()) {
                        var forked = scope.fork(this::needsPool);
                        scope.join();
                        return forked.resultNow();
                    }
                }))
                .isEqualTo(7);
        assertThat(onPool(() -> {
                    try (var scope = Regions.joined()) {
                        var forked = scope.fork(this::needsPool);
                        scope.join(Duration.ofSeconds(Handshakes.SECONDS));
                        return forked.resultNow();
                    }
                }))
                .isEqualTo(7);
    }

    @Test
    @DisplayName("for room for one more task")
    void room() throws Exception {
        try (TaskRuntime runtime =
                TaskRuntime.builder().maxInFlight(1, OverflowPolicy.BLOCK).build()) {
            assertThat(onPool(() -> runtime.call(() -> {
                        Tasks.spawn(this::needsPool);
                        return Tasks.spawn(() -> 8).join();
                    })))
                    .isEqualTo(8);
        }
    }

    @Test
    @DisplayName("for a runtime to close")
    void close() throws Exception {
        TaskRuntime runtime = TaskRuntime.builder().build();

        assertThat(onPool(() -> {
                    Task<Integer> last = runtime.call(() -> Tasks.spawn(this::needsPool));
                    runtime.close();
                    return last.resultNow();
                }))
                .isEqualTo(7);
    }

    @Test
    @DisplayName("and is woken there by an interrupt")
    void interrupted() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        var waits = pool.submit(() -> {
            Thread self = Thread.currentThread();
            Handshakes.start(() -> {
                Handshakes.awaitParked(self);
                self.interrupt();
                return null;
            });
            try {
                Tasks.spawn(() -> never.await(Handshakes.SECONDS, TimeUnit.SECONDS))
                        .join();
                return "ended";
            } catch (InterruptedException e) {
                return "interrupted";
            } finally {
                never.countDown();
            }
        });

        assertThat(waits.get(Handshakes.SECONDS, TimeUnit.SECONDS)).isEqualTo("interrupted");
    }
}
