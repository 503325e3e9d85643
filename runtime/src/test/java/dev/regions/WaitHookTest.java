package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.queue.WaitHook;
import dev.regions.task.Task;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A root queue that observes waits")
@Timeout(30)
class WaitHookTest {
    /** Holds everything until somebody waits for something, and hands on all of it then. */
    private static final class LazyRoot implements TaskQueue, WaitHook {
        private final TaskQueue core;
        private final List<PendingTask> held = new CopyOnWriteArrayList<>();
        final List<String> waits = new CopyOnWriteArrayList<>();

        LazyRoot(TaskQueue core) {
            this.core = core;
        }

        @Override
        public void enqueue(PendingTask task) {
            held.add(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            held.addAll(batch.tasks());
        }

        @Override
        public void forEachHeld(Consumer<? super PendingTask> action) {
            held.forEach(action);
        }

        @Override
        public void beforeWait(Task<?> awaited) {
            waits.add("before " + awaited.name());
            List<PendingTask> all = List.copyOf(held);
            held.removeAll(all);
            all.forEach(core::enqueue);
        }

        @Override
        public void afterWait(Task<?> awaited) {
            assertThat(awaited.isDone()).isTrue();
            waits.add("after " + awaited.name());
        }
    }

    @Test
    @DisplayName(
            "is told before and after a wait, on any thread of its runtime, and not of waits that are over already")
    void isTold() throws InterruptedException {
        LazyRoot[] root = new LazyRoot[1];
        try (TaskRuntime runtime =
                TaskRuntime.builder().root(core -> root[0] = new LazyRoot(core)).build()) {
            Task<Integer> outer = runtime.call(() -> {
                Task<Integer> task = Tasks.builder()
                        .name("outer")
                        .spawn(() ->
                                Tasks.builder().name("inner").spawn(() -> 42).join());
                assertThat(task.join()).isEqualTo(42);
                return task;
            });

            assertThat(root[0].waits).containsExactly("before outer", "before inner", "after inner", "after outer");
            outer.join();
            assertThat(root[0].waits).hasSize(4);
        }
    }

    @Test
    @DisplayName("knows a barrier from a task with a body")
    void barriers() {
        LazyRoot[] root = new LazyRoot[1];
        try (TaskRuntime runtime =
                TaskRuntime.builder().root(core -> root[0] = new LazyRoot(core)).build()) {
            runtime.run(() -> Regions.sequential(() -> Regions.bulk(() -> {
                Tasks.spawn(() -> 1);
            })));

            assertThat(root[0].held).extracting(PendingTask::isBarrier).containsExactly(false, true);
            root[0].held.forEach(task -> task.abandon(new IllegalStateException("the test is over")));
        }
    }
}
