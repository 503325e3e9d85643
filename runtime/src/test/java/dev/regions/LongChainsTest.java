package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static dev.regions.Handshakes.onAnotherThread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.queue.Dependency;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import dev.regions.task.TaskAction;
import dev.regions.task.TaskState;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a million edges, and ten million tasks, must not cost: the rows D6, D7 and D9. */
@Timeout(value = 6 * SECONDS, unit = TimeUnit.SECONDS)
class LongChainsTest {
    private static final int MILLION = 1_000_000;

    // ---- D6 ---------------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("D6 Failure down a chain of 1,000,000 arguments: every dependent is SKIPPED with the same root cause")
    void failureDownAChainOfArguments() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        IllegalStateException failure = new IllegalStateException("on purpose");
        AtomicInteger ran = new AtomicInteger();
        Task<Integer> last = Tasks.spawn(() -> {
            await(release);
            throw failure;
        });
        List<Task<?>> dependents = new ArrayList<>(MILLION);
        for (int i = 0; i < MILLION; i++) {
            last = Tasks.spawn(last, x -> ran.incrementAndGet());
            dependents.add(last);
        }

        release.countDown();

        assertAllSkippedFor(failure, dependents);
        assertThat(ran).hasValue(0);
    }

    @Test
    @DisplayName("D6 Failure down a sequential region of 1,000,000 tasks, launched as one batch: likewise")
    void failureDownASequentialRegion() throws Exception {
        IllegalStateException failure = new IllegalStateException("on purpose");
        AtomicInteger ran = new AtomicInteger();
        List<Task<?>> dependents = new ArrayList<>(MILLION);

        Regions.bulk(() -> Regions.sequential(() -> {
            Tasks.spawn(() -> {
                throw failure;
            });
            for (int i = 0; i < MILLION; i++) {
                dependents.add(Tasks.spawn(() -> {
                    ran.incrementAndGet();
                }));
            }
        }));

        assertAllSkippedFor(failure, dependents);
        assertThat(ran).hasValue(0);
    }

    @Test
    @DisplayName("Likewise cancel() of a task that waits, before a chain of 1,000,000: all are SKIPPED when it returns")
    void cancelDownAChain() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        Task<?> gate = Tasks.spawn(() -> await(release));
        Task<Integer> first = Tasks.builder().requires(gate).spawn(ran::incrementAndGet);
        Task<Integer> last = first;
        List<Task<?>> dependents = new ArrayList<>(MILLION);
        for (int i = 0; i < MILLION; i++) {
            last = Tasks.spawn(last, x -> ran.incrementAndGet());
            dependents.add(last);
        }
        Task<String> after = Tasks.builder().after(last).spawn(() -> "after");

        assertThat(first.cancel()).isTrue();

        long skipped = dependents.stream()
                .filter(dependent -> dependent.taskState() == TaskState.SKIPPED)
                .count();
        assertThat(skipped).isEqualTo(MILLION);
        assertThat(last.exceptionNow()).hasCauseInstanceOf(CancellationException.class);
        assertThat(after.taskState()).isEqualTo(TaskState.WAITING); // for what the cancelled one waited for
        release.countDown();
        assertThat(after.join()).isEqualTo("after");
        assertThat(ran).hasValue(0);
    }

    /** Looks at each of them on a thread of its own: an exception for each is a matter of how deep the stack is. */
    private static void assertAllSkippedFor(Throwable failure, List<Task<?>> dependents) throws Exception {
        onAnotherThread(() -> {
            for (Task<?> dependent : dependents) {
                dependent.await();
                if (dependent.taskState() != TaskState.SKIPPED
                        || dependent.exceptionNow().getCause() != failure) {
                    assertThat(dependent.taskState()).as("%s", dependent).isEqualTo(TaskState.SKIPPED);
                    assertThat(dependent.exceptionNow()).as("%s", dependent).hasCause(failure);
                }
            }
            return null;
        });
    }

    // ---- D7 ---------------------------------------------------------------------------------------------------------

    /** What becomes of the first task of the chain. */
    enum First {
        SUCCEEDS,
        FAILS,
        IS_CANCELLED
    }

    @ParameterizedTest(name = "D7 A chain of 10,000,000 tasks, spawned while it runs, in a heap of 256 MiB: first {0}")
    @EnumSource
    void chainInASmallHeap(First first) throws Exception {
        ForkedJvm.run(ChainInASmallHeap.class, 4 * SECONDS, List.of("-Xmx256m"), first.name());
    }

    /** Started in a JVM of its own. */
    static final class ChainInASmallHeap {
        private static final int LENGTH = 10_000_000;
        /** So many tasks wait before anything happens to the first. The tasks that wait at a time are twice that. */
        private static final int STRETCH = 100_000;

        private ChainInASmallHeap() {}

        public static void main(String[] arguments) throws Exception {
            First kind = First.valueOf(arguments[0]);
            Task<Integer> last = growChain(kind);

            last.await();
            if (kind == First.SUCCEEDS) {
                assertThat(last.join()).isEqualTo(LENGTH);
            } else {
                assertThat(last.taskState()).isEqualTo(TaskState.SKIPPED);
                assertThat(last.exceptionNow())
                        .hasRootCauseMessage(kind == First.FAILS ? "on purpose" : "task 'first' was cancelled");
            }
        }

        private static Task<Integer> growChain(First kind) throws Exception {
            CountDownLatch runs = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            Task<Integer> last = Tasks.builder().name("first").spawn(() -> {
                runs.countDown();
                await(release);
                if (kind == First.FAILS) {
                    throw new IllegalStateException("on purpose");
                }
                return 0;
            });
            await(runs);
            Task<Integer> first = last;
            Task<Integer> stretchBefore = last;
            for (int i = 1; i <= LENGTH; i++) {
                last = Tasks.spawn(last, x -> x + 1);
                if (i == STRETCH) {
                    if (kind == First.IS_CANCELLED) {
                        first.cancel();
                    } else {
                        release.countDown();
                    }
                    first = last;
                }
                if (i % STRETCH == 0) {
                    // Tasks that wait need memory, on any heap: the spawner does not run ahead without bounds.
                    stretchBefore.await();
                    stretchBefore = last;
                }
            }
            return last;
        }
    }

    // ---- D9 ---------------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("D9 A task that names a million finished tasks as edges leaks none, while it waits and while it runs")
    void namedEdgesAreLetGo() throws Exception {
        CountDownLatch firstRelease = new CountDownLatch(1);
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Task<?> unfinished = Tasks.spawn(() -> await(firstRelease));

        List<WeakReference<Object>> sample = new ArrayList<>();
        Task<?> task = afterFinished(sample, unfinished, () -> {
            runs.countDown();
            await(release);
        });
        awaitCleared(sample);
        assertThat(task.taskState()).isEqualTo(TaskState.WAITING);
        List<WeakReference<Object>> sampleOfRunning = new ArrayList<>();
        CountDownLatch othersRun = new CountDownLatch(1);
        Task<?> running = afterFinished(sampleOfRunning, Tasks.spawn(() -> {}), () -> {
            othersRun.countDown();
            await(release);
        });
        await(othersRun);
        awaitCleared(sampleOfRunning);
        assertThat(running.taskState()).isEqualTo(TaskState.RUNNING);

        firstRelease.countDown();
        await(runs);
        release.countDown();
        task.join();
        running.join();
    }

    private static Task<?> afterFinished(List<WeakReference<Object>> sample, Task<?> last, TaskAction body)
            throws Exception {
        List<Task<?>> finished = finishedTasks(sample);
        return Tasks.builder()
                .requires(finished.subList(0, MILLION / 2))
                .after(finished.subList(MILLION / 2, MILLION))
                .requires(last)
                .spawn(body);
    }

    @Test
    @DisplayName("D9 Likewise if a queue names them, one by one")
    void edgesNamedByAQueueAreLetGo() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch runs = new CountDownLatch(1);
        List<WeakReference<Object>> sample = new ArrayList<>();

        Task<?> task = withEdgesOfAQueue(finishedTasks(sample), () -> {
            runs.countDown();
            await(release);
        });
        await(runs);
        awaitCleared(sample);

        assertThat(task.taskState()).isEqualTo(TaskState.RUNNING);
        release.countDown();
        task.join();
    }

    private static Task<?> withEdgesOfAQueue(List<Task<?>> predecessors, TaskAction body) {
        return Regions.withQueue(upstream -> new Naming(upstream, predecessors), () -> Tasks.spawn(body));
    }

    /** Names each of some tasks as an edge, and forgets it. */
    private record Naming(TaskQueue upstream, List<Task<?>> predecessors) implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {
            for (Task<?> predecessor : predecessors) {
                boolean hard = predecessor.hashCode() % 2 == 0;
                task.dependsOn(predecessor, hard ? Dependency.Kind.HARD : Dependency.Kind.SOFT);
            }
            predecessors.clear();
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            upstream.enqueue(batch);
        }
    }

    @Test
    @DisplayName("D9 A running task that waits for a million others, and spawns after them, keeps none of them")
    void waitedForTasksAreLetGo() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch waited = new CountDownLatch(1);
        List<WeakReference<Object>> sample = new ArrayList<>();

        Task<?> task = Tasks.spawn(() -> {
            List<Task<?>> finished = finishedTasks(sample);
            for (Task<?> each : finished) {
                each.await();
                Tasks.spawn(each, x -> x);
            }
            finished = List.of();
            waited.countDown();
            await(release);
        });
        await(waited);
        awaitCleared(sample);

        assertThat(task.taskState()).isEqualTo(TaskState.RUNNING);
        release.countDown();
        task.join();
    }

    /** Makes a million tasks and waits for them; of some of them, puts what must become unreachable into the sample. */
    private static List<Task<?>> finishedTasks(List<WeakReference<Object>> sample) throws InterruptedException {
        List<Task<?>> finished = new ArrayList<>(MILLION);
        for (int i = 0; i < MILLION; i++) {
            finished.add(Tasks.spawn(Object::new));
        }
        for (int i = 0; i < MILLION; i++) {
            Task<?> task = finished.get(i);
            task.await();
            if (i % 10_000 == 0) {
                sample.add(new WeakReference<>(task));
                sample.add(new WeakReference<>(task.resultNow()));
            }
        }
        return finished;
    }

    private static void awaitCleared(List<WeakReference<Object>> sample) {
        assertThat(sample).isNotEmpty();
        Awaitility.await().atMost(SECONDS, TimeUnit.SECONDS).until(() -> {
            System.gc();
            return sample.stream().allMatch(reference -> reference.get() == null);
        });
    }
}
