package dev.regions.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.Dependency.Kind;
import dev.regions.queue.testing.FakeTask;
import dev.regions.queue.testing.RecordingQueue;
import dev.regions.queue.testing.TaskQueueContract;
import dev.regions.queue.testing.Together;
import dev.regions.task.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** With the policy SKIP_REST; {@link SequentialQueueContinueTest} is the same with CONTINUE. */
class SequentialQueueTest extends TaskQueueContract {
    private final RecordingQueue root = new RecordingQueue();
    private final TaskQueue queue = create(root);

    ChainPolicy policy() {
        return ChainPolicy.SKIP_REST;
    }

    /** The kind of edge that the policy asks for. */
    Kind edge() {
        return Kind.HARD;
    }

    @Override
    protected TaskQueue create(TaskQueue upstream) {
        return new SequentialQueue(upstream, policy());
    }

    @Override
    protected boolean addsTasks() {
        return true;
    }

    @Test
    @DisplayName("Nothing is held back: a task goes on at once, with one edge to the task before it")
    void eachTaskAfterTheOneBefore() {
        List<FakeTask> tasks = tasks("a", "b", "c");

        tasks.forEach(queue::enqueue);

        assertThat(root.submissions()).hasToString("[a, b, c]");
        assertThat(tasks.get(0).dependencies()).isEmpty();
        assertThat(tasks.get(1).dependencies()).containsExactly(after(tasks.get(0)));
        assertThat(tasks.get(2).dependencies()).containsExactly(after(tasks.get(1)));
    }

    @Test
    @DisplayName("The edges that a task has already stay in front of that to the task before it")
    void keepsOtherEdges() {
        List<FakeTask> tasks = tasks("argument", "a", "b");
        queue.enqueue(tasks.get(1));
        tasks.get(2).dependsOn(tasks.get(0), Kind.HARD);

        queue.enqueue(tasks.get(2));

        assertThat(tasks.get(2).dependencies())
                .containsExactly(new Dependency(tasks.get(0), Kind.HARD), after(tasks.get(1)));
    }

    @Test
    @DisplayName("A batch is one step: its tasks stay parallel, what follows waits for all of them through one barrier")
    void batchIsOneStep() {
        List<FakeTask> tasks = tasks("before", "left", "right", "after");

        queue.enqueue(tasks.get(0));
        queue.enqueue(TaskBatch.of(tasks.get(1), tasks.get(2)));
        queue.enqueue(tasks.get(3));

        assertThat(root.submissions()).hasToString("[before, [left, right, end of batch], after]");
        FakeTask barrier = tasks.get(1).barriers().findFirst().orElseThrow();
        assertThat(tasks.get(1).dependencies()).containsExactly(after(tasks.get(0)));
        assertThat(tasks.get(2).dependencies()).containsExactly(after(tasks.get(0)));
        assertThat(tasks.get(3).dependencies()).containsExactly(after(barrier));
        assertThat(barrier.dependencies())
                .as("the barrier waits for the batch, and for what was before it, should all of the batch be cancelled")
                .containsExactly(after(tasks.get(0)), hardAfter(tasks.get(1)), hardAfter(tasks.get(2)));
    }

    /** A barrier stands for its batch: it succeeds if all of that does, whatever the policy of who comes next. */
    private static Dependency hardAfter(FakeTask predecessor) {
        return new Dependency(predecessor, Kind.HARD);
    }

    @Test
    @DisplayName("Each edge says why it is there, and that it comes from this queue")
    void edgesHaveReasons() {
        List<FakeTask> tasks = tasks("before", "left", "right", "after");

        queue.enqueue(tasks.get(0));
        queue.enqueue(TaskBatch.of(tasks.get(1), tasks.get(2)));
        queue.enqueue(tasks.get(3));

        FakeTask barrier = tasks.get(1).barriers().findFirst().orElseThrow();
        assertThat(tasks.get(1).reasons())
                .containsExactly(new FakeTask.Said(tasks.get(0), EdgeReason.SEQUENTIAL, queue));
        assertThat(barrier.reasons())
                .containsExactly(
                        new FakeTask.Said(tasks.get(0), EdgeReason.SEQUENTIAL, queue),
                        new FakeTask.Said(tasks.get(1), EdgeReason.BARRIER, queue),
                        new FakeTask.Said(tasks.get(2), EdgeReason.BARRIER, queue));
        assertThat(tasks.get(3).reasons()).containsExactly(new FakeTask.Said(barrier, EdgeReason.SEQUENTIAL, queue));
    }

    @Test
    @DisplayName("Between a batch of 1000 and the next batch of 1000 there are 2000 edges, not a million")
    void edgesBetweenBatches() {
        queue.enqueue(batchOf(1000));
        assertThat(edges()).as("each task of the first batch to its barrier").isEqualTo(1000);

        queue.enqueue(batchOf(1000));

        assertThat(edges())
                .as("the first barrier to each task of the second batch and to its barrier, and each of those to that")
                .isEqualTo(1000 + 1000 + 1 + 1000);
    }

    private static TaskBatch batchOf(int size) {
        return new TaskBatch(IntStream.range(0, size)
                .<PendingTask>mapToObj(i -> new FakeTask("task " + i))
                .toList());
    }

    private int edges() {
        return root.tasks().stream()
                .mapToInt(task -> task.dependencies().size())
                .sum();
    }

    @Test
    @DisplayName("An empty batch leaves the chain intact, and no barrier")
    void emptyBatchLeavesChainIntact() {
        List<FakeTask> tasks = tasks("a", "b");

        queue.enqueue(tasks.get(0));
        queue.enqueue(TaskBatch.of());
        queue.enqueue(tasks.get(1));

        assertThat(root.submissions()).hasToString("[a, b]");
        assertThat(tasks.get(1).dependencies()).containsExactly(after(tasks.get(0)));
    }

    @Test
    @DisplayName("A task that is final already, or was cancelled, keeps its place in the chain")
    void finalTaskKeepsItsPlace() {
        List<FakeTask> tasks = tasks("a", "cancelled", "c");
        tasks.get(1).cancel();

        tasks.forEach(queue::enqueue);

        assertThat(tasks.get(1).dependencies()).containsExactly(after(tasks.get(0)));
        assertThat(tasks.get(2).dependencies()).containsExactly(after(tasks.get(1)));
    }

    // ---- Nesting ----------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("A sequential region in a sequential one continues its chain: what follows waits for its last task")
    void nestedContinuesChain() {
        List<FakeTask> tasks = tasks("a", "b", "c", "d");
        TaskQueue inner = create(queue);

        queue.enqueue(tasks.get(0));
        inner.enqueue(tasks.get(1));
        inner.enqueue(tasks.get(2));
        inner.close();
        queue.enqueue(tasks.get(3));

        assertThat(root.submissions()).hasToString("[a, b, c, d]");
        for (int i = 1; i < 4; i++) {
            assertThat(tasks.get(i).dependencies()).containsExactly(after(tasks.get(i - 1)));
        }
    }

    @Test
    @DisplayName("A batch in a sequential region nested in another gets one barrier, not one for each of the two")
    void nestedBatchGetsOneBarrier() {
        TaskQueue innermost = create(create(queue));

        innermost.enqueue(batchOf(2));

        assertThat(root.submissions()).hasToString("[[task 0, task 1, end of batch]]");
    }

    @Test
    @DisplayName("In a nested sequential region with another policy, that policy makes the edges")
    void nestedWithOtherPolicy() {
        Kind otherEdge = edge() == Kind.HARD ? Kind.SOFT : Kind.HARD;
        ChainPolicy otherPolicy = policy() == ChainPolicy.SKIP_REST ? ChainPolicy.CONTINUE : ChainPolicy.SKIP_REST;
        List<FakeTask> tasks = tasks("a", "b", "c", "d", "e");
        TaskQueue inner = new SequentialQueue(queue, otherPolicy);

        queue.enqueue(tasks.get(0));
        inner.enqueue(tasks.get(1));
        inner.enqueue(TaskBatch.of(tasks.get(2), tasks.get(3)));
        inner.close();
        queue.enqueue(tasks.get(4));

        FakeTask barrier = tasks.get(2).barriers().findFirst().orElseThrow();
        assertThat(tasks.get(1).dependencies()).containsExactly(new Dependency(tasks.get(0), otherEdge));
        assertThat(tasks.get(2).dependencies()).containsExactly(new Dependency(tasks.get(1), otherEdge));
        assertThat(tasks.get(3).dependencies()).containsExactly(new Dependency(tasks.get(1), otherEdge));
        assertThat(barrier.dependencies())
                .containsExactly(
                        new Dependency(tasks.get(1), otherEdge), hardAfter(tasks.get(2)), hardAfter(tasks.get(3)));
        assertThat(tasks.get(4).dependencies()).containsExactly(after(barrier));
    }

    @Test
    @DisplayName("Sequential regions side by side in a bulk region are chains that do not wait for each other")
    void sideBySideInBulk() {
        List<FakeTask> tasks = tasks("x1", "y1", "x2", "y2");
        BulkQueue bulk = new BulkQueue(root);
        TaskQueue x = create(bulk);
        TaskQueue y = create(bulk);

        x.enqueue(tasks.get(0));
        y.enqueue(tasks.get(1));
        x.enqueue(tasks.get(2));
        y.enqueue(tasks.get(3));
        bulk.close();

        assertThat(root.submissions()).hasToString("[[x1, y1, x2, y2]]");
        assertThat(tasks.get(0).dependencies()).isEmpty();
        assertThat(tasks.get(1).dependencies()).isEmpty();
        assertThat(tasks.get(2).dependencies()).containsExactly(after(tasks.get(0)));
        assertThat(tasks.get(3).dependencies()).containsExactly(after(tasks.get(1)));
    }

    @Test
    @DisplayName("Nested in a region that is closed, it refuses, too")
    void outerIsClosed() {
        FakeTask late = new FakeTask("late");
        TaskQueue inner = create(queue);
        queue.close();

        assertThatThrownBy(() -> inner.enqueue(late)).hasMessageContaining("has ended");
        assertThat(late.dependencies()).isEmpty();
    }

    // ---- When something goes wrong ----------------------------------------------------------------------------------

    @Test
    @DisplayName(
            "A batch that the upstream queue refuses is no part of the sequence, and its barrier is abandoned for that reason")
    void refusedBatch() {
        List<FakeTask> tasks = tasks("a", "b", "after");
        FakeTask before = new FakeTask("before");
        queue.enqueue(before);
        RuntimeException refusal = new IllegalStateException("full");
        root.refuseWith(refusal);

        assertThatThrownBy(() -> queue.enqueue(TaskBatch.of(tasks.get(0), tasks.get(1))))
                .isSameAs(refusal);

        FakeTask barrier = tasks.get(0).barriers().findFirst().orElseThrow();
        assertThat(barrier.abandonReason()).isSameAs(refusal);
        assertThat(tasks).as("these are for their spawner to abandon").noneMatch(FakeTask::isAbandoned);

        root.accept();
        queue.enqueue(tasks.get(2));
        assertThat(tasks.get(2).dependencies()).containsExactly(after(before));
    }

    @Test
    @DisplayName(
            "A task that the upstream queue refuses is no part of the sequence: the next comes after the one before it")
    void refusedTask() {
        List<FakeTask> tasks = tasks("first refused", "before", "refused", "refused again", "after");
        RuntimeException refusal = new IllegalStateException("full");

        root.refuseWith(refusal);
        assertThatThrownBy(() -> queue.enqueue(tasks.get(0))).isSameAs(refusal);
        root.accept();
        queue.enqueue(tasks.get(1));
        root.refuseWith(refusal);
        assertThatThrownBy(() -> queue.enqueue(tasks.get(2))).isSameAs(refusal);
        assertThatThrownBy(() -> queue.enqueue(tasks.get(3))).isSameAs(refusal);
        root.accept();
        queue.enqueue(tasks.get(4));

        assertThat(tasks.get(1).dependencies()).isEmpty();
        assertThat(tasks.get(4).dependencies()).containsExactly(after(tasks.get(1)));
    }

    @Test
    @DisplayName("Also where several threads enqueue, no task comes after one that is refused")
    void refusedWhileOthersEnqueue() throws InterruptedException {
        int each = 1000;
        Set<Task<?>> refused = ConcurrentHashMap.newKeySet();
        TaskQueue odd = new TaskQueue() {
            @Override
            public void enqueue(PendingTask task) {
                if (Integer.parseInt(task.name().substring(1)) % 2 == 1) {
                    refused.add(task.task());
                    throw new IllegalStateException("odd");
                }
                root.enqueue(task);
            }

            @Override
            public void enqueue(TaskBatch batch) {
                root.enqueue(batch);
            }
        };
        TaskQueue chain = create(odd);
        List<Executable> producers = new ArrayList<>();
        for (String thread : List.of("x", "y", "z")) {
            producers.add(() -> {
                for (int i = 0; i < each; i++) {
                    FakeTask task = new FakeTask(thread + i);
                    if (i % 2 == 0) {
                        chain.enqueue(task);
                    } else {
                        assertThatThrownBy(() -> chain.enqueue(task)).hasMessage("odd");
                    }
                }
            });
        }

        Together.run(producers);

        assertThat(refused).hasSize(3 * each / 2);
        assertThat(root.tasks().stream().flatMap(task -> task.dependencies().stream()))
                .hasSize(3 * each / 2 - 1)
                .noneMatch(edge -> refused.contains(edge.predecessor()));
    }

    @Test
    @DisplayName("A batch with a task that takes no edge, being launched already, is no part of the sequence")
    void batchThatCannotBeOrdered() {
        List<FakeTask> tasks = tasks("a", "launched before", "after");
        queue.enqueue(tasks.get(0));
        tasks.get(1).launch();

        assertThatThrownBy(() -> queue.enqueue(TaskBatch.of(tasks.get(1)))).isInstanceOf(IllegalStateException.class);
        queue.enqueue(tasks.get(2));

        FakeTask barrier = tasks.get(1).barriers().findFirst().orElseThrow();
        assertThat(tasks.get(2).dependencies()).containsExactly(after(tasks.get(0)));
        assertThat(barrier.isAbandoned()).isTrue();
    }

    // ---- Several threads --------------------------------------------------------------------------------------------

    @Test
    @DisplayName("What several threads enqueue is one chain, in which each thread's own order holds")
    void severalThreadsMakeOneChain() throws InterruptedException {
        int each = 1000;
        List<Executable> producers = new ArrayList<>();
        for (String thread : List.of("x", "y", "z")) {
            producers.add(() -> {
                for (int i = 0; i < each; i++) {
                    queue.enqueue(new FakeTask(thread + i));
                }
            });
        }

        Together.run(producers);

        Map<Task<?>, PendingTask> successors = new HashMap<>();
        PendingTask next = null;
        for (PendingTask task : root.tasks()) {
            List<Dependency> before = task.dependencies();
            if (before.isEmpty()) {
                assertThat(next).as("another task that comes first").isNull();
                next = task;
            } else {
                assertThat(before).hasSize(1);
                Task<?> predecessor = before.get(0).predecessor();
                assertThat(successors.put(predecessor, task))
                        .as("another task after " + predecessor)
                        .isNull();
            }
        }
        Map<String, Integer> seen = new HashMap<>();
        for (; next != null; next = successors.get(next.task())) {
            String thread = next.name().substring(0, 1);
            int count = seen.merge(thread, 1, Integer::sum);
            assertThat(next.name()).isEqualTo(thread + (count - 1));
        }
        assertThat(seen).isEqualTo(Map.of("x", each, "y", each, "z", each));
    }

    private Dependency after(Task<?> predecessor) {
        return new Dependency(predecessor, edge());
    }
}
