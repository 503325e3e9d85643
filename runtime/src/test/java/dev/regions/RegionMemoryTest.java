package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.Joiner;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskAction;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A region that waits for its last task")
@Timeout(value = 4 * SECONDS, unit = TimeUnit.SECONDS)
class RegionMemoryTest {
    private static final int TASKS = 500;

    private final Queue<WeakReference<Object>> results = new ConcurrentLinkedQueue<>();
    private final CountDownLatch done = new CountDownLatch(TASKS);
    private final CountDownLatch release = new CountDownLatch(1);

    enum Kind {
        BLOCK,
        SCOPE,
        SCOPE_WITH_TIME,
        BODY_THAT_WAITS,
        ALL_SUCCEED,
        FAIL_FAST,
        BULK_INSIDE,
        SEQUENTIAL_INSIDE,
        FORK_AFTER_FORK
    }

    private Object result() {
        Object result = new Object();
        results.add(new WeakReference<>(result));
        return result;
    }

    private Object first() {
        Object result = result();
        done.countDown();
        return result;
    }

    private Object next(Object before) {
        assertThat(before).isNotNull();
        return first();
    }

    /** Half of the tasks depend on nothing, the others on the one before; none of the handles is kept. */
    private void spawnAll() {
        for (int i = 0; i < TASKS; i += 2) {
            Task<Object> task = Tasks.spawn(this::first);
            Tasks.spawn(task, this::next);
        }
    }

    private void run(Kind kind) throws Exception {
        TaskAction last = () -> Handshakes.await(release);
        switch (kind) {
            case BLOCK ->
                Regions.joined(() -> {
                    spawnAll();
                    Tasks.spawn(last);
                });
            case SCOPE -> {
                try (RegionScope scope = Regions.joined()) {
                    scope.fork(last);
                    spawnAll();
                    scope.join();
                }
            }
            case SCOPE_WITH_TIME -> {
                try (RegionScope scope = Regions.joined()) {
                    scope.fork(last);
                    spawnAll();
                    scope.join(Duration.ofHours(1));
                }
            }
            case BODY_THAT_WAITS ->
                Regions.joined(() -> {
                    spawnAll();
                    Tasks.spawn(last).join();
                });
            case ALL_SUCCEED ->
                Regions.joined(Joiner.allSuccessful(), () -> {
                    spawnAll();
                    Tasks.spawn(last);
                });
            case FAIL_FAST ->
                Regions.joined(Joiner.failFast(), () -> {
                    Tasks.spawn(last);
                    spawnAll();
                });
            case BULK_INSIDE ->
                Regions.joined(() -> {
                    Regions.bulk(() -> {
                        spawnAll();
                        Tasks.spawn(last);
                    });
                });
            case SEQUENTIAL_INSIDE ->
                Regions.joined(() -> {
                    Regions.sequential(() -> spawnAll());
                    Tasks.spawn(last);
                });
            case FORK_AFTER_FORK -> {
                try (RegionScope scope = Regions.joined()) {
                    for (int i = 0; i < TASKS; i++) {
                        Callable<Object> body = this::first;
                        scope.fork(body).join();
                    }
                    scope.fork(last);
                    scope.join();
                }
            }
        }
    }

    private void awaitAllCleared() {
        Awaitility.await().atMost(SECONDS, TimeUnit.SECONDS).untilAsserted(() -> {
            System.gc();
            assertThat(results.stream().filter(result -> !result.refersTo(null)))
                    .as("results still reachable")
                    .isEmpty();
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("keeps no result of the tasks that have completed")
    void keepsNoResults(Kind kind) throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            FutureTask<?> region = Handshakes.start(() -> {
                runtime.run(() -> run(kind));
                return null;
            });
            try {
                Handshakes.await(done);

                awaitAllCleared();
                assertThat(results).hasSize(TASKS);
                assertThat(region.isDone()).isFalse();
            } finally {
                release.countDown();
            }
            region.get(SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisplayName("still reports what has failed, and what was skipped for a failure outside")
    void keepsFailures() throws Exception {
        IllegalStateException failure = new IllegalStateException("on purpose");
        IllegalStateException outside = new IllegalStateException("outside");
        Task<Object> failedOutside = Tasks.spawn(() -> {
            throw outside;
        });
        failedOutside.await();

        assertThatThrownBy(() -> Regions.joined(() -> {
                    spawnAll();
                    Tasks.spawn(failedOutside, this::next);
                    Tasks.spawn(() -> {
                        throw failure;
                    });
                    Task<Object> cancelled = Tasks.spawn(() -> {
                        Handshakes.await(release);
                        return new Object();
                    });
                    cancelled.cancel();
                    Tasks.spawn(cancelled, this::next);
                    spawnAll();
                }))
                .isInstanceOf(RegionFailedException.class)
                .hasMessageContaining("2 failed")
                .hasCause(failure)
                .hasSuppressedException(outside);
    }
}
