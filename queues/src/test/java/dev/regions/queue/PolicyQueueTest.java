package dev.regions.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.regions.queue.snippets.Quorum;
import dev.regions.queue.testing.FakeTask;
import dev.regions.queue.testing.RecordingQueue;
import dev.regions.queue.testing.TaskQueueContract;
import dev.regions.queue.testing.Together;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PolicyQueueTest extends TaskQueueContract {
    private final RecordingQueue root = new RecordingQueue();
    private final JoinedQueue joined = new JoinedQueue(root);

    @Override
    protected TaskQueue create(TaskQueue above) {
        return new PolicyQueue<>(new JoinedQueue(above), JoinPolicy.collect());
    }

    /** Notes what it is told, and needs no more after so many tasks. */
    private static class Noting implements JoinPolicy<List<String>> {
        final List<String> told = new ArrayList<>();
        final int wanted;

        Noting(int wanted) {
            this.wanted = wanted;
        }

        @Override
        public boolean onFinal(Task<?> task, long position) {
            told.add(position + " " + task + " " + task.taskState());
            return told.size() >= wanted;
        }

        @Override
        public List<String> result() {
            return told;
        }
    }

    // ---- What the policy is told
    // --------------------------------------------------------------------------------------

    @Test
    @DisplayName(
            "The policy is told of each task when it is final, whoever waits or not, with its place in spawn order")
    void toldAtOnce() throws Exception {
        Noting policy = new Noting(100);
        PolicyQueue<?> queue = new PolicyQueue<>(joined, policy);
        List<FakeTask> tasks = tasks("a", "b", "c", "d");
        queue.enqueue(tasks.get(0));
        queue.enqueue(TaskBatch.of(tasks.get(1), tasks.get(2)));

        tasks.get(2).succeed(1);
        assertThat(policy.told).containsExactly("2 c SUCCEEDED");
        tasks.get(0).fail(new Exception("failed"));
        tasks.get(1).cancel();
        tasks.get(3).succeed(2);
        queue.enqueue(tasks.get(3));

        assertThat(policy.told)
                .containsExactly("2 c SUCCEEDED", "0 a FAILED", "1 b CANCELLED", "3 d SUCCEEDED")
                .isSameAs(queue.result());
    }

    @Test
    @DisplayName("The policy is not told of the barriers that sequential regions make")
    void notToldOfBarriers() throws Exception {
        PolicyQueue<List<Task<?>>> queue = new PolicyQueue<>(joined, JoinPolicy.collect());
        SequentialQueue sequence = new SequentialQueue(queue, ChainPolicy.CONTINUE);
        List<FakeTask> tasks = tasks("a", "b", "c");
        sequence.enqueue(TaskBatch.of(tasks.get(0), tasks.get(1)));
        BulkQueue bulk = new BulkQueue(sequence);
        bulk.enqueue(tasks.get(2));
        bulk.close();
        assertThat(root.tasks()).hasSize(5);

        root.tasks().forEach(task -> ((FakeTask) task.task()).succeed(null));

        assertThat(queue.result()).isEqualTo(tasks);
    }

    @Test
    @DisplayName("The policy is told by one thread at a time, of everything, while others spawn and end tasks")
    void toldOneAtATime() throws Exception {
        AtomicBoolean busy = new AtomicBoolean();
        boolean[] overlapped = new boolean[1];
        long[] told = new long[1]; // no synchronisation of its own
        PolicyQueue<Long> queue = new PolicyQueue<>(joined, new JoinPolicy<>() {
            @Override
            public boolean onFinal(Task<?> task, long position) {
                overlapped[0] |= !busy.compareAndSet(false, true);
                told[0]++;
                busy.set(false);
                return false;
            }

            @Override
            public Long result() {
                return told[0];
            }
        });

        Together.run(Collections.nCopies(4, () -> {
            for (int i = 0; i < 5000; i++) {
                FakeTask task = new FakeTask("task");
                queue.enqueue(task);
                task.succeed(null);
            }
        }));

        assertThat(queue.result()).isEqualTo(20_000);
        assertThat(overlapped[0]).isFalse();
    }

    @Test
    @DisplayName("A policy that ends another task is told of that after its call, not within it")
    void notReentrant() throws Exception {
        List<FakeTask> tasks = tasks("a", "b");
        boolean[] within = new boolean[1];
        Noting policy = new Noting(100) {
            @Override
            public boolean onFinal(Task<?> task, long position) {
                assertThat(within[0]).isFalse();
                within[0] = true;
                tasks.get(1).cancel();
                within[0] = false;
                return super.onFinal(task, position);
            }
        };
        PolicyQueue<?> queue = new PolicyQueue<>(joined, policy);
        tasks.forEach(queue::enqueue);

        tasks.get(0).succeed(null);

        assertThat(queue.result()).isSameAs(policy.told);
        assertThat(policy.told).containsExactly("0 a SUCCEEDED", "1 b CANCELLED");
    }

    @Test
    @DisplayName("The result waits for a policy that is just being told")
    void resultWaits() throws Exception {
        FakeTask task = new FakeTask("a");
        FutureTask<Void> proceed = new FutureTask<>(() -> null);
        Noting policy = new Noting(100) {
            @Override
            public boolean onFinal(Task<?> ended, long position) {
                try {
                    proceed.get(30, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                return super.onFinal(ended, position);
            }
        };
        PolicyQueue<List<String>> queue = new PolicyQueue<>(joined, policy);
        queue.enqueue(task);
        Thread.ofPlatform().daemon().start(() -> task.succeed(null));
        FutureTask<List<String>> result = new FutureTask<>(queue::result);
        Thread waiting = Thread.ofPlatform().daemon().start(result);

        org.awaitility.Awaitility.await().until(waiting::getState, Thread.State.WAITING::equals);
        proceed.run();

        assertThat(result.get(30, TimeUnit.SECONDS)).containsExactly("0 a SUCCEEDED");
    }

    // ---- When it needs no more
    // ----------------------------------------------------------------------------------------

    @Test
    @DisplayName(
            "Once the policy needs no more, the rest is cancelled, what comes later is abandoned, and it is told no more")
    void needsNoMore() throws Exception {
        Noting policy = new Noting(1);
        PolicyQueue<List<String>> queue = new PolicyQueue<>(joined, policy);
        List<FakeTask> tasks = tasks("a", "b", "late", "late, in a batch");
        queue.enqueue(tasks.get(0));
        queue.enqueue(tasks.get(1));

        tasks.get(0).succeed(null);
        queue.enqueue(tasks.get(2));
        queue.enqueue(TaskBatch.of(tasks.get(3)));

        assertThat(tasks)
                .extracting(FakeTask::taskState)
                .containsExactly(TaskState.SUCCEEDED, TaskState.CANCELLED, TaskState.ABANDONED, TaskState.ABANDONED);
        assertThat(queue.result()).containsExactly("0 a SUCCEEDED");
        assertThat(tasks.get(2).abandonReason()).hasMessageContaining("joined region");
    }

    @Test
    @DisplayName(
            "Once the policy needs no more, barriers that are launched are left alone: they end with what they stand for")
    void cancelsNoBarrier() {
        FakeTask first = new FakeTask("first");
        FakeTask endsMeanwhile = new FakeTask("ends meanwhile");
        TaskQueue root = new TaskQueue() {
            @Override
            public void enqueue(PendingTask task) {}

            @Override
            public void enqueue(TaskBatch batch) {
                batch.tasks().forEach(task -> ((FakeTask) task).launch());
                endsMeanwhile.succeed(null);
                first.succeed(null); // and the policy has had enough
            }
        };
        PolicyQueue<List<String>> queue = new PolicyQueue<>(new JoinedQueue(root), new Noting(1));
        queue.enqueue(first);
        new SequentialQueue(queue, ChainPolicy.FAIL_CHAIN).enqueue(TaskBatch.of(endsMeanwhile));

        assertThat(endsMeanwhile.barriers()).singleElement().satisfies(barrier -> assertThat(barrier.isDone())
                .isFalse());
    }

    @Test
    @DisplayName("Nothing stays uncancelled that is enqueued while the policy finds that it needs no more")
    void needsNoMoreRacesWithProducers() throws Exception {
        for (int round = 0; round < 2000; round++) {
            PolicyQueue<List<String>> queue = new PolicyQueue<>(new JoinedQueue(root), new Noting(1));
            List<FakeTask> tasks = tasks("first", "second", "third");
            queue.enqueue(tasks.get(0));

            Together.run(List.of(() -> tasks.get(0).succeed(null), () -> {
                queue.enqueue(tasks.get(1));
                queue.enqueue(TaskBatch.of(tasks.get(2)));
            }));

            assertThat(tasks).allMatch(FakeTask::isDone);
            assertThat(queue.result()).hasSize(1);
        }
    }

    @Test
    @DisplayName("A policy that throws ends the region: the rest is cancelled, and the result throws the same")
    void policyThrows() {
        Error wrong = new AssertionError("by the policy");
        PolicyQueue<?> queue = new PolicyQueue<>(joined, new Noting(100) {
            @Override
            public boolean onFinal(Task<?> task, long position) {
                throw wrong;
            }
        });
        List<FakeTask> tasks = tasks("a", "b", "c");
        tasks.forEach(queue::enqueue);

        tasks.get(1).succeed(null);

        assertThat(tasks)
                .extracting(FakeTask::taskState)
                .containsExactly(TaskState.CANCELLED, TaskState.SUCCEEDED, TaskState.CANCELLED);
        assertThatThrownBy(queue::result).isSameAs(wrong);
        assertThatThrownBy(queue::result).isSameAs(wrong);
    }

    // ---- The policies that there are
    // ----------------------------------------------------------------------------------

    @Test
    @DisplayName("allSucceed() and failFast() throw the failures in spawn order, whatever the order in which they came")
    void allSucceed() {
        PolicyQueue<Void> queue = new PolicyQueue<>(joined, JoinPolicy.allSucceed());
        List<FakeTask> tasks = tasks("skipped", "a", "b", "c", "cancelled", "skipped for that", "skipped outside");
        Exception first = new Exception("a");
        Exception second = new Exception("c");
        Exception outside = new Exception("outside");
        tasks.forEach(queue::enqueue);

        tasks.get(6).skip(outside);
        tasks.get(3).fail(second);
        tasks.get(1).fail(first);
        tasks.get(0).skip(first);
        tasks.get(2).succeed(null);
        tasks.get(4).cancel();
        tasks.get(5).skip(new CancellationException("not a failure"));

        RegionFailedException failed = catchThrowableOfType(RegionFailedException.class, queue::result);
        assertThat(failed).hasCause(first).hasMessageContaining("3 failed");
        assertThat(failed.getSuppressed()).containsExactly(second, outside);
    }

    @Test
    @DisplayName("failFast() cancels the rest at the first failure, and throws that one")
    void failFast() {
        PolicyQueue<Void> queue = new PolicyQueue<>(joined, JoinPolicy.failFast());
        List<FakeTask> tasks = tasks("succeeded", "cancelled", "rest", "failing");
        Exception failure = new Exception("failed");
        tasks.forEach(queue::enqueue);

        tasks.get(0).succeed(null);
        tasks.get(1).cancel();
        assertThat(tasks.get(2).isDone()).isFalse();
        tasks.get(3).fail(failure);

        assertThat(tasks.get(2).taskState()).isEqualTo(TaskState.CANCELLED);
        assertThatThrownBy(queue::result)
                .isInstanceOf(RegionFailedException.class)
                .hasCause(failure);
    }

    @Test
    @DisplayName(
            "A policy keeps 100 failures, the first in order, each once, and says how many tasks failed and are left out")
    void failuresAreBounded() {
        PolicyQueue<Void> queue = new PolicyQueue<>(joined, JoinPolicy.allSucceed());
        List<FakeTask> tasks =
                IntStream.range(0, 152).mapToObj(i -> new FakeTask("task " + i)).toList();
        List<Exception> failures = IntStream.range(0, 150)
                .mapToObj(i -> new Exception("failure " + i))
                .toList();
        tasks.forEach(queue::enqueue);

        for (int i = 149; i >= 0; i--) {
            tasks.get(i).fail(failures.get(i));
        }
        tasks.get(150).fail(failures.get(0));
        tasks.get(151).skip(failures.get(0));

        RegionFailedException failed = catchThrowableOfType(RegionFailedException.class, queue::result);
        assertThat(failed)
                .hasCause(failures.get(0))
                .hasMessageContaining("151 failed")
                .hasMessageContaining("50 of them are left out");
        assertThat(failed.getSuppressed())
                .containsExactly(failures.subList(1, 100).toArray(new Throwable[0]));
    }

    @Test
    @DisplayName("A failure counts by the task's state: one that is a CancellationException is a failure as any other")
    void failureThatIsACancellation() {
        for (boolean inside : new boolean[] {true, false}) {
            for (JoinPolicy<?> policy :
                    List.of(JoinPolicy.allSucceed(), JoinPolicy.failFast(), JoinPolicy.<Object>firstSuccess())) {
                PolicyQueue<?> queue = new PolicyQueue<>(joined, policy);
                CancellationException thrown = new CancellationException("thrown by the body");
                FakeTask task = new FakeTask("task");
                queue.enqueue(task);

                if (inside) {
                    task.fail(thrown);
                } else {
                    task.skipForFailure(thrown);
                }

                assertThatThrownBy(queue::result)
                        .isInstanceOf(RegionFailedException.class)
                        .hasCause(thrown);
            }
        }
    }

    @Test
    @DisplayName("firstSuccess() returns what the first task to succeed returns, null too, and cancels the rest")
    void firstSuccess() throws Exception {
        for (String value : new String[] {"value", null}) {
            PolicyQueue<String> queue = new PolicyQueue<>(joined, JoinPolicy.firstSuccess());
            List<FakeTask> tasks = tasks("failed", "rest", "winner");
            tasks.forEach(queue::enqueue);

            tasks.get(0).fail(new Exception("failed"));
            tasks.get(2).succeed(value);

            assertThat(tasks.get(1).taskState()).isEqualTo(TaskState.CANCELLED);
            assertThat(queue.result()).isEqualTo(value);
        }
    }

    @Test
    @DisplayName("firstSuccess() without a success throws the failures, or that there was nothing at all")
    void noSuccess() {
        PolicyQueue<String> failing = new PolicyQueue<>(joined, JoinPolicy.firstSuccess());
        List<FakeTask> tasks = tasks("a", "b");
        List<Exception> failures = List.of(new Exception("a"), new Exception("b"));
        tasks.forEach(failing::enqueue);
        tasks.get(1).fail(failures.get(1));
        tasks.get(0).fail(failures.get(0));
        RegionFailedException failed = catchThrowableOfType(RegionFailedException.class, failing::result);
        assertThat(failed).hasCause(failures.get(0));
        assertThat(failed.getSuppressed()).containsExactly(failures.get(1));

        PolicyQueue<String> cancelled = new PolicyQueue<>(joined, JoinPolicy.firstSuccess());
        FakeTask task = new FakeTask("cancelled");
        cancelled.enqueue(task);
        task.cancel();
        assertThatThrownBy(cancelled::result)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("none of the 1 tasks");
    }

    @Test
    @DisplayName("collect() returns all tasks in spawn order, whatever became of them")
    void collect() throws Exception {
        PolicyQueue<List<Task<?>>> queue = new PolicyQueue<>(joined, JoinPolicy.collect());
        List<FakeTask> tasks = tasks("a", "b", "c");
        tasks.forEach(queue::enqueue);

        tasks.get(2).fail(new Exception("failed"));
        tasks.get(0).succeed(null);
        tasks.get(1).cancel();

        assertThat(queue.result()).isEqualTo(tasks);
    }

    @Test
    @DisplayName("A policy of the user's own, as in the Javadoc, says when it has enough and what comes of it")
    void quorum() throws Exception {
        PolicyQueue<Integer> queue = new PolicyQueue<>(joined, new Quorum(2));
        List<FakeTask> tasks = tasks("a", "b", "c", "rest");
        tasks.forEach(queue::enqueue);

        tasks.get(0).succeed("yes");
        tasks.get(1).fail(new Exception("failed"));
        tasks.get(2).succeed("yes");

        assertThat(queue.result()).isEqualTo(2);
        assertThat(tasks.get(3).taskState()).isEqualTo(TaskState.CANCELLED);
    }
}
