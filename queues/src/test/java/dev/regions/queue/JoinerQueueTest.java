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

class JoinerQueueTest extends TaskQueueContract {
    private final RecordingQueue root = new RecordingQueue();
    private final JoinedQueue joined = new JoinedQueue(root);

    @Override
    protected TaskQueue create(TaskQueue upstream) {
        return new JoinerQueue<>(new JoinedQueue(upstream), Joiner.allCompleted());
    }

    /** Notes what it is told, and needs no more after so many tasks. */
    private static class Noting implements Joiner<List<String>> {
        final List<String> told = new ArrayList<>();
        final int wanted;

        Noting(int wanted) {
            this.wanted = wanted;
        }

        @Override
        public boolean onComplete(Task<?> task, long position) {
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
        JoinerQueue<?> queue = new JoinerQueue<>(joined, policy);
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
        JoinerQueue<List<Task<?>>> queue = new JoinerQueue<>(joined, Joiner.allCompleted());
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
        JoinerQueue<Long> queue = new JoinerQueue<>(joined, new Joiner<>() {
            @Override
            public boolean onComplete(Task<?> task, long position) {
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
            public boolean onComplete(Task<?> task, long position) {
                assertThat(within[0]).isFalse();
                within[0] = true;
                tasks.get(1).cancel();
                within[0] = false;
                return super.onComplete(task, position);
            }
        };
        JoinerQueue<?> queue = new JoinerQueue<>(joined, policy);
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
            public boolean onComplete(Task<?> ended, long position) {
                try {
                    proceed.get(30, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                return super.onComplete(ended, position);
            }
        };
        JoinerQueue<List<String>> queue = new JoinerQueue<>(joined, policy);
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
        JoinerQueue<List<String>> queue = new JoinerQueue<>(joined, policy);
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
        JoinerQueue<List<String>> queue = new JoinerQueue<>(new JoinedQueue(root), new Noting(1));
        queue.enqueue(first);
        new SequentialQueue(queue, ChainPolicy.SKIP_REST).enqueue(TaskBatch.of(endsMeanwhile));

        assertThat(endsMeanwhile.barriers()).singleElement().satisfies(barrier -> assertThat(barrier.isDone())
                .isFalse());
    }

    @Test
    @DisplayName("Nothing stays uncancelled that is enqueued while the policy finds that it needs no more")
    void needsNoMoreRacesWithProducers() throws Exception {
        for (int round = 0; round < 2000; round++) {
            JoinerQueue<List<String>> queue = new JoinerQueue<>(new JoinedQueue(root), new Noting(1));
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
        JoinerQueue<?> queue = new JoinerQueue<>(joined, new Noting(100) {
            @Override
            public boolean onComplete(Task<?> task, long position) {
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
    @DisplayName(
            "allSuccessful() and failFast() throw the failures in spawn order, whatever the order in which they came")
    void allSuccessful() {
        JoinerQueue<Void> queue = new JoinerQueue<>(joined, Joiner.allSuccessful());
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
        JoinerQueue<Void> queue = new JoinerQueue<>(joined, Joiner.failFast());
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
        JoinerQueue<Void> queue = new JoinerQueue<>(joined, Joiner.allSuccessful());
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
            for (Joiner<?> policy :
                    List.of(Joiner.allSuccessful(), Joiner.failFast(), Joiner.<Object>anySuccessful())) {
                JoinerQueue<?> queue = new JoinerQueue<>(joined, policy);
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
    @DisplayName("anySuccessful() returns what the first task to succeed returns, null too, and cancels the rest")
    void anySuccessful() throws Exception {
        for (String value : new String[] {"value", null}) {
            JoinerQueue<String> queue = new JoinerQueue<>(joined, Joiner.anySuccessful());
            List<FakeTask> tasks = tasks("failed", "rest", "winner");
            tasks.forEach(queue::enqueue);

            tasks.get(0).fail(new Exception("failed"));
            tasks.get(2).succeed(value);

            assertThat(tasks.get(1).taskState()).isEqualTo(TaskState.CANCELLED);
            assertThat(queue.result()).isEqualTo(value);
        }
    }

    @Test
    @DisplayName("anySuccessful() without a success throws the failures, or that there was nothing at all")
    void noSuccess() {
        JoinerQueue<String> failing = new JoinerQueue<>(joined, Joiner.anySuccessful());
        List<FakeTask> tasks = tasks("a", "b");
        List<Exception> failures = List.of(new Exception("a"), new Exception("b"));
        tasks.forEach(failing::enqueue);
        tasks.get(1).fail(failures.get(1));
        tasks.get(0).fail(failures.get(0));
        RegionFailedException failed = catchThrowableOfType(RegionFailedException.class, failing::result);
        assertThat(failed).hasCause(failures.get(0));
        assertThat(failed.getSuppressed()).containsExactly(failures.get(1));

        JoinerQueue<String> cancelled = new JoinerQueue<>(joined, Joiner.anySuccessful());
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
        JoinerQueue<List<Task<?>>> queue = new JoinerQueue<>(joined, Joiner.allCompleted());
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
        JoinerQueue<Integer> queue = new JoinerQueue<>(joined, new Quorum(2));
        List<FakeTask> tasks = tasks("a", "b", "c", "rest");
        tasks.forEach(queue::enqueue);

        tasks.get(0).succeed("yes");
        tasks.get(1).fail(new Exception("failed"));
        tasks.get(2).succeed("yes");

        assertThat(queue.result()).isEqualTo(2);
        assertThat(tasks.get(3).taskState()).isEqualTo(TaskState.CANCELLED);
    }
}
