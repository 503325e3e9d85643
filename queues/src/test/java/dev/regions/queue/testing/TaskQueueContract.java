package dev.regions.queue.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.BulkQueue;
import dev.regions.queue.ChainPolicy;
import dev.regions.queue.Dependency;
import dev.regions.queue.EdgeReason;
import dev.regions.queue.JoinedQueue;
import dev.regions.queue.PendingTask;
import dev.regions.queue.SequentialQueue;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.QueueClosedException;
import dev.regions.task.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/**
 * What any {@link TaskQueue} must pass. For a queue of your own, extend it and say how to make one:
 *
 * <pre>{@code
 * class PrefixQueueTest extends TaskQueueContract {
 *     @Override
 *     protected TaskQueue create(TaskQueue upstream) {
 *         return new PrefixQueue(upstream);
 *     }
 * }
 * }</pre>
 *
 * <p>A queue that drops tasks of its own accord says so by {@link #mayAbandon()}, one that adds tasks of its own, such
 * as barriers, by {@link #addsTasks()}.
 *
 * <p>This class is in the test-jar of {@code dev.regions:regions-queues} (Maven: {@code <type>test-jar</type>}), which
 * brings nothing along: put JUnit Jupiter ({@code org.junit.jupiter:junit-jupiter}) and AssertJ
 * ({@code org.assertj:assertj-core}) on your own test class path. No runtime is needed.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class TaskQueueContract {
    private static final int ROUNDS = 200;
    private static final int PRODUCERS = 3;
    private static final int SUBMISSIONS_EACH = 8;

    private RecordingQueue root;
    private TaskQueue queue;

    /** Makes a queue to test, which hands on to the one given. */
    protected abstract TaskQueue create(TaskQueue upstream);

    /** Tells whether the queue may abandon tasks while all is well. By default it may not. */
    protected boolean mayAbandon() {
        return false;
    }

    /** Tells whether the queue may hand on tasks that it has made itself. By default it may not. */
    protected boolean addsTasks() {
        return false;
    }

    @BeforeEach
    void makeQueue() {
        root = new RecordingQueue();
        queue = create(root);
    }

    // ---- Taking and handing on --------------------------------------------------------------------------------------

    @Test
    @DisplayName("Each task that was enqueued has reached the upstream queue exactly once when the queue is closed")
    void handsOnSingleTasks() {
        List<FakeTask> tasks = tasks("a", "b", "c", "d", "e");

        tasks.forEach(queue::enqueue);
        queue.close();

        assertCameOut(tasks);
    }

    @Test
    @DisplayName("Each task of each batch has reached the upstream queue exactly once when the queue is closed")
    void handsOnBatches() {
        List<FakeTask> tasks = tasks("a", "b", "c", "d", "e", "f");

        queue.enqueue(batch(tasks.subList(0, 3)));
        queue.enqueue(batch(tasks.subList(3, 4)));
        queue.enqueue(batch(tasks.subList(4, 6)));
        queue.close();

        assertCameOut(tasks);
    }

    @Test
    @DisplayName("flush() hands on what was enqueued before, and leaves the queue open")
    void flushHandsOnAndStaysOpen() {
        List<FakeTask> before = tasks("a", "b", "c");
        queue.enqueue(before.get(0));
        queue.enqueue(TaskBatch.of(before.get(1), before.get(2)));

        queue.flush();

        assertCameOut(before);

        List<FakeTask> after = tasks("d", "e", "f");
        queue.enqueue(after.get(0));
        queue.enqueue(TaskBatch.of(after.get(1), after.get(2)));
        queue.close();

        assertCameOut(concat(before, after));
    }

    @Test
    @DisplayName("An empty batch changes nothing anywhere")
    void emptyBatchChangesNothing() {
        List<String> without = whatComesOut(open -> {});

        List<String> with = whatComesOut(open -> open.enqueue(TaskBatch.of()));

        assertThat(with).isEqualTo(without);
    }

    @Test
    @DisplayName("Changing the list that a batch was made of changes nothing")
    void listOfBatchIsCopied() {
        List<FakeTask> tasks = tasks("a", "b");
        List<PendingTask> list = new ArrayList<>(tasks);

        queue.enqueue(new TaskBatch(list));
        list.clear();
        queue.close();

        assertCameOut(tasks);
    }

    @Test
    @DisplayName("Null is refused with a NullPointerException, and nothing is half done")
    void nullIsRefused() {
        List<String> without = whatComesOut(open -> {});

        List<String> with = whatComesOut(open -> {
            assertThatNullPointerException().isThrownBy(() -> open.enqueue((PendingTask) null));
            assertThatNullPointerException().isThrownBy(() -> open.enqueue((TaskBatch) null));
        });

        assertThat(with).isEqualTo(without);
    }

    @Test
    @DisplayName("A task that was cancelled on the way comes out like any other, to keep its place in the order")
    void cancelledTaskComesOut() {
        List<FakeTask> tasks = tasks("a", "b", "c", "d");

        queue.enqueue(tasks.get(0));
        queue.enqueue(TaskBatch.of(tasks.get(1), tasks.get(2)));
        tasks.forEach(FakeTask::cancel);
        queue.enqueue(tasks.get(3));
        queue.close();

        assertCameOut(tasks);
    }

    @Test
    @DisplayName("Above and below another of its kind, and each queue of Regions, every task comes out exactly once")
    void nests() {
        List<UnaryOperator<TaskQueue>> kinds = List.of(
                this::create,
                BulkQueue::new,
                JoinedQueue::new,
                upstream -> new SequentialQueue(upstream, ChainPolicy.SKIP_REST));

        for (UnaryOperator<TaskQueue> other : kinds) {
            assertNests(other, this::create);
            assertNests(this::create, other);
        }
    }

    private void assertNests(UnaryOperator<TaskQueue> outerKind, UnaryOperator<TaskQueue> innerKind) {
        List<FakeTask> tasks = tasks("a", "b", "c", "d", "e", "f");
        root = new RecordingQueue();
        TaskQueue outer = outerKind.apply(root);
        TaskQueue inner = innerKind.apply(outer);

        outer.enqueue(tasks.get(0));
        inner.enqueue(tasks.get(1));
        inner.enqueue(TaskBatch.of(tasks.get(2), tasks.get(3)));
        inner.flush();
        inner.enqueue(tasks.get(4));
        inner.close();
        outer.enqueue(tasks.get(5));
        outer.close();

        assertCameOut(tasks, mayAbandon(), true);
    }

    @Test
    @DisplayName(
            "What the queue says of an edge that it adds is true: it is the queue's doing, and not that of who spawns")
    void edgesHaveTrueReasons() {
        List<FakeTask> tasks = tasks("a", "b", "c", "d");

        queue.enqueue(tasks.get(0));
        queue.enqueue(TaskBatch.of(tasks.get(1), tasks.get(2)));
        queue.enqueue(tasks.get(3));
        queue.close();

        assertThat(root.tasks())
                .flatExtracting(task -> ((FakeTask) task.task()).reasons())
                .allSatisfy(said -> {
                    assertThat(said.reason()).isIn(EdgeReason.SEQUENTIAL, EdgeReason.BARRIER, EdgeReason.QUEUE);
                    assertThat(said.by()).isIn(queue, null);
                });
    }

    @Test
    @DisplayName("A queue that keeps tasks until it is closed says so and marks them as held; any other lets them go")
    void heldTasksAreMarked() {
        List<FakeTask> tasks = tasks("a", "b", "c");

        queue.enqueue(tasks.get(0));
        queue.enqueue(TaskBatch.of(tasks.get(1), tasks.get(2)));

        if (queue.holdsUntilClosed()) {
            assertThat(tasks)
                    .filteredOn(this::isInside)
                    .extracting(FakeTask::holder)
                    .containsOnly(queue);
        } else {
            Together.awaitThat(() -> tasks.stream().noneMatch(this::isInside));
        }
    }

    @Test
    @DisplayName("A queue that keeps tasks tells of them until they are handed on or abandoned, and no longer")
    void heldTasksAreTold() {
        List<FakeTask> flushed = tasks("a", "b", "c");
        queue.enqueue(flushed.get(0));
        queue.enqueue(TaskBatch.of(flushed.get(1), flushed.get(2)));
        assertToldIfKept(flushed);
        queue.flush();
        assertNoneTold(flushed);

        List<FakeTask> closed = tasks("d", "e", "f");
        queue.enqueue(TaskBatch.of(closed.get(0), closed.get(1)));
        queue.enqueue(closed.get(2));
        assertToldIfKept(closed);
        queue.close();
        assertNoneTold(concat(flushed, closed));

        makeQueue();
        List<FakeTask> abandoned = tasks("g", "h", "i");
        queue.enqueue(abandoned.get(0));
        queue.enqueue(TaskBatch.of(abandoned.get(1), abandoned.get(2)));
        queue.abandon(new Exception("given up"));
        assertNoneTold(abandoned);
    }

    private void assertToldIfKept(List<FakeTask> tasks) {
        if (queue.holdsUntilClosed()) {
            assertThat(told())
                    .as("what the queue tells of, having these inside")
                    .containsAll(tasks.stream().filter(this::isInside).toList());
        }
        assertNoneTold(tasks.stream().filter(task -> !isInside(task)).toList());
    }

    /** Of what comes out: a queue that hands on by and by may still be about to. */
    private void assertNoneTold(List<FakeTask> tasks) {
        Together.awaitThat(() -> tasks.stream().noneMatch(this::isInside));
        assertThat(told())
                .as("what the queue tells of, having let go of %s", tasks)
                .noneMatch(tasks::contains);
    }

    private List<Task<?>> told() {
        List<Task<?>> told = new ArrayList<>();
        queue.forEachHeld(task -> told.add(task.task()));
        return told;
    }

    @Test
    @DisplayName("Who asks what a queue keeps does not wait for the queue upstream, which takes something meanwhile")
    void tellingDoesNotWait() throws InterruptedException {
        CountDownLatch taking = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        queue = create(new TaskQueue() {
            @Override
            public void enqueue(PendingTask task) {
                take();
                root.enqueue(task);
            }

            @Override
            public void enqueue(TaskBatch batch) {
                take();
                root.enqueue(batch);
            }

            private void take() {
                taking.countDown();
                Together.awaitThat(() -> goOn.getCount() == 0);
            }
        });
        List<FakeTask> tasks = tasks("a", "b");

        Together.run(List.of(
                () -> {
                    tasks.forEach(queue::enqueue);
                    queue.close();
                    taking.countDown(); // if nothing came out
                },
                () -> {
                    Together.awaitThat(() -> taking.getCount() == 0);
                    told();
                    goOn.countDown();
                }));

        assertCameOut(tasks);
    }

    // ---- Closing and abandoning -------------------------------------------------------------------------------------

    @Test
    @DisplayName("A closed queue refuses a task with a QueueClosedException and does nothing with it")
    void closedQueueRefusesTask() {
        queue.close();

        assertRefused(new FakeTask("late"));
    }

    @Test
    @DisplayName("A closed queue refuses a batch with a QueueClosedException and does nothing with its tasks")
    void closedQueueRefusesBatch() {
        queue.enqueue(new FakeTask("early"));
        queue.close();

        assertBatchRefused(tasks("late", "too late"));
    }

    @Test
    @DisplayName("An abandoned queue refuses tasks and batches just as a closed one does")
    void abandonedQueueRefuses() {
        queue.abandon(new Exception("given up"));

        assertRefused(new FakeTask("late"));
        assertBatchRefused(tasks("late", "too late"));
    }

    private void assertRefused(FakeTask late) {
        assertThatThrownBy(() -> queue.enqueue(late)).isInstanceOf(QueueClosedException.class);
        assertUntouched(late);
    }

    private void assertBatchRefused(List<FakeTask> late) {
        assertThatThrownBy(() -> queue.enqueue(batch(late))).isInstanceOf(QueueClosedException.class);
        late.forEach(this::assertUntouched);
    }

    private void assertUntouched(FakeTask refused) {
        queue.flush();
        queue.close();
        assertThat(root.tasks()).extracting(PendingTask::task).doesNotContain(refused);
        assertThat(refused.isAbandoned())
                .as("%s was abandoned, which is for its spawner to do", refused)
                .isFalse();
        assertThat(refused.holder()).as("who holds the refused %s", refused).isNull();
        assertThat(refused.dependencies())
                .as("edges of the refused %s", refused)
                .isEmpty();
        assertThat(refused.name()).as("name of the refused %s", refused).isEqualTo(refused.givenName());
    }

    @Test
    @DisplayName("close(), flush() and abandon() after close() do nothing")
    void nothingHappensAfterClose() {
        List<FakeTask> tasks = tasks("a", "b");
        tasks.forEach(queue::enqueue);
        queue.close();

        queue.close();
        queue.flush();
        queue.abandon(new Exception("given up too late"));
        queue.close();

        assertCameOut(tasks);
    }

    @Test
    @DisplayName("abandon() abandons what is held, for the reason given, and passes nothing on")
    void abandonAbandonsWhatIsHeld() {
        List<FakeTask> tasks = tasks("a", "b", "c");
        queue.enqueue(tasks.get(0));
        queue.enqueue(TaskBatch.of(tasks.get(1), tasks.get(2)));
        List<FakeTask> inside = tasks.stream().filter(this::isInside).toList();
        List<PendingTask> handedOn = root.tasks();
        Exception reason = new Exception("given up");

        queue.abandon(reason);

        assertThat(root.tasks()).isEqualTo(handedOn);
        assertThat(inside).allSatisfy(task -> assertThat(task.abandonReason()).isSameAs(reason));
        assertCameOut(tasks, true, addsTasks());
    }

    @Test
    @DisplayName("close(), flush() and abandon() after abandon() do nothing")
    void nothingHappensAfterAbandon() {
        List<FakeTask> tasks = tasks("a", "b");
        tasks.forEach(queue::enqueue);
        Exception reason = new Exception("given up");
        queue.abandon(reason);
        List<PendingTask> handedOn = root.tasks();

        queue.close();
        queue.flush();
        queue.abandon(new Exception("given up once more"));

        assertThat(root.tasks()).isEqualTo(handedOn);
        assertThat(tasks).filteredOn(FakeTask::isAbandoned).allSatisfy(task -> assertThat(task.abandonReason())
                .isSameAs(reason));
    }

    @Test
    @DisplayName("To be told of a failure, open, closed or given up, changes nothing about what comes out")
    void failureChangesNothing() {
        List<FakeTask> tasks = tasks("a", "b", "c");
        queue.onTaskFailed();
        queue.enqueue(tasks.get(0));
        queue.enqueue(TaskBatch.of(tasks.get(1), tasks.get(2)));
        List<PendingTask> handedOn = root.tasks();
        tasks.get(1).fail(new Exception("failed"));

        queue.onTaskFailed();

        assertThat(root.tasks()).isEqualTo(handedOn);
        queue.close();
        queue.onTaskFailed();
        assertCameOut(tasks);
        queue.abandon(new Exception("given up"));
        queue.onTaskFailed();
        assertCameOut(tasks);
    }

    // ---- When the upstream queue refuses
    // -------------------------------------------------------------------------------

    @Test
    @DisplayName("If the upstream queue refuses, its exception comes out; what is not thrown back is abandoned")
    void refusalComesOutAndNothingIsLost() {
        List<FakeTask> tasks = tasks("a", "b", "c");
        RuntimeException refusal = new IllegalStateException("full");
        root.refuseWith(refusal);

        List<Throwable> thrown = Stream.<Executable>of(
                        () -> spawn(tasks.get(0)), () -> spawn(tasks.get(1), tasks.get(2)), queue::flush, queue::close)
                .flatMap(TaskQueueContract::thrownBy)
                .toList();

        assertThat(thrown).isNotEmpty().containsOnly(refusal);
        assertThat(root.tasks()).isEmpty();
        assertThat(tasks).allMatch(FakeTask::isAbandoned, "is abandoned, by the queue or by its spawner");
        assertThatCode(queue::close).doesNotThrowAnyException();
    }

    @Test
    @DisplayName("If the upstream queue refuses in close(), the queue is closed all the same")
    void refusedCloseCloses() {
        root.refuseWith(new IllegalStateException("full"));
        thrownBy(() -> spawn(new FakeTask("a")));
        thrownBy(queue::close);
        root.accept();

        assertRefused(new FakeTask("late"));
        assertThat(root.tasks()).isEmpty();
    }

    @Test
    @DisplayName("What is enqueued after the upstream queue has refused comes out, and waits for nothing that does not")
    void staysUsableAfterRefusal() {
        List<FakeTask> refused = tasks("a", "b", "c");
        root.refuseWith(new IllegalStateException("full"));
        thrownBy(() -> spawn(refused.get(0)));
        thrownBy(() -> spawn(refused.get(1), refused.get(2)));
        thrownBy(queue::flush);
        root.accept();
        List<FakeTask> after = tasks("d", "e", "f");

        queue.enqueue(after.get(0));
        queue.enqueue(TaskBatch.of(after.get(1), after.get(2)));
        queue.close();

        assertCameOut(concat(refused, after), true, addsTasks());
        assertThat(after).noneMatch(FakeTask::isAbandoned);
    }

    /** Spawns as a runtime does: what is refused is abandoned by the one who spawned it. */
    private void spawn(FakeTask... tasks) {
        try {
            if (tasks.length == 1) {
                queue.enqueue(tasks[0]);
            } else {
                queue.enqueue(TaskBatch.of(tasks));
            }
        } catch (Throwable refused) {
            TaskBatch.of(tasks).abandon(refused);
            throw refused;
        }
    }

    // ---- Several threads --------------------------------------------------------------------------------------------

    @Test
    @DisplayName("Several threads enqueue at once: nothing is lost and nothing is doubled")
    void manyProducers() throws InterruptedException {
        race(open -> {}, TaskQueue::close, mayAbandon());
    }

    @Test
    @DisplayName("Several threads enqueue while one flushes: nothing is lost and nothing is doubled")
    void flushRaces() throws InterruptedException {
        race(TaskQueue::flush, TaskQueue::close, mayAbandon());
    }

    @Test
    @DisplayName("Several threads enqueue while one closes: each task is either refused or comes out exactly once")
    void closeRaces() throws InterruptedException {
        race(TaskQueue::close, closed -> {}, mayAbandon());
    }

    @Test
    @DisplayName("Several threads enqueue while one abandons: each task is refused, comes out once, or is abandoned")
    void abandonRaces() throws InterruptedException {
        race(open -> open.abandon(new Exception("given up")), closed -> {}, true);
    }

    /** Lets some threads enqueue and another one interfere, in each round after one submission more. */
    private void race(Consumer<TaskQueue> interference, Consumer<TaskQueue> afterwards, boolean mayAbandon)
            throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            makeQueue();
            int moment = round % (PRODUCERS * SUBMISSIONS_EACH);
            AtomicInteger begun = new AtomicInteger();
            Queue<FakeTask> taken = new ConcurrentLinkedQueue<>();
            Queue<FakeTask> refused = new ConcurrentLinkedQueue<>();
            List<Executable> parts = new ArrayList<>();
            for (int producer = 0; producer < PRODUCERS; producer++) {
                String prefix = "round " + round + " producer " + producer + " task ";
                parts.add(() -> {
                    for (int i = 0; i < SUBMISSIONS_EACH; i++) {
                        begun.incrementAndGet();
                        produce(prefix + i, i % 3 == 2, taken, refused);
                    }
                });
            }
            parts.add(() -> {
                Together.awaitThat(() -> begun.get() >= moment);
                interference.accept(queue);
            });

            Together.run(parts);
            afterwards.accept(queue);

            assertCameOut(taken, mayAbandon, addsTasks());
            refused.forEach(this::assertUntouched);
        }
    }

    private void produce(String name, boolean batch, Collection<FakeTask> taken, Collection<FakeTask> refused) {
        List<FakeTask> tasks = batch ? tasks(name, name + "b") : tasks(name);
        try {
            if (batch) {
                queue.enqueue(batch(tasks));
            } else {
                queue.enqueue(tasks.get(0));
            }
            taken.addAll(tasks);
        } catch (QueueClosedException closed) {
            refused.addAll(tasks);
        }
    }

    // ---- Shared, also with the tests of one queue -------------------------------------------------------------------

    /** Makes a task for each of the names. */
    protected static List<FakeTask> tasks(String... names) {
        return Stream.of(names).map(FakeTask::new).toList();
    }

    /** Makes a batch of these tasks. */
    protected static TaskBatch batch(List<FakeTask> tasks) {
        return new TaskBatch(List.copyOf(tasks));
    }

    private static Stream<Throwable> thrownBy(Executable part) {
        try {
            part.execute();
            return Stream.empty();
        } catch (Throwable thrown) {
            return Stream.of(thrown);
        }
    }

    private static List<FakeTask> concat(List<FakeTask> first, List<FakeTask> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** Tells whether the queue still has a task: neither handed on nor abandoned. */
    private boolean isInside(FakeTask task) {
        return !task.isAbandoned() && root.tasks().stream().noneMatch(arrived -> arrived.task() == task);
    }

    private void assertCameOut(Collection<FakeTask> tasks) {
        assertCameOut(tasks, mayAbandon(), addsTasks());
    }

    /**
     * Checks that each of these has come out of the queue, once or, if allowed, abandoned; that nothing else has but,
     * if allowed, tasks that the queue has made itself; that each barrier made of these has come out, too, or is
     * abandoned; and that nothing which has come out waits for something that never will.
     */
    private void assertCameOut(Collection<FakeTask> tasks, boolean mayAbandon, boolean mayAdd) {
        Map<Task<?>, Long> arrivals =
                root.tasks().stream().collect(Collectors.groupingBy(PendingTask::task, Collectors.counting()));
        List<FakeTask> barriers = tasks.stream().flatMap(FakeTask::barriers).toList();
        tasks.forEach(task -> assertOnceOrAbandoned(task, arrivals, mayAbandon));
        barriers.forEach(barrier -> assertOnceOrAbandoned(barrier, arrivals, true));
        if (!mayAdd) {
            assertThat(barriers)
                    .as("barriers made by a queue that says it adds no tasks")
                    .isEmpty();
            assertThat(arrivals.keySet()).allMatch(tasks::contains, "was enqueued by somebody");
        }
        for (PendingTask arrived : root.tasks()) {
            assertThat(arrived.dependencies().stream()
                            .map(Dependency::predecessor)
                            .filter(predecessor -> !predecessor.isDone() && !arrivals.containsKey(predecessor))
                            .map(Task::name))
                    .as("what %s waits for, but has not reached the upstream queue and never will", arrived.name())
                    .isEmpty();
        }
    }

    private static void assertOnceOrAbandoned(FakeTask task, Map<Task<?>, Long> arrivals, boolean mayAbandon) {
        boolean abandoned = mayAbandon && task.isAbandoned();
        assertThat(arrivals.getOrDefault(task, 0L))
                .as("how often %s%s reached the upstream queue", task.isAbandoned() ? "the abandoned " : "", task)
                .isEqualTo(abandoned ? 0 : 1);
    }

    /** Returns what comes out, and its edges, if the same is enqueued always and something else is done in between. */
    private List<String> whatComesOut(Consumer<TaskQueue> inBetween) {
        makeQueue();
        inBetween.accept(queue);
        queue.enqueue(new FakeTask("a"));
        inBetween.accept(queue);
        queue.enqueue(TaskBatch.of(new FakeTask("b"), new FakeTask("c")));
        inBetween.accept(queue);
        queue.enqueue(new FakeTask("d"));
        inBetween.accept(queue);
        queue.close();
        Function<Dependency, String> edge =
                dependency -> dependency.kind() + " " + dependency.predecessor().name();
        return root.tasks().stream()
                .map(task -> task.name() + " after "
                        + task.dependencies().stream().map(edge).toList())
                .sorted()
                .toList();
    }
}
