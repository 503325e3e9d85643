package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static dev.regions.Handshakes.onAnotherThread;
import static dev.regions.Handshakes.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("When memory or stack run out, or user code throws")
@Timeout(value = 4 * SECONDS, unit = TimeUnit.SECONDS)
class ExhaustionTest {

    // ---- Memory -----------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("an OutOfMemoryError that a body throws is that task's failure, and the next task runs")
    void thrownOutOfMemory() throws Exception {
        OutOfMemoryError error = new OutOfMemoryError("on purpose");
        Task<Integer> failing = Tasks.spawn(() -> {
            throw error;
        });
        Task<Integer> dependent = Tasks.spawn(failing, x -> x);
        Task<Integer> next = Tasks.builder().after(failing).spawn(() -> 1);

        assertThat(next.join()).isEqualTo(1);
        assertThatThrownBy(failing::join)
                .isInstanceOf(TaskFailedException.class)
                .hasCause(error);
        assertThatThrownBy(dependent::join).hasCause(error);
    }

    @Test
    @DisplayName("so is one that the JVM throws in a body")
    void causedOutOfMemory() throws Exception {
        Task<long[]> failing = Tasks.spawn(() -> new long[Integer.MAX_VALUE]);
        Task<Integer> next = Tasks.builder().after(failing).spawn(() -> 1);

        assertThat(next.join()).isEqualTo(1);
        assertThatThrownBy(failing::join).hasRootCauseInstanceOf(OutOfMemoryError.class);
    }

    @Test
    @DisplayName("a body that fills the heap of the JVM fails, round after round, and the tasks after it run")
    void fullHeap() throws Exception {
        ForkedJvm.run(FullHeap.class, 3 * SECONDS, List.of("-Xmx64m"));
    }

    /** Started in a JVM of its own. */
    static final class FullHeap {
        private FullHeap() {}

        public static void main(String[] arguments) throws Exception {
            Thread main = Thread.currentThread();
            try (TaskRuntime runtime = TaskRuntime.builder().build()) {
                for (int round = 0; round < 5; round++) {
                    Task<Integer> hog = runtime.call(() -> Tasks.spawn(() -> {
                        while (main.getState() != Thread.State.WAITING) { // or it would run out of memory, too
                            Thread.yield();
                        }
                        return fillHeap();
                    }));
                    hog.await();
                    assertThatThrownBy(hog::join).hasRootCauseInstanceOf(OutOfMemoryError.class);
                    runtime.run(() -> Regions.joined(() -> Regions.bulk(() -> {
                        for (int i = 0; i < 100; i++) {
                            Tasks.spawn(Tasks.spawn(() -> 1), x -> x);
                        }
                    })));
                }
            }
        }

        private static int fillHeap() {
            List<byte[]> all = new ArrayList<>();
            while (true) {
                all.add(new byte[1 << 20]);
            }
        }
    }

    // ---- Stack ------------------------------------------------------------------------------------------------------

    @RepeatedTest(20)
    @DisplayName("a StackOverflowError in a body is that task's failure, and the next task runs")
    void stackOverflow() throws Exception {
        Task<Integer> failing = Tasks.spawn(() -> depthWithoutEnd(0));
        Task<Integer> next = Tasks.builder().after(failing).spawn(() -> 1);
        Task<Integer> inPlace =
                Tasks.spawn(() -> Tasks.spawn(() -> depthWithoutEnd(0)).join());

        assertThat(next.join()).isEqualTo(1);
        assertThatThrownBy(failing::join).hasRootCauseInstanceOf(StackOverflowError.class);
        assertThatThrownBy(inPlace::join).hasRootCauseInstanceOf(StackOverflowError.class);
    }

    private static int depthWithoutEnd(int depth) {
        return 1 + depthWithoutEnd(depth + 1);
    }

    @RepeatedTest(20)
    @DisplayName("so is one in a body that spawns at every depth: the spawned tasks complete, and the runtime closes")
    void stackOverflowWhileSpawning() throws Exception {
        Queue<Task<?>> spawned = new ConcurrentLinkedQueue<>();
        TaskRuntime runtime = TaskRuntime.builder().name("overflowing").build();

        Task<Integer> failing = runtime.call(() -> Tasks.spawn(() -> spawnWithoutEnd(spawned)));
        assertThatThrownBy(failing::join).hasRootCauseInstanceOf(StackOverflowError.class);

        assertThat(runtime.call(() -> Tasks.spawn(() -> 1)).get(SECONDS, TimeUnit.SECONDS))
                .isEqualTo(1);
        for (Task<?> task : spawned) {
            task.get(SECONDS, TimeUnit.SECONDS);
        }
        closeInTime(runtime);
    }

    private static int spawnWithoutEnd(Queue<Task<?>> spawned) {
        Task<?> task = Tasks.spawn(() -> 1);
        spawned.add(task);
        return 1 + spawnWithoutEnd(spawned);
    }

    @RepeatedTest(20)
    @DisplayName(
            "so is one in a body that spawns and joins at every depth: the joined tasks complete, and the runtime closes")
    void stackOverflowWhileJoining() throws Exception {
        Queue<Task<?>> spawned = new ConcurrentLinkedQueue<>();
        TaskRuntime runtime = TaskRuntime.builder().name("overflowing").build();

        Task<Integer> failing = runtime.call(() -> Tasks.spawn(() -> joinWithoutEnd(spawned)));
        assertThatThrownBy(() -> failing.get(SECONDS, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(StackOverflowError.class);

        assertThat(runtime.call(() -> Tasks.spawn(() -> 1)).get(SECONDS, TimeUnit.SECONDS))
                .isEqualTo(1);
        Awaitility.await().untilAsserted(() -> assertThat(spawned).allMatch(Task::isDone));
        closeInTime(runtime);
    }

    private static int joinWithoutEnd(Queue<Task<?>> spawned) throws InterruptedException {
        Task<Integer> task = Tasks.spawn(() -> 1);
        spawned.add(task);
        return task.join() + joinWithoutEnd(spawned);
    }

    private static void closeInTime(TaskRuntime runtime) throws Exception {
        onAnotherThread(() -> {
            runtime.close();
            return null;
        });
    }

    // ---- Reports of failures ----------------------------------------------------------------------------------------

    @Test
    @DisplayName("a handler of uncaught failures that throws errors gets all failures, and its errors are logged")
    void throwingHandler() throws Exception {
        Queue<String> reported = new ConcurrentLinkedQueue<>();
        TaskRuntime runtime = TaskRuntime.builder()
                .onUncaughtFailure(failure -> {
                    reported.add(failure.task());
                    throw new AssertionError("a handler that throws, on purpose");
                })
                .build();

        try (LogRecords log = LogRecords.containing("the handler of uncaught failures failed")) {
            for (int i = 0; i < 3; i++) {
                String name = "lost-" + i;
                runtime.run(() -> Tasks.builder().name(name).spawn(() -> {
                    throw new IllegalStateException("on purpose");
                }));
                Awaitility.await().until(() -> {
                    System.gc();
                    return reported.contains(name);
                });
                assertThat(runtime.call(() -> Tasks.spawn(() -> 1)).join()).isEqualTo(1);
            }

            closeInTime(runtime);
            assertThat(log.await(3).thrown()).allMatch(AssertionError.class::isInstance);
        }
        assertThat(reported).hasSize(3);
    }

    /** Has a message that throws. */
    private static final class Unspeakable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable String getMessage() {
            throw new IllegalStateException("a message that throws, on purpose");
        }
    }

    @Test
    @DisplayName("a failure whose message throws completes its task and the dependents, and wakes the waiters")
    void failureWithoutWords() throws Exception {
        TaskRuntime runtime =
                TaskRuntime.builder().onUncaughtFailure(failure -> {}).build();
        CountDownLatch release = new CountDownLatch(1);
        Task<Integer> failing = runtime.call(() -> Tasks.spawn(() -> {
            await(release);
            throw new Unspeakable();
        }));
        Task<Integer> dependent = runtime.call(() -> Tasks.spawn(failing, x -> x));
        Task<Integer> next = runtime.call(() -> Tasks.builder().after(failing).spawn(() -> 1));
        FutureTask<Void> waiter = start(() -> {
            dependent.await();
            return null;
        });

        release.countDown();

        assertThat(next.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
        waiter.get(SECONDS, TimeUnit.SECONDS);
        assertThat(failing.taskState()).isEqualTo(TaskState.FAILED);
        assertThat(dependent.taskState()).isEqualTo(TaskState.SKIPPED);
        closeInTime(runtime);
    }

    @Test
    @DisplayName("likewise if its future has been requested")
    void failureWithoutWordsToldToAFuture() throws Exception {
        TaskRuntime runtime =
                TaskRuntime.builder().onUncaughtFailure(failure -> {}).build();
        CountDownLatch release = new CountDownLatch(1);
        Task<Integer> failing = runtime.call(() -> Tasks.spawn(() -> {
            await(release);
            throw new Unspeakable();
        }));
        var future = failing.toCompletableFuture();
        Task<Integer> dependent = runtime.call(() -> Tasks.spawn(failing, x -> x));
        Task<Integer> next = runtime.call(() -> Tasks.builder().after(failing).spawn(() -> 1));

        release.countDown();

        assertThat(next.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
        Awaitility.await().until(dependent::isDone);
        Awaitility.await().until(future::isCompletedExceptionally);
        closeInTime(runtime);
    }

    // ---- Dependents of a task ---------------------------------------------------------------------------------------

    @Test
    @DisplayName("a stage of a task's future that throws or interrupts leaves the worker as it was")
    void throwingStage() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Task<Integer> task = Tasks.spawn(() -> {
            await(release);
            return 1;
        });
        CountDownLatch told = new CountDownLatch(1);
        task.toCompletableFuture().thenAccept(x -> {
            Thread.currentThread().interrupt();
            told.countDown();
            throw new StackOverflowError("on purpose");
        });
        Task<Boolean> next =
                Tasks.builder().after(task).spawn(() -> Thread.currentThread().isInterrupted());

        release.countDown();

        await(told);
        assertThat(next.join()).isFalse();
    }

    @Test
    @DisplayName("a stage that blocks, of a task skipped as its batch is launched, holds up no other batch")
    void blockingStage() throws Exception {
        TaskRuntime runtime =
                TaskRuntime.builder().onUncaughtFailure(failure -> {}).build();
        CountDownLatch blocks = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Task<Integer> failed = runtime.call(() -> Tasks.spawn(() -> {
            throw new IllegalStateException("on purpose");
        }));
        failed.await();

        FutureTask<Void> launching = start(() -> {
            runtime.run(() -> Regions.bulk(() -> {
                Tasks.spawn(failed, x -> x).toCompletableFuture().whenComplete((x, thrown) -> {
                    blocks.countDown();
                    awaitForLong(release);
                });
            }));
            return null;
        });
        await(blocks);
        Task<Integer> other = runtime.call(() -> Regions.bulk(() -> Tasks.spawn(() -> 1)));

        try {
            assertThat(other.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
        } finally {
            release.countDown();
        }
        launching.get(SECONDS, TimeUnit.SECONDS);
        closeInTime(runtime);
    }

    /** Blocks for longer than any thread waits for the calling task. */
    private static void awaitForLong(CountDownLatch latch) {
        try {
            latch.await(3 * SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
