package dev.regions.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.regions.queue.testing.FakeTask;
import dev.regions.queue.testing.RecordingQueue;
import dev.regions.queue.testing.TaskQueueContract;
import dev.regions.queue.testing.Together;
import dev.regions.task.QueueClosedException;
import dev.regions.task.RegionFailedException;
import dev.regions.task.TaskState;
import dev.regions.task.UnlaunchedTaskException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class JoinedQueueTest extends TaskQueueContract {
    /** As the Javadoc of the queue's bound says. */
    private static final int MAX_REPORTED = 100;

    private final RecordingQueue root = new RecordingQueue();
    private final JoinedQueue queue = new JoinedQueue(root);

    @Override
    protected TaskQueue create(TaskQueue upstream) {
        return new JoinedQueue(upstream);
    }

    @Test
    @DisplayName("Everything goes on at once, as it is: a task as a task, a batch as a batch")
    void passesThrough() {
        List<FakeTask> tasks = tasks("a", "b", "c");

        queue.enqueue(tasks.get(0));
        queue.enqueue(batch(tasks.subList(1, 3)));

        assertThat(root.submissions()).hasToString("[a, [b, c]]");
        assertThat(tasks).allMatch(task -> task.dependencies().isEmpty());
    }

    // ---- Waiting ----------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("join() returns when everything is final, whatever came in a batch or through a nested region too")
    void joinWaitsForAll() throws Exception {
        List<FakeTask> tasks = tasks("single", "batched", "bulk", "sequential", "joined");
        queue.enqueue(tasks.get(0));
        queue.enqueue(batch(tasks.subList(1, 2)));
        List<TaskQueue> nested =
                List.of(new BulkQueue(queue), new SequentialQueue(queue, ChainPolicy.CONTINUE), new JoinedQueue(queue));
        for (int i = 0; i < nested.size(); i++) {
            nested.get(i).enqueue(tasks.get(2 + i));
            nested.get(i).close();
        }
        FutureTask<List<TaskState>> joiner = new FutureTask<>(() -> {
            queue.join();
            return tasks.stream().map(FakeTask::taskState).toList();
        });
        Thread thread = Thread.ofPlatform().daemon().start(joiner);

        for (FakeTask task : tasks) {
            awaitParked(thread);
            task.succeed(null);
        }

        assertThat(joiner.get()).containsOnly(TaskState.SUCCEEDED);
    }

    @Test
    @DisplayName("join() returns at once if there is nothing to wait for, and as often as it is called")
    void joinOfNothing() throws InterruptedException {
        queue.join();
        queue.enqueue(TaskBatch.of());
        queue.join();

        FakeTask task = new FakeTask("a");
        queue.enqueue(task);
        task.succeed(null);
        queue.join();
        queue.join();
    }

    @Test
    @DisplayName("join() misses nothing, however much has come since somebody looked")
    void joinOfMuch() {
        Exception failure = new Exception("failed");
        List<FakeTask> tasks = IntStream.range(0, 100_000)
                .mapToObj(i -> new FakeTask("task " + i))
                .toList();
        tasks.forEach(queue::enqueue);
        tasks.subList(0, tasks.size() - 1).forEach(task -> task.succeed(null));
        tasks.get(tasks.size() - 1).fail(failure);

        assertThat(joinFails()).hasCause(failure);
    }

    @Test
    @DisplayName("join() waits for and tells of what came before the queue was closed, too")
    void joinAfterClose() {
        Exception failure = new Exception("failed");
        FakeTask task = new FakeTask("a");
        queue.enqueue(task);
        queue.close();
        task.fail(failure);

        assertThat(joinFails()).hasCause(failure);
    }

    @Test
    @DisplayName("Joining tasks held by a bulk region that is open on this thread throws at once; all stays usable")
    void joinInsideBulk() throws InterruptedException {
        BulkQueue bulk = new BulkQueue(root);
        JoinedQueue inside = new JoinedQueue(bulk);
        FakeTask task = new FakeTask("a");

        QueueStack.call(bulk, () -> {
            inside.enqueue(task);
            assertThatThrownBy(inside::join).isInstanceOf(UnlaunchedTaskException.class);
            return null;
        });
        bulk.close();
        task.succeed(null);

        inside.join();
        assertThat(root.submissions()).hasToString("[[a]]");
    }

    @Test
    @DisplayName("An interrupted join() throws, and can be called again")
    void joinIsInterrupted() throws InterruptedException {
        FakeTask task = new FakeTask("a");
        queue.enqueue(task);

        Thread.currentThread().interrupt();
        assertThatThrownBy(queue::join).isInstanceOf(InterruptedException.class);
        task.succeed(null);

        queue.join();
    }

    @Test
    @DisplayName("await() for some time says whether everything was final in time, however it ended")
    void awaitForSomeTime() throws InterruptedException {
        List<FakeTask> tasks = tasks("failed", "skipped", "cancelled", "succeeded");
        tasks.forEach(queue::enqueue);

        assertThat(queue.await(Duration.ofMillis(-1))).isFalse();
        assertThat(queue.await(Duration.ofMillis(1))).isFalse();
        FutureTask<Boolean> waiter = new FutureTask<>(() -> queue.await(Duration.ofSeconds(Long.MAX_VALUE)));
        Thread thread = Thread.ofPlatform().daemon().start(waiter);
        await().until(thread::getState, Thread.State.TIMED_WAITING::equals);
        tasks.get(3).succeed(null);
        tasks.get(2).cancel();
        tasks.get(1).skip(new Exception("skipped"));
        tasks.get(0).fail(new Exception("failed"));

        assertThat(waiter).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
        assertThat(queue.await(Duration.ZERO)).isTrue();
    }

    @Test
    @DisplayName("cancel() says how many tasks it found, leaving out the barriers of sequential regions")
    void cancelCounts() {
        List<FakeTask> tasks = tasks("done", "a", "b");
        new SequentialQueue(queue, ChainPolicy.CONTINUE).enqueue(batch(tasks));
        tasks.get(0).succeed(null);

        assertThat(queue.cancel()).isEqualTo(2);
        assertThat(queue.cancel()).isZero();
    }

    @Test
    @DisplayName("awaitUninterruptibly() waits on when interrupted, throws nothing, and keeps the interrupt for later")
    void awaitUninterruptiblyKeepsInterrupt() throws Exception {
        FakeTask task = new FakeTask("a");
        queue.enqueue(task);
        FutureTask<Boolean> waiter = new FutureTask<>(() -> {
            queue.awaitUninterruptibly();
            return task.isDone() && Thread.currentThread().isInterrupted();
        });
        Thread thread = Thread.ofPlatform().daemon().start(waiter);

        awaitParked(thread);
        thread.interrupt();
        await().until(() -> !thread.isInterrupted());
        awaitParked(thread);
        task.fail(new Exception("failed"));

        assertThat(waiter.get()).as("waited and still interrupted").isTrue();
    }

    @Test
    @DisplayName("awaitUninterruptibly() keeps the interrupt even if it cannot wait")
    void awaitUninterruptiblyKeepsInterruptWhenItThrows() {
        BulkQueue bulk = new BulkQueue(root);
        JoinedQueue inside = new JoinedQueue(bulk);
        FakeTask interrupting = new FakeTask("interrupting") {
            @Override
            public void await() throws InterruptedException {
                cancel();
                throw new InterruptedException("as if by another thread");
            }
        };

        QueueStack.call(bulk, () -> {
            inside.enqueue(new FakeTask("held"));
            inside.enqueue(interrupting);
            assertThatThrownBy(inside::awaitUninterruptibly).isInstanceOf(UnlaunchedTaskException.class);
            return null;
        });

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    @DisplayName("cancel() cancels what is not final, single, batched or nested, and nothing else")
    void cancels() throws InterruptedException {
        List<FakeTask> tasks = tasks("done", "single", "batched", "nested");
        queue.enqueue(tasks.get(0));
        tasks.get(0).succeed(null);
        queue.enqueue(tasks.get(1));
        queue.enqueue(batch(tasks.subList(2, 3)));
        new SequentialQueue(queue, ChainPolicy.SKIP_REST).enqueue(tasks.get(3));

        queue.cancel();

        assertThat(tasks)
                .extracting(FakeTask::taskState)
                .containsExactly(TaskState.SUCCEEDED, TaskState.CANCELLED, TaskState.CANCELLED, TaskState.CANCELLED);
        queue.join();
    }

    @Test
    @DisplayName("cancel() leaves barriers that are launched alone: they end with what they stand for")
    void cancelsNoBarrier() {
        FakeTask done = new FakeTask("done, and its barrier not told yet");
        FakeTask next = new FakeTask("next");
        SequentialQueue inside = new SequentialQueue(queue, ChainPolicy.SKIP_REST);
        inside.enqueue(batch(List.of(done)));
        inside.enqueue(next);
        done.succeed(null);

        assertThat(queue.cancel()).isEqualTo(1);

        assertThat(next.taskState()).isEqualTo(TaskState.CANCELLED);
        assertThat(done.barriers()).singleElement().satisfies(barrier -> assertThat(barrier.isDone())
                .isFalse());
    }

    @Test
    @DisplayName(
            "cancel() cancels a barrier that an outer region holds: the wait for this region must not wait for that one")
    void cancelsBarrierThatIsHeld() {
        JoinedQueue inside = new JoinedQueue(new BulkQueue(root));
        FakeTask held = new FakeTask("held");
        new SequentialQueue(inside, ChainPolicy.SKIP_REST).enqueue(batch(List.of(held)));

        assertThat(inside.cancel()).isEqualTo(1);

        assertThat(held.taskState()).isEqualTo(TaskState.CANCELLED);
        assertThat(held.barriers())
                .singleElement()
                .extracting(FakeTask::taskState)
                .isEqualTo(TaskState.CANCELLED);
    }

    // ---- Failures ---------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("The first failure in spawn order is the cause, the others are suppressed, in that order, too")
    void failuresInSpawnOrder() {
        List<FakeTask> tasks = tasks("a", "b", "c", "d", "e");
        List<Exception> failures = failures(5);
        queue.enqueue(tasks.get(0));
        queue.enqueue(batch(tasks.subList(1, 3)));
        queue.enqueue(tasks.get(3));
        queue.enqueue(tasks.get(4));

        for (int i : new int[] {4, 2, 3, 1}) {
            tasks.get(i).fail(failures.get(i));
        }
        tasks.get(0).succeed(null);

        RegionFailedException failed = joinFails();
        assertThat(failed).hasCause(failures.get(1)).hasMessageContaining("4 failed");
        assertThat(failed.getSuppressed()).containsExactly(failures.get(2), failures.get(3), failures.get(4));
    }

    @Test
    @DisplayName("A failure is told of once: the next round begins without it")
    void failureIsToldOnce() throws InterruptedException {
        FakeTask failing = new FakeTask("a");
        queue.enqueue(failing);
        failing.fail(new Exception("failed"));
        joinFails();

        FakeTask next = new FakeTask("b");
        queue.enqueue(next);
        next.succeed(null);

        queue.join();
    }

    @Test
    @DisplayName("Tasks that were cancelled or abandoned, and those skipped for that, are no failures")
    void withdrawnIsNoFailure() throws InterruptedException {
        List<FakeTask> tasks = tasks("cancelled", "skipped", "abandoned");
        BulkQueue bulk = new BulkQueue(root);
        JoinedQueue queue = new JoinedQueue(bulk);
        tasks.forEach(queue::enqueue);

        tasks.get(0).cancel();
        tasks.get(1).skip(new CancellationException("because of the first"));
        bulk.abandon(new Exception("given up"));

        assertThat(tasks.get(2).taskState()).isEqualTo(TaskState.ABANDONED);
        queue.join();
    }

    @Test
    @DisplayName("What was skipped for a failure in the region adds nothing to that failure")
    void skippedForKnownCause() {
        List<FakeTask> tasks = tasks("failed", "skipped", "skipped, too");
        Exception failure = new Exception("failed");
        tasks.forEach(queue::enqueue);

        tasks.get(0).fail(failure);
        tasks.get(1).skip(failure);
        tasks.get(2).skip(failure);

        RegionFailedException failed = joinFails();
        assertThat(failed).hasCause(failure).hasMessageContaining("1 failed");
        assertThat(failed.getSuppressed()).isEmpty();
    }

    @Test
    @DisplayName("Tasks that fail with one exception are counted each, and it is named once; each counts as observed")
    void sameExceptionOfManyTasks() {
        List<FakeTask> observed = new ArrayList<>();
        Exception failure = new Exception("shared");
        for (int i = 0; i < 50; i++) {
            FakeTask task = new FakeTask("task " + i) {
                @Override
                public Throwable exceptionNow() {
                    observed.add(this);
                    return super.exceptionNow();
                }
            };
            queue.enqueue(task);
            task.fail(failure);
        }

        RegionFailedException failed = joinFails();
        assertThat(failed).hasCause(failure).hasMessageContaining("50 failed").hasNoSuppressedExceptions();
        assertThat(observed).hasSize(50).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName(
            "Tasks skipped for several tasks outside that failed with one exception make each of these count as observed")
    void skippedForSameExceptionOfManyTasks() {
        List<Object> observed = new ArrayList<>();
        Exception failure = new Exception("shared");
        for (int i = 0; i < 50; i++) {
            Object source = i / 2; // a small number is one object
            FakeTask task = new FakeTask("task " + i) {
                @Override
                public Object failureSource() {
                    return source;
                }

                @Override
                public Throwable exceptionNow() {
                    observed.add(source);
                    return super.exceptionNow();
                }
            };
            queue.enqueue(task);
            task.skip(failure);
        }

        RegionFailedException failed = joinFails();
        assertThat(failed).hasCause(failure).hasMessageContaining("1 failed").hasNoSuppressedExceptions();
        assertThat(observed).hasSize(25).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("An exception whose text cannot be had does not keep the failures from being thrown")
    void unspeakableFailure() {
        List<FakeTask> tasks = tasks("first", "second");
        Exception unspeakable = new Exception() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new UnsupportedOperationException();
            }
        };
        Exception other = new Exception("other");
        tasks.forEach(queue::enqueue);

        tasks.get(0).fail(unspeakable);
        tasks.get(1).fail(other);

        RegionFailedException failed = joinFails();
        assertThat(failed.getCause()).isSameAs(unspeakable);
        assertThat(failed).hasMessageContaining("2 failed").hasSuppressedException(other);
    }

    @Test
    @DisplayName("A task that throws on being cancelled does not keep the others from that")
    void cancelThrows() {
        FakeTask hostile = new FakeTask("hostile") {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                throw new IllegalStateException("not to be cancelled");
            }
        };
        FakeTask after = new FakeTask("after");
        queue.enqueue(hostile);
        queue.enqueue(after);

        assertThatThrownBy(queue::cancel).hasMessage("not to be cancelled");
        assertThat(after.isCancelled()).isTrue();
    }

    @Test
    @DisplayName("Completed tasks that a tracker has let go are neither waited for nor reported")
    void trackersLetGo() throws Exception {
        List<AtomicBoolean> letGo = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            AtomicBoolean gone = new AtomicBoolean();
            letGo.add(gone);
            queue.enqueue(new FakeTask("task " + i) {
                @Override
                public TrackedTask track() {
                    return () -> gone.get() ? null : this;
                }
            });
        }
        assertThat(queue.await(Duration.ZERO)).isFalse();

        letGo.forEach(gone -> gone.set(true));

        assertThat(queue.await(Duration.ZERO)).isTrue();
        queue.join();
        assertThat(queue.cancel()).isZero();
    }

    @Test
    @DisplayName("A failure outside of the region, for which tasks were skipped, counts once, after the region's own")
    void skippedForCauseFromOutside() {
        List<FakeTask> tasks = tasks("skipped", "skipped, too", "failed");
        Exception outside = new Exception("failed outside");
        Exception own = new Exception("failed");
        tasks.forEach(queue::enqueue);

        tasks.get(0).skip(outside);
        tasks.get(1).skip(outside);
        tasks.get(2).fail(own);

        RegionFailedException failed = joinFails();
        assertThat(failed).hasCause(own).hasMessageContaining("2 failed");
        assertThat(failed.getSuppressed()).containsExactly(outside);
    }

    @Test
    @DisplayName("A task's failure is the region's own though a task that was skipped for it was enqueued before it")
    void skippedBeforeFailed() {
        List<FakeTask> tasks = tasks("skipped", "failed", "failed, too");
        List<Exception> failures = failures(3);
        tasks.forEach(queue::enqueue);

        tasks.get(1).fail(failures.get(1));
        tasks.get(0).skip(failures.get(1));
        tasks.get(2).fail(failures.get(2));

        RegionFailedException failed = joinFails();
        assertThat(failed).hasCause(failures.get(1)).hasMessageContaining("2 failed");
        assertThat(failed.getSuppressed()).containsExactly(failures.get(2));
    }

    @Test
    @DisplayName("Of many failures the first 100 in spawn order are kept, and the message says how many are left out")
    void failuresAreBounded() {
        List<Exception> failures = failures(150);
        for (Exception failure : failures) {
            FakeTask task = new FakeTask("task");
            queue.enqueue(task);
            task.fail(failure);
        }

        RegionFailedException failed = joinFails();
        assertThat(failed)
                .hasCause(failures.get(0))
                .hasMessageContaining("150 failed")
                .hasMessageContaining("50 of them");
        assertThat(failed.getSuppressed())
                .containsExactly(failures.subList(1, MAX_REPORTED).toArray(new Throwable[0]));
    }

    @Test
    @DisplayName("The bound leaves out the last in spawn order, though the first failed last, after 10 000 others")
    void boundKeepsFirstInSpawnOrder() {
        FakeTask first = new FakeTask("first");
        queue.enqueue(first);
        List<Exception> failures = failures(10_000);
        for (Exception failure : failures) {
            FakeTask task = new FakeTask("task");
            queue.enqueue(task);
            task.fail(failure);
        }
        Exception last = new Exception("failed last");
        first.fail(last);

        RegionFailedException failed = joinFails();
        assertThat(failed).hasCause(last).hasMessageContaining("10001 failed").hasMessageContaining("9901 of them");
        assertThat(failed.getSuppressed())
                .containsExactly(failures.subList(0, MAX_REPORTED - 1).toArray(new Throwable[0]));
    }

    @Test
    @DisplayName(
            "A million failures keep a hundred, and say how many are left out; what is left out is let go meanwhile")
    void millionFailures() {
        JoinedQueue queue = new JoinedQueue(new ForgetfulQueue());
        List<WeakReference<Exception>> early = new ArrayList<>();
        for (int i = 0; i < 1_000_000; i++) {
            FakeTask task = new FakeTask("task");
            Exception failure = new StacklessException("failure " + i);
            if (i >= MAX_REPORTED && i < 1000) {
                early.add(new WeakReference<>(failure));
            }
            queue.enqueue(task);
            task.fail(failure);
        }

        await().atMost(30, TimeUnit.SECONDS).until(() -> {
            System.gc();
            return early.stream().allMatch(failure -> failure.refersTo(null));
        });
        assertThat(queue.omitted()).isBetween(900_000L, 1_000_000L - MAX_REPORTED);
        RegionFailedException failed = catchThrowableOfType(RegionFailedException.class, queue::join);
        assertThat(failed).hasMessageContaining("1000000 failed").hasMessageContaining("999900 of them are left out");
        assertThat(failed.getSuppressed()).hasSize(MAX_REPORTED - 1);
        assertThat(failed.getSuppressed()[98]).hasMessage("failure 99");
        assertThat(queue.omitted()).isZero();
    }

    @Test
    @DisplayName("Told of failures, it lets go of those past the bound though nothing else comes, while join() waits")
    void dropsFailuresWhileJoining() throws Exception {
        JoinedQueue queue = new JoinedQueue(new ForgetfulQueue());
        List<FakeTask> tasks = new ArrayList<>(tasks(5000, queue));
        FakeTask last = new FakeTask("last");
        queue.enqueue(last);
        FutureTask<RegionFailedException> joiner =
                new FutureTask<>(() -> catchThrowableOfType(RegionFailedException.class, queue::join));
        Thread thread = Thread.ofPlatform().daemon().start(joiner);
        awaitParked(thread);

        List<WeakReference<Throwable>> past = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            Exception failure = new StacklessException("failure " + i);
            if (i >= MAX_REPORTED && i < 3000) {
                past.add(new WeakReference<>(failure));
            }
            tasks.set(i, null).fail(failure); // nobody else is to keep it
            queue.onTaskFailed();
        }

        await().atMost(30, TimeUnit.SECONDS).until(() -> {
            System.gc();
            return past.stream().allMatch(failure -> failure.refersTo(null));
        });
        assertThat(thread.getState()).isEqualTo(Thread.State.WAITING);
        last.succeed(null);
        assertThat(joiner.get()).hasMessageContaining("5000 failed").hasMessageContaining("4900 of them are left out");
        assertThat(joiner.get().getSuppressed()[98]).hasMessage("failure 99");
    }

    @Test
    @DisplayName("Told of failures, it keeps the first in spawn order, though they come in the opposite order")
    void dropsLastInSpawnOrder() {
        List<FakeTask> tasks = tasks(10_000, queue);
        for (int i = tasks.size() - 1; i >= 0; i--) {
            tasks.get(i).fail(new StacklessException("failure " + i));
            queue.onTaskFailed();
        }

        assertThat(queue.omitted()).isBetween(8000L, 9900L);
        RegionFailedException failed = joinFails();
        assertThat(failed)
                .hasMessageContaining("10000 failed")
                .hasMessageContaining("9900 of them are left out")
                .cause()
                .hasMessage("failure 0");
        assertThat(failed.getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactlyElementsOf(IntStream.range(1, MAX_REPORTED)
                        .mapToObj(i -> "failure " + i)
                        .toList());
    }

    @Test
    @DisplayName(
            "Failures of which it is told while another thread looks through the tasks are looked through after that")
    void failuresDuringALook() throws Exception {
        List<FakeTask> tasks = new ArrayList<>();
        FakeTask lookedAtLast = new FakeTask("looked at last") {
            private boolean looked;

            @Override
            public TaskState taskState() {
                if (!looked) {
                    looked = true;
                    failAll(tasks);
                }
                return super.taskState();
            }
        };
        tasks.addAll(tasks(2000, queue));
        queue.enqueue(lookedAtLast);

        queue.cancel();

        assertThat(queue.omitted()).isEqualTo(2000 - MAX_REPORTED);
    }

    private void failAll(List<FakeTask> tasks) {
        Thread failer = Thread.ofPlatform().daemon().start(() -> {
            for (FakeTask task : tasks) {
                task.fail(new StacklessException("failed"));
                queue.onTaskFailed();
            }
        });
        try {
            failer.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<FakeTask> tasks(int count, TaskQueue into) {
        List<FakeTask> tasks = IntStream.range(0, count)
                .mapToObj(i -> new FakeTask("task " + i))
                .toList();
        tasks.forEach(into::enqueue);
        return tasks;
    }

    private static final class StacklessException extends Exception {
        private static final long serialVersionUID = 1L;

        StacklessException(String message) {
            super(message, null, false, false);
        }
    }

    @Test
    @DisplayName("A task that becomes final while join() looks at it is told of as if it had been before")
    void endsBetweenTwoLooks() {
        Exception failure = new Exception("failed");
        queue.enqueue(endingWhenLookedAt(task -> task.succeed(null)));
        queue.enqueue(endingWhenLookedAt(FakeTask::cancel));
        queue.enqueue(endingWhenLookedAt(task -> task.skip(new CancellationException("not a failure"))));
        assertThatCode(queue::join).doesNotThrowAnyException();

        queue.enqueue(endingWhenLookedAt(task -> task.fail(failure)));
        queue.enqueue(endingWhenLookedAt(task -> task.skip(failure)));
        RegionFailedException failed = joinFails();
        assertThat(failed).hasCause(failure).hasMessageContaining("1 failed");
        assertThat(failed.getSuppressed()).isEmpty();
    }

    private interface Ending {
        void of(FakeTask task);
    }

    /** Makes a task that is not final when it is first asked, and final right afterwards. */
    private static FakeTask endingWhenLookedAt(Ending ending) {
        return new FakeTask("ending") {
            @Override
            public boolean isDone() {
                boolean done = super.isDone();
                ending.of(this);
                return done;
            }
        };
    }

    // ---- What is remembered -----------------------------------------------------------------------------------------

    @Test
    @DisplayName("What has succeeded is let go while the region goes on, though nobody joins")
    void letsGoOfWhatSucceeded() {
        JoinedQueue queue = new JoinedQueue(new ForgetfulQueue());
        queue.enqueue(new FakeTask("never final"));
        FakeTask first = new FakeTask("succeeded");
        WeakReference<FakeTask> firstSeen = new WeakReference<>(first);
        queue.enqueue(first);
        first.succeed(null);
        first = null;

        for (int i = 0; i < 10_000; i++) {
            FakeTask task = new FakeTask("succeeded, too");
            queue.enqueue(task);
            task.succeed(null);
        }

        await().atMost(30, TimeUnit.SECONDS).until(() -> {
            System.gc();
            return firstSeen.refersTo(null);
        });
        assertThat(queue.hasUnjoined())
                .as("keeps the queue itself alive until here")
                .isTrue();
    }

    private static final class ForgetfulQueue implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {}

        @Override
        public void enqueue(TaskBatch batch) {}
    }

    @Test
    @DisplayName("Something is unjoined from when it is enqueued until the next markJoined() or join()")
    void unjoined() throws InterruptedException {
        List<FakeTask> tasks = tasks("a", "b");
        tasks.forEach(task -> task.succeed(null));
        assertThat(queue.hasUnjoined()).isFalse();

        queue.enqueue(tasks.get(0));
        assertThat(queue.hasUnjoined()).isTrue();
        queue.markJoined();
        assertThat(queue.hasUnjoined()).isFalse();

        queue.enqueue(batch(tasks.subList(1, 2)));
        assertThat(queue.hasUnjoined()).isTrue();
        queue.join();
        assertThat(queue.hasUnjoined()).isFalse();
    }

    @Test
    @DisplayName("What was refused, null or an empty batch leaves nothing unjoined")
    void nothingUnclaimed() {
        queue.enqueue(TaskBatch.of());
        assertThatThrownBy(() -> queue.enqueue((PendingTask) null)).isInstanceOf(NullPointerException.class);
        queue.close();
        assertThatThrownBy(() -> queue.enqueue(new FakeTask("late"))).isInstanceOf(QueueClosedException.class);

        assertThat(queue.hasUnjoined()).isFalse();
    }

    // ---- Several threads --------------------------------------------------------------------------------------------

    @Test
    @DisplayName("While one thread joins again and again, others may enqueue: every failure is told of exactly once")
    void joinRacesWithProducers() throws InterruptedException {
        int each = 5000;
        List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
        List<Throwable> told = new ArrayList<>();
        int[] running = {2};

        Together.run(List.of(() -> produce(each, thrown, running), () -> produce(each, thrown, running), () -> {
            boolean more = true;
            while (more) {
                synchronized (running) {
                    more = running[0] > 0;
                }
                try {
                    queue.join();
                } catch (RegionFailedException failed) {
                    told.add(failed.getCause());
                    told.addAll(List.of(failed.getSuppressed()));
                    assertThat(failed).hasMessageNotContaining("left out");
                }
            }
        }));

        assertThat(told).hasSameSizeAs(thrown).containsExactlyInAnyOrderElementsOf(thrown);
    }

    private void produce(int count, List<Throwable> thrown, int[] running) {
        for (int i = 0; i < count; i++) {
            FakeTask task = new FakeTask("task " + i);
            queue.enqueue(task);
            if (i % 1000 == 0) {
                Exception failure = new Exception("failure");
                thrown.add(failure);
                task.fail(failure);
            } else {
                task.succeed(null);
            }
        }
        synchronized (running) {
            running[0]--;
        }
    }

    // ---- Shared -----------------------------------------------------------------------------------------------------

    private RegionFailedException joinFails() {
        return catchThrowableOfType(RegionFailedException.class, queue::join);
    }

    private static List<Exception> failures(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Exception("failure " + i))
                .toList();
    }

    private static void awaitParked(Thread thread) {
        await().until(thread::getState, Thread.State.WAITING::equals);
    }
}
