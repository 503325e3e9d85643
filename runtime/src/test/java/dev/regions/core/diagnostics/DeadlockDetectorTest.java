package dev.regions.core.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.CompletableTask;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.core.graph.Link;
import dev.regions.core.graph.Node;
import dev.regions.core.schedule.DagCore;
import dev.regions.core.schedule.Worker;
import dev.regions.core.util.Timer;
import dev.regions.queue.QueueStack;
import dev.regions.task.Task;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The watch for deadlocks")
@Timeout(60)
class DeadlockDetectorTest {
    private final TaskRuntime runtime =
            TaskRuntime.builder().onUncaughtFailure(failure -> {}).build();
    private final DagCore core = (DagCore) Objects.requireNonNull(runtime.call(() -> QueueStack.runtime()));
    private final CompletableTask<Integer> external = runtime.call(() -> Tasks.completable());
    private final Deque<Timer> set = new ConcurrentLinkedDeque<>();
    private final AtomicInteger searched = new AtomicInteger();
    private int failures;

    @BeforeEach
    void oneTaskWaits() {
        Task<Integer> waiting =
                runtime.call(() -> Tasks.spawn(() -> external.task().join()));
        Awaitility.await().until(() -> {
            for (Worker worker : core.workers().all()) {
                if (worker.waiting() != null) {
                    return true;
                }
            }
            return waiting.isDone();
        });
    }

    @AfterEach
    void close() {
        external.complete(1);
        runtime.close();
    }

    /** Makes a watch that can be set as soon as a number of attempts has failed. */
    private DeadlockDetector watch(LongSupplier memory) {
        return new DeadlockDetector(
                core,
                timer -> {
                    if (failures-- > 0) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    set.add(timer);
                },
                () -> {
                    searched.incrementAndGet();
                    return memory.getAsLong();
                });
    }

    /**
     * Lets the watch look until it has searched, and has set the next look. The runtime has a watch of its own, which
     * counts for how long the task has waited, too.
     */
    private void look(DeadlockDetector deadlocks) {
        int before = searched.get();
        while (searched.get() == before) {
            set.remove().run();
            Awaitility.await().until(() -> !set.isEmpty());
        }
        assertThat(deadlocks.isWatching()).isTrue();
    }

    @Test
    @DisplayName("goes on after a search that had no memory, and says so until one is complete")
    void searchWithoutMemory() {
        int[] searches = {0};
        DeadlockDetector deadlocks = watch(() -> {
            if (searches[0]++ == 0) {
                throw new OutOfMemoryError("thrown on purpose");
            }
            return 1 << 20;
        });
        assertThat(deadlocks.watch()).isTrue();

        look(deadlocks);
        assertThat(deadlocks.whyIncomplete()).contains("no memory");

        look(deadlocks);
        assertThat(deadlocks.whyIncomplete()).isNull();
    }

    @Test
    @DisplayName("says so if a search gives up because it may look at no more tasks")
    void bounded() {
        DeadlockDetector deadlocks = watch(() -> 100);
        deadlocks.watch();

        look(deadlocks);

        assertThat(deadlocks.whyIncomplete()).contains("gave up");
    }

    @Test
    @DisplayName("is not on after its alarm could not be set, and is tried again")
    void alarmFails() {
        failures = 1;
        DeadlockDetector deadlocks = watch(() -> 1 << 20);

        assertThat(deadlocks.watch()).isFalse();
        assertThat(deadlocks.isWatching()).isFalse();
        assertThat(deadlocks.whyIncomplete()).contains("could not be set");

        assertThat(deadlocks.watch()).isTrue();
        assertThat(set).hasSize(1);
    }

    @Test
    @DisplayName("is off, and not stuck, if the next alarm cannot be set at the end of a look")
    void nextAlarmFails() {
        DeadlockDetector deadlocks = watch(() -> 1 << 20);
        deadlocks.watch();
        failures = 1;

        set.remove().run();

        assertThat(deadlocks.isWatching()).isFalse();
        assertThat(deadlocks.watch()).isTrue();
    }

    @Test
    @DisplayName("tells in a dump, as text and as JSON, why its last search was not complete")
    void dump() {
        String why = "it gave up";
        var dump = new dev.regions.observe.RuntimeDump("r", java.time.Instant.EPOCH, 0, 0, 0, why, java.util.List.of());

        assertThat(dump.toString()).contains("The last search for deadlocks was not complete: it gave up.");
        assertThat(dump.toJson()).contains("\"deadlockSearch\":\"it gave up\"");
        assertThat(runtime.dump().deadlockSearch()).isNull();
        assertThat(runtime.dump().toJson()).contains("\"deadlockSearch\":null");
    }

    @Test
    @DisplayName("finds a circle of tasks that it has room for, though it has none for the rest")
    void partial() throws Exception {
        CompletableFuture<Task<?>> self = new CompletableFuture<>();
        self.complete(runtime.call(() -> Tasks.spawn(() -> self.get().join())));
        Worker stuck = workerOf((Node) self.get());
        CycleSearch search = new CycleSearch(1000);

        assertThat(search.from(java.util.List.of(stuck, stuck, workerOf(external.task()))))
                .hasSizeBetween(0, 1);
        assertThat(new CycleSearch(10_000).from(java.util.List.of(stuck))).hasSize(1);
    }

    /** Returns the worker that waits for a task. */
    private Worker workerOf(Object awaited) {
        Worker[] found = new Worker[1];
        Awaitility.await().until(() -> {
            for (Worker worker : core.workers().all()) {
                Link.Waiter waiter = worker.waiting();
                if (waiter != null && waiter.awaited == awaited) {
                    found[0] = worker;
                }
            }
            return found[0] != null;
        });
        return found[0];
    }
}
