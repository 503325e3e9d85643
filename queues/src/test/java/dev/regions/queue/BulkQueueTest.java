package dev.regions.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.regions.queue.testing.FakeTask;
import dev.regions.queue.testing.RecordingQueue;
import dev.regions.queue.testing.TaskQueueContract;
import dev.regions.queue.testing.Together;
import dev.regions.task.QueueClosedException;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

class BulkQueueTest extends TaskQueueContract {
    private final RecordingQueue root = new RecordingQueue();
    private final BulkQueue queue = new BulkQueue(root);

    @Override
    protected TaskQueue create(TaskQueue upstream) {
        return new BulkQueue(upstream);
    }

    @Test
    @DisplayName("What is enqueued, alone or in batches, goes on at the end, not before, as one batch in spawn order")
    void collects() {
        queue.enqueue(new FakeTask("a"));
        queue.enqueue(TaskBatch.of(new FakeTask("b"), new FakeTask("c")));
        queue.enqueue(new FakeTask("d"));
        assertThat(root.submissions()).isEmpty();

        queue.close();

        assertThat(root.submissions()).hasToString("[[a, b, c, d]]");
    }

    @Test
    @DisplayName("A region in which nothing was spawned hands on nothing, not even an empty batch")
    void nothingCollected() {
        queue.enqueue(TaskBatch.of());

        queue.flush();
        queue.close();

        assertThat(root.submissions()).isEmpty();
    }

    @Test
    @DisplayName("Each flush hands on what came since the one before, as one batch")
    void flushesInRounds() {
        queue.enqueue(new FakeTask("a"));
        queue.enqueue(new FakeTask("b"));
        queue.flush();
        queue.flush();
        queue.enqueue(new FakeTask("c"));
        queue.close();

        assertThat(root.submissions()).hasToString("[[a, b], [c]]");
    }

    @Test
    @Timeout(60)
    @DisplayName(
            "A task that throws when it is to be held is not taken, and no flush or end of the region waits for it")
    void heldByThrows() {
        FakeTask hostile = new FakeTask("hostile") {
            @Override
            public void heldBy(TaskQueue by) {
                throw new IllegalStateException("not to be held");
            }
        };

        assertThatThrownBy(() -> queue.enqueue(hostile)).hasMessage("not to be held");
        queue.enqueue(new FakeTask("a"));
        assertThatThrownBy(() -> queue.enqueue(TaskBatch.of(new FakeTask("b"), hostile)))
                .hasMessage("not to be held");
        queue.flush();
        queue.enqueue(new FakeTask("c"));
        assertThatThrownBy(() -> queue.enqueue(hostile)).hasMessage("not to be held");
        queue.close();

        assertThat(root.submissions()).hasToString("[[a], [c]]");
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    @DisplayName("A task that throws when it is abandoned does not keep the others from that")
    void abandonThrows() {
        FakeTask before = new FakeTask("before");
        FakeTask hostile = new FakeTask("hostile") {
            @Override
            public void abandon(Throwable reason) {
                throw new IllegalStateException("not to be abandoned");
            }
        };
        FakeTask after = new FakeTask("after");
        queue.enqueue(TaskBatch.of(before, hostile));
        queue.enqueue(after);

        Throwable thrown = catchThrowable(() -> queue.abandon(new Exception("given up")));

        assertThat(thrown).hasMessage("not to be abandoned");
        assertThat(before.isAbandoned()).isTrue();
        assertThat(after.isAbandoned()).isTrue();
    }

    @Test
    @DisplayName("What the upstream queue throws counts, also if tasks cannot be abandoned then")
    void refusedAndNotAbandoned() {
        RuntimeException refusal = new IllegalStateException("refused");
        BulkQueue refused = new BulkQueue(new TaskQueue() {
            @Override
            public void enqueue(PendingTask task) {
                throw refusal;
            }

            @Override
            public void enqueue(TaskBatch batch) {
                throw refusal;
            }
        });
        refused.enqueue(new FakeTask("hostile") {
            @Override
            public void abandon(Throwable reason) {
                throw (RuntimeException) reason;
            }
        });

        assertThatThrownBy(refused::close).isSameAs(refusal);
    }

    @Test
    @DisplayName("isEmpty() tells whether something is held")
    void isEmpty() {
        assertThat(queue.isEmpty()).isTrue();

        queue.enqueue(new FakeTask("a"));
        assertThat(queue.isEmpty()).isFalse();
        queue.flush();
        assertThat(queue.isEmpty()).isTrue();

        queue.enqueue(new FakeTask("b"));
        queue.close();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    @DisplayName("A bulk region in a bulk region launches nothing: there is one launch, at the end of the outermost")
    void nestedMerges() {
        BulkQueue inner = new BulkQueue(queue);
        BulkQueue innermost = new BulkQueue(inner);

        queue.enqueue(new FakeTask("a"));
        inner.enqueue(new FakeTask("b"));
        innermost.enqueue(new FakeTask("c"));
        innermost.close();
        inner.enqueue(new FakeTask("d"));
        inner.close();
        queue.enqueue(new FakeTask("e"));
        assertThat(root.submissions()).isEmpty();
        queue.close();

        assertThat(root.submissions()).hasToString("[[a, b, c, d, e]]");
    }

    @Test
    @DisplayName("What an inner bulk region has merged into the outer one is held, and abandoned, by the outer one")
    void mergedIsHeldByOuter() {
        FakeTask task = new FakeTask("a");
        BulkQueue inner = new BulkQueue(queue);
        inner.enqueue(task);
        assertThat(task.holder()).isSameAs(inner);

        inner.close();
        assertThat(task.holder()).isSameAs(queue);
        assertThat(task.taskState()).isEqualTo(TaskState.UNLAUNCHED);

        Exception reason = new Exception("given up");
        queue.abandon(reason);
        assertThat(task.taskState()).isEqualTo(TaskState.ABANDONED);
        assertThat(task.abandonReason()).isSameAs(reason);
    }

    @Test
    @DisplayName("An inner bulk region that is abandoned takes nothing of the outer one with it")
    void abandonedInner() {
        FakeTask given = new FakeTask("given up");
        BulkQueue inner = new BulkQueue(queue);
        queue.enqueue(new FakeTask("a"));
        inner.enqueue(given);

        inner.abandon(new Exception("given up"));
        queue.close();

        assertThat(given.taskState()).isEqualTo(TaskState.ABANDONED);
        assertThat(root.submissions()).hasToString("[[a]]");
    }

    @Test
    @DisplayName("If the upstream queue refuses the batch, all of it is abandoned for that reason")
    void refusedBatchIsAbandoned() {
        List<FakeTask> tasks = tasks("a", "b");
        tasks.forEach(queue::enqueue);
        root.close();

        Throwable refusal = catchThrowable(queue::close);

        assertThat(refusal).isInstanceOf(QueueClosedException.class);
        assertThat(tasks).extracting(FakeTask::abandonReason).containsOnly(refusal);
    }

    // ---- Several threads --------------------------------------------------------------------------------------------

    @Test
    @DisplayName("What several threads enqueue is one batch, in which each thread's order holds and batches stay whole")
    void keepsOrderOfEachThread() throws InterruptedException {
        List<Executable> producers = new ArrayList<>();
        for (String thread : List.of("x", "y", "z")) {
            producers.add(() -> {
                for (int i = 0; i < 1000; i += 4) {
                    queue.enqueue(new FakeTask(thread + " " + i));
                    queue.enqueue(TaskBatch.of(
                            new FakeTask(thread + " " + (i + 1)),
                            new FakeTask(thread + " " + (i + 2)),
                            new FakeTask(thread + " " + (i + 3))));
                }
            });
        }

        Together.run(producers);
        queue.close();

        assertThat(root.submissions()).hasSize(1);
        List<String> names = root.tasks().stream().map(PendingTask::name).toList();
        for (String thread : List.of("x", "y", "z")) {
            List<String> own =
                    names.stream().filter(name -> name.startsWith(thread)).toList();
            for (int i = 0; i < 1000; i++) {
                assertThat(own.get(i)).isEqualTo(thread + " " + i);
            }
            for (int i = 1; i < 1000; i += 4) {
                int at = names.indexOf(thread + " " + i);
                assertThat(names.subList(at, at + 3))
                        .containsExactly(thread + " " + i, thread + " " + (i + 1), thread + " " + (i + 2));
            }
        }
    }

    @Test
    @DisplayName("A spawn that came before the end of the region is in the batch, though its thread was held up")
    void waitsForSpawnOnTheWay() throws InterruptedException {
        CountDownLatch onTheWay = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        FakeTask slow = new FakeTask("slow") {
            @Override
            public void heldBy(TaskQueue queue) {
                onTheWay.countDown();
                Together.awaitThat(() -> goOn.getCount() == 0);
                super.heldBy(queue);
            }
        };
        AtomicInteger inTime = new AtomicInteger();

        Together.run(List.of(
                () -> queue.enqueue(slow),
                () -> {
                    onTheWay.await();
                    queue.close();
                },
                () -> {
                    onTheWay.await();
                    assertThatThrownBy(() -> {
                                for (; ; inTime.incrementAndGet()) {
                                    queue.enqueue(new FakeTask("until refused"));
                                    Thread.yield();
                                }
                            })
                            .isInstanceOf(QueueClosedException.class);
                    assertThat(root.submissions()).isEmpty();
                    goOn.countDown();
                }));

        assertThat(root.submissions()).hasSize(1);
        assertThat(root.tasks()).hasSize(1 + inTime.get()).contains(slow);
    }

    @Test
    @DisplayName("close() returns after, and launches after, a flush that another thread has begun")
    void closeComesAfterFlush() throws InterruptedException {
        CountDownLatch flushing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread[] closer = new Thread[1];
        TaskQueue slow = new TaskQueue() {
            @Override
            public void enqueue(PendingTask task) {
                root.enqueue(task);
            }

            @Override
            public void enqueue(TaskBatch batch) {
                if (flushing.getCount() == 1) {
                    flushing.countDown();
                    Together.awaitThat(() -> goOn.getCount() == 0);
                }
                root.enqueue(batch);
            }
        };
        BulkQueue queue = new BulkQueue(slow);
        queue.enqueue(new FakeTask("a"));

        Together.run(List.of(
                queue::flush,
                () -> {
                    flushing.await();
                    queue.enqueue(new FakeTask("b"));
                    closer[0] = Thread.currentThread();
                    queue.close();
                    assertThat(root.submissions()).hasToString("[[a], [b]]");
                },
                () -> {
                    flushing.await();
                    Together.awaitThat(() -> closer[0] != null && isOverOrParked(closer[0]));
                    goOn.countDown();
                }));
    }

    @Test
    @DisplayName(
            "Tells of all that it holds, over any number of chunks, and of a batch until the upstream queue has it")
    void tellsOfHeld() throws InterruptedException {
        CountDownLatch taking = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        BulkQueue queue = new BulkQueue(new TaskQueue() {
            @Override
            public void enqueue(PendingTask task) {
                root.enqueue(task);
            }

            @Override
            public void enqueue(TaskBatch batch) {
                taking.countDown();
                Together.awaitThat(() -> goOn.getCount() == 0);
                root.enqueue(batch);
            }
        });
        List<FakeTask> first = IntStream.range(0, 1000)
                .mapToObj(i -> new FakeTask("first " + i))
                .toList();
        FakeTask second = new FakeTask("second");
        first.forEach(queue::enqueue);
        assertThat(toldBy(queue)).containsExactlyElementsOf(first);

        Together.run(List.of(queue::flush, () -> {
            Together.awaitThat(() -> taking.getCount() == 0);
            queue.enqueue(second);
            assertThat(toldBy(queue)).hasSize(1001).containsAll(first).contains(second);
            goOn.countDown();
        }));

        assertThat(toldBy(queue)).containsExactly(second);
        queue.abandon(new Exception("given up"));
        assertThat(toldBy(queue)).isEmpty();
    }

    @Test
    @DisplayName("Who asks what is held while others enqueue and flush hears of nothing that was never in it")
    void tellsWhileOthersGoOn() throws InterruptedException {
        BulkQueue queue = new BulkQueue(root);
        List<FakeTask> tasks = IntStream.range(0, 20_000)
                .mapToObj(i -> new FakeTask("task " + i))
                .toList();
        AtomicInteger enqueued = new AtomicInteger();

        Together.run(List.of(
                () -> tasks.forEach(task -> {
                    enqueued.incrementAndGet();
                    queue.enqueue(task);
                }),
                () -> {
                    while (enqueued.get() < tasks.size()) {
                        queue.flush();
                    }
                },
                () -> {
                    Set<Task<?>> all = new HashSet<>(tasks);
                    while (enqueued.get() < tasks.size()) {
                        assertThat(all.containsAll(toldBy(queue))).isTrue();
                    }
                }));

        queue.close();
        assertThat(root.tasks()).hasSize(tasks.size());
        assertThat(toldBy(queue)).isEmpty();
    }

    private static List<Task<?>> toldBy(TaskQueue queue) {
        List<Task<?>> told = new ArrayList<>();
        queue.forEachHeld(task -> told.add(task.task()));
        return told;
    }

    private static boolean isOverOrParked(Thread thread) {
        return thread.getState() == Thread.State.TERMINATED || thread.getState() == Thread.State.WAITING;
    }

    @Test
    @DisplayName("However the last spawns and the end fall together, the closed queue is empty")
    void closedIsEmpty() throws InterruptedException {
        for (int round = 0; round < 300; round++) {
            BulkQueue queue = new BulkQueue(new RecordingQueue());
            Executable spawnUntilRefused = () -> assertThatThrownBy(() -> {
                        while (true) {
                            queue.enqueue(new FakeTask("until refused"));
                            Thread.yield();
                        }
                    })
                    .isInstanceOf(QueueClosedException.class);

            Together.run(List.of(spawnUntilRefused, spawnUntilRefused, queue::close));

            assertThat(queue.isEmpty()).isTrue();
        }
    }
}
