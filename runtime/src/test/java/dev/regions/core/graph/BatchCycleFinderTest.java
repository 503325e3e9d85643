package dev.regions.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.RegionScope;
import dev.regions.Regions;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.queue.ChainPolicy;
import dev.regions.queue.Dependency;
import dev.regions.queue.PendingTask;
import dev.regions.queue.RegionPass;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A circle of edges")
@Timeout(60)
class BatchCycleFinderTest {
    private final TaskRuntime runtime =
            TaskRuntime.builder().onUncaughtFailure(failure -> {}).build();

    @AfterEach
    void close() {
        runtime.close();
    }

    @ParameterizedTest
    @EnumSource(ChainPolicy.class)
    @DisplayName(
            "that a batch closes by way of a task launched before is refused; the batch is abandoned, and the sequence goes on")
    void throughALaunchedTask(ChainPolicy policy) throws Exception {
        List<Task<?>> tasks = new ArrayList<>();
        runtime.run(() -> Regions.sequential(policy, () -> {
            Task<Integer> first = Tasks.builder().name("held").spawn(() -> 0);
            first.join();
            try (RegionScope outer = Regions.sequential(policy)) {
                RegionScope bulk = Regions.bulk();
                Task<Integer> held = bulk.fork(() -> 1);
                Task<Integer> early = outer.fork(held, x -> x + 1);
                tasks.addAll(List.of(held, early));

                assertThatThrownBy(bulk::launch)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("wait for each other")
                        .hasMessageContaining(held.name())
                        .hasMessageContaining(early.name());
                assertThatThrownBy(bulk::close).hasMessageContaining("without join() or launch()");
                tasks.add(outer.fork(() -> 2));
                outer.launch();
            }
        }));

        assertThat(tasks.get(0).taskState()).isEqualTo(TaskState.ABANDONED);
        tasks.get(1).await();
        assertThat(tasks.get(1).taskState()).isEqualTo(TaskState.SKIPPED);
        tasks.get(2).await();
        assertThat(tasks.get(2).isDone()).isTrue();
    }

    @Test
    @DisplayName("that a single task closes by way of a task launched before is refused, and the task is abandoned")
    void singleTask() {
        Holding queue = new Holding(runtime.call(TaskRuntime::currentQueue));
        Task<Integer> held = runtime.call(() -> Regions.withQueue(upstream -> queue, () -> {
            Task<Integer> task = Tasks.builder().name("held").spawn(() -> 1);
            queue.after = runtime.call(() -> Tasks.builder().name("early").spawn(task, x -> x));
            return task;
        }));

        assertThat(queue.refusal)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("would wait for itself")
                .hasMessageMatching(".*(held -> early -> held|early -> held -> early);.*");
        assertThat(held.taskState()).isEqualTo(TaskState.ABANDONED);
    }

    /** Holds one task until it is closed, and has it depend on another one then. */
    private static final class Holding implements TaskQueue {
        private final TaskQueue upstream;
        private PendingTask held;
        Task<?> after;
        Throwable refusal;

        Holding(TaskQueue upstream) {
            this.upstream = upstream;
        }

        @Override
        public void enqueue(PendingTask task) {
            task.heldBy(this);
            held = task;
        }

        @Override
        public void enqueue(TaskBatch batch) {
            upstream.enqueue(batch);
        }

        @Override
        public boolean holdsUntilClosed() {
            return true;
        }

        @Override
        public void close() {
            held.dependsOn(after, Dependency.Kind.HARD);
            try {
                upstream.enqueue(held);
            } catch (IllegalArgumentException refused) {
                refusal = refused;
            }
        }
    }

    @Test
    @DisplayName("within a batch of 100,000 is refused in no time, with no more than a hundred names")
    void large() {
        RegionPass closesTheCircle = batch -> {
            List<PendingTask> tasks = batch.tasks();
            for (int i = 0; i < tasks.size(); i++) {
                tasks.get(i).dependsOn(tasks.get((i + 1) % tasks.size()).task(), Dependency.Kind.HARD);
            }
            return batch;
        };
        try (TaskRuntime circular = TaskRuntime.builder().pass(closesTheCircle).build()) {
            assertThatThrownBy(() -> circular.run(() -> Regions.bulk(() -> {
                        for (int i = 0; i < 100_000; i++) {
                            Tasks.spawn(() -> 1);
                        }
                    })))
                    .hasMessageContaining("99900 more")
                    .hasMessageContaining("none of its 100000 tasks is launched");
        }
    }

    @Test
    @DisplayName("is none where a launched task depends on one of the batch, and the batch on others")
    void none() throws Exception {
        Task<Integer> before = runtime.call(() -> Tasks.spawn(() -> 1));
        Task<Integer> last = runtime.call(() -> Regions.bulk(() -> {
            Task<Integer> held = Tasks.spawn(before, x -> x + 1);
            return runtime.call(() -> Tasks.spawn(held, x -> x + 1));
        }));

        assertThat(last.join()).isEqualTo(3);
    }
}
