package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static dev.regions.Handshakes.onAnotherThread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.observe.UncaughtFailure;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A failure that is unobserved")
@Timeout(value = 4 * SECONDS, unit = TimeUnit.SECONDS)
class UncaughtFailuresTest {

    private static void fail(TaskRuntime runtime, String name) throws InterruptedException {
        runtime.call(() -> Tasks.builder().name(name).spawn(() -> {
                    throw new IllegalStateException(name);
                }))
                .await();
    }

    private static void awaitReport(CountDownLatch told) {
        Awaitility.await().until(() -> {
            System.gc();
            return told.getCount() == 0;
        });
    }

    @Test
    @DisplayName("is reported though the handler of another runtime blocks; that runtime can be closed, too")
    void blockingHandler() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Queue<String> told = new ConcurrentLinkedQueue<>();
        TaskRuntime blocking = TaskRuntime.builder()
                .name("blocking")
                .onUncaughtFailure(failure -> {
                    blocked.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    told.add(failure.task());
                })
                .build();
        CountDownLatch other = new CountDownLatch(1);
        TaskRuntime free = TaskRuntime.builder()
                .onUncaughtFailure(failure -> other.countDown())
                .build();

        try {
            fail(blocking, "first");
            awaitReport(blocked);
            fail(blocking, "second");
            fail(free, "other");
            awaitReport(other);
            onAnotherThread(() -> {
                free.close();
                blocking.close(); // gives up on the handler after a while
                return null;
            });
        } finally {
            release.countDown();
        }

        Awaitility.await().until(() -> told.size() == 2);
        assertThat(told).containsExactly("first", "second");
    }

    @Test
    @DisplayName(
            "is reported in order, by one call of the handler at a time, none on a worker, also if the handler throws")
    void inOrder() throws Exception {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger atOnce = new AtomicInteger();
        Set<Boolean> onVirtualThreads = ConcurrentHashMap.newKeySet();
        List<String> names = IntStream.range(0, 50).mapToObj(i -> "task " + i).toList();
        try (LogRecords log = LogRecords.containing("the handler of uncaught failures failed")) {
            try (TaskRuntime runtime = TaskRuntime.builder()
                    .onUncaughtFailure(failure -> {
                        atOnce.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        onVirtualThreads.add(Thread.currentThread().isVirtual());
                        told.add(failure.task());
                        inside.decrementAndGet();
                        throw new IllegalStateException("a handler that throws, on purpose");
                    })
                    .build()) {
                List<Task<?>> kept = new ArrayList<>();
                for (String name : names) {
                    Task<?> task = runtime.call(() -> Tasks.builder().name(name).spawn(() -> {
                        throw new IllegalStateException(name);
                    }));
                    task.await();
                    kept.add(task);
                }
                assertThat(told).isEmpty();
                assertThat(kept).hasSize(50);
            }
            assertThat(log.await(50).messages())
                    .containsExactlyElementsOf(names.stream()
                            .map(name -> "the handler of uncaught failures failed on task '" + name + "'")
                            .toList());
        }

        assertThat(told).containsExactlyElementsOf(names);
        assertThat(atOnce).hasValue(1);
        assertThat(onVirtualThreads).containsExactly(false);
    }

    @Test
    @DisplayName("does not keep a handler that closes its runtime waiting for itself")
    void handlerCloses() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        TaskRuntime[] runtime = new TaskRuntime[1];
        runtime[0] = TaskRuntime.builder()
                .onUncaughtFailure(failure -> {
                    runtime[0].close();
                    closed.countDown();
                })
                .build();

        fail(runtime[0], "lost");
        awaitReport(closed);

        await(closed);
    }

    // ---- The text of the region -------------------------------------------------------------------------------------

    /** A queue whose toString() lists its tasks, as that of a record does, and counts its calls. */
    private static final class Showing implements TaskQueue {
        private final TaskQueue upstream;
        private final List<PendingTask> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
        private final Set<Thread> asking = ConcurrentHashMap.newKeySet();
        private final AtomicInteger asked = new AtomicInteger();

        Showing(TaskQueue upstream) {
            this.upstream = upstream;
        }

        @Override
        public void enqueue(PendingTask task) {
            seen.add(task);
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            seen.addAll(batch.tasks());
            upstream.enqueue(batch);
        }

        @Override
        public String toString() {
            asking.add(Thread.currentThread());
            asked.incrementAndGet();
            return "showing " + seen;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("comes with the text of its region, which the thread that opens the region creates once")
    void textOfRegion(boolean byTimer) throws Exception {
        Queue<UncaughtFailure> told = new ConcurrentLinkedQueue<>();
        Showing[] queue = new Showing[1];
        try (TaskRuntime runtime =
                TaskRuntime.builder().onUncaughtFailure(told::add).build()) {
            runtime.run(() -> {
                CompletableTask<Integer> external = Tasks.completable();
                queue[0] = new Showing(TaskRuntime.currentQueue());
                List<Task<?>> all = new ArrayList<>();
                Regions.withQueue(upstream -> queue[0], () -> {
                    for (int i = 0; i < 100; i++) {
                        all.add(
                                byTimer
                                        ? Tasks.builder()
                                                .deadline(Duration.ofMillis(1))
                                                .spawn(external.task(), x -> x)
                                        : Tasks.spawn(() -> {
                                            throw new IllegalStateException("on purpose");
                                        }));
                    }
                });
                for (Task<?> task : all) {
                    task.await();
                }
                external.complete(1);
            });
        }

        assertThat(told).hasSize(100).allSatisfy(failure -> assertThat(failure.region())
                .startsWith("showing []"));
        assertThat(queue[0].asked).hasValue(1);
        assertThat(queue[0].asking).containsExactly(Thread.currentThread());
    }

    // ---- At the end of the JVM --------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"shared", "own", "logged before", "closed", "seen", "exit"})
    @DisplayName("is logged when the JVM ends, if it is still unobserved")
    void atTheEnd(String how) throws Exception {
        String output = ForkedJvm.output(Ending.class, SECONDS, List.of(), how);

        assertThat(output.split("the disk is full", -1).length > 1)
                .as("%s: it was logged: %s", how, output)
                .isEqualTo(!how.equals("seen"));
        assertThat(output).contains("main ends");
    }

    @Test
    @DisplayName("and whose handler blocks keeps the JVM from ending for some seconds only")
    void blockingAtTheEnd() throws Exception {
        String output = ForkedJvm.output(Ending.class, SECONDS, List.of(), "blocking");

        assertThat(output).contains("main ends").contains("blocking now").contains("the disk is full");
    }

    /** Started in a JVM of its own. */
    static final class Ending {
        private Ending() {}

        public static void main(String[] arguments) throws Exception {
            String how = arguments[0];
            if (how.equals("logged before")) {
                System.getLogger("dev.regions").log(System.Logger.Level.ERROR, "something else");
            }
            if (how.equals("blocking")) {
                TaskRuntime blocking = TaskRuntime.builder()
                        .onUncaughtFailure(failure -> {
                            System.out.println("blocking now");
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        })
                        .build();
                UncaughtFailuresTest.fail(blocking, "blocks");
            }
            TaskRuntime runtime = how.equals("own") || how.equals("closed")
                    ? TaskRuntime.builder().build()
                    : TaskRuntime.shared();
            Task<?> task = runtime.call(() -> Tasks.spawn(() -> {
                throw new IllegalStateException("the disk is full");
            }));
            task.await();
            if (how.equals("closed")) {
                runtime.close();
            } else if (how.equals("seen")) {
                task.exceptionNow();
            }
            System.out.println("main ends");
            if (how.equals("exit")) {
                System.exit(0);
            }
        }
    }
}
