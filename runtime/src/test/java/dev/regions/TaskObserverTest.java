package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static dev.regions.observe.TaskEvent.Kind.CANCELLED;
import static dev.regions.observe.TaskEvent.Kind.FINISHED;
import static dev.regions.observe.TaskEvent.Kind.LAUNCHED;
import static dev.regions.observe.TaskEvent.Kind.READY;
import static dev.regions.observe.TaskEvent.Kind.RETRYING;
import static dev.regions.observe.TaskEvent.Kind.SKIPPED;
import static dev.regions.observe.TaskEvent.Kind.SPAWNED;
import static dev.regions.observe.TaskEvent.Kind.STARTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.observe.ObserverRegistration;
import dev.regions.observe.RegionInfo;
import dev.regions.observe.TaskEdge;
import dev.regions.observe.TaskEvent;
import dev.regions.observe.TaskInfo;
import dev.regions.observe.TaskObserver;
import dev.regions.queue.Dependency.Kind;
import dev.regions.queue.EdgeReason;
import dev.regions.queue.ForwardingQueue;
import dev.regions.task.DeadlockException;
import dev.regions.task.QueueClosedException;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An observer")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class TaskObserverTest {
    private final RecordingObserver observer = new RecordingObserver();

    private TaskRuntime observed() {
        return TaskRuntime.builder().name("observed").observer(observer).build();
    }

    private static TaskBuilder named(String name) {
        return Tasks.builder().name(name);
    }

    // ---- Tasks ------------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("hears of a task's whole life, in order, with times, worker and thread")
    void wholeLife() throws Exception {
        long before = System.nanoTime();
        List<Long> thread = new ArrayList<>();
        try (TaskRuntime runtime = observed()) {
            runtime.run(() -> named("work").spawn(() -> {
                thread.add(Thread.currentThread().threadId());
            }));
        }

        assertThat(observer.kindsOf("work")).containsExactly(SPAWNED, LAUNCHED, READY, STARTED, FINISHED);
        TaskInfo task = observer.task("work");
        assertThat(observer.events).allMatch(event -> event.task() == task);
        assertThat(List.of(
                        before,
                        task.spawnedAt(),
                        task.launchedAt(),
                        task.readyAt(),
                        task.startedAt(),
                        task.endedAt(),
                        System.nanoTime()))
                .isSorted();
        assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(observer.last("work").state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(task.worker()).isPositive().isEqualTo(observer.last("work").worker());
        assertThat(task.threadId())
                .isEqualTo(thread.get(0))
                .isEqualTo(observer.last("work").threadId());
        assertThat(task.attempts()).isEqualTo(1);
        assertThat(task.failure()).isNull();
        assertThat(task.region()).isNull();
        assertThat(task.spawnedBy()).isZero();
        assertThat(task.isNamed()).isTrue();
        assertThat(task.isBarrier()).isFalse();
    }

    @Test
    @DisplayName("knows a task without a name by the name that its handle has")
    void unnamed() throws Exception {
        Task<Integer> task;
        try (TaskRuntime runtime = observed()) {
            task = runtime.call(() -> Tasks.spawn(() -> 1));
        }

        TaskInfo seen = observer.events.get(0).task();
        assertThat(seen.isNamed()).isFalse();
        assertThat(seen.name()).isEqualTo(task.name());
    }

    @Test
    @DisplayName("is notified of a completion before a join() returns: after a flush it is there")
    void endIsQueuedBeforeJoinReturns() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().name("observed").build()) {
            for (int round = 0; round < 300; round++) {
                RecordingObserver fresh = new RecordingObserver();
                try (ObserverRegistration registration = runtime.observe(fresh)) {
                    Task<?> task = runtime.call(() -> named("work").spawn(() -> {}));
                    while (!task.isDone()) {
                        Thread.onSpinWait(); // sees it earlier than a join() would
                    }
                    registration.flush();

                    assertThat(fresh.kindsOf("work")).containsExactly(SPAWNED, LAUNCHED, READY, STARTED, FINISHED);
                }
            }
        }
    }

    @Test
    @DisplayName("is notified of tasks that fail, are skipped, cancelled, abandoned, or miss their deadline")
    void ends() throws Exception {
        try (TaskRuntime runtime = observed()) {
            runtime.run(() -> {
                Task<?> failed = named("failed").spawn(() -> {
                    throw new IllegalStateException("no");
                });
                named("skipped").requires(failed).spawn(() -> {});
                assertThatThrownBy(failed::join).hasRootCauseMessage("no");
                CountDownLatch release = new CountDownLatch(1);
                Task<?> blocker = named("blocker").spawn(() -> await(release));
                Task<?> cancelled = named("cancelled").after(blocker).spawn(() -> {});
                Task<?> late = named("late")
                        .after(blocker)
                        .deadline(Duration.ofMillis(1))
                        .spawn(() -> {});
                cancelled.cancel();
                assertThatThrownBy(late::join).hasCauseInstanceOf(TimeoutException.class);
                release.countDown();
                assertThatThrownBy(() -> Regions.bulk(() -> {
                            named("abandoned").spawn(() -> {});
                            throw new IllegalStateException("given up");
                        }))
                        .hasMessage("given up");
                CountDownLatch running = new CountDownLatch(1);
                Task<?> interrupted = named("interrupted").spawn(() -> {
                    running.countDown();
                    new CountDownLatch(1).await();
                });
                await(running);
                interrupted.cancel();
            });
        }

        assertThat(observer.last("failed").state()).isEqualTo(TaskState.FAILED);
        assertThat(observer.kindsOf("failed")).endsWith(STARTED, FINISHED);
        assertThat(observer.task("failed").failure()).contains("IllegalStateException: no");
        assertThat(observer.kindsOf("skipped")).endsWith(SKIPPED).doesNotContain(STARTED);
        assertThat(observer.last("skipped").state()).isEqualTo(TaskState.SKIPPED);
        assertThat(observer.task("skipped").failure())
                .contains("requires failed")
                .contains("no");
        assertThat(observer.kindsOf("cancelled")).endsWith(CANCELLED).doesNotContain(STARTED);
        assertThat(observer.last("cancelled").state()).isEqualTo(TaskState.CANCELLED);
        assertThat(observer.kindsOf("late")).endsWith(CANCELLED).doesNotContain(STARTED);
        assertThat(observer.last("late").state()).isEqualTo(TaskState.FAILED);
        assertThat(observer.kindsOf("abandoned")).containsExactly(SPAWNED, CANCELLED);
        assertThat(observer.last("abandoned").state()).isEqualTo(TaskState.ABANDONED);
        assertThat(observer.kindsOf("interrupted")).endsWith(STARTED, FINISHED);
        assertThat(observer.last("interrupted").state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    @DisplayName("is notified of each attempt")
    void attempts() throws Exception {
        AtomicInteger attempt = new AtomicInteger();
        try (TaskRuntime runtime = observed()) {
            runtime.run(() -> named("again").retry(RetryPolicy.maxAttempts(3)).spawn(() -> {
                if (attempt.incrementAndGet() < 3) {
                    throw new IllegalStateException("not yet");
                }
            }));
        }

        assertThat(observer.kindsOf("again"))
                .containsExactly(
                        SPAWNED, LAUNCHED, READY, STARTED, RETRYING, READY, STARTED, RETRYING, READY, STARTED,
                        FINISHED);
        assertThat(observer.task("again").attempts()).isEqualTo(3);
    }

    @Test
    @DisplayName("is notified of completable tasks and of tasks run in place")
    void externalAndInPlace() throws Exception {
        try (TaskRuntime runtime = observed()) {
            runtime.run(() -> {
                CompletableTask<Integer> external = named("external").completable();
                external.complete(1);
                named("outer").spawn(() -> named("inner").spawn(() -> 1).join()).join();
            });
        }

        assertThat(observer.kindsOf("external")).containsExactly(SPAWNED, LAUNCHED, FINISHED);
        assertThat(observer.kindsOf("inner")).containsExactly(SPAWNED, LAUNCHED, READY, STARTED, FINISHED);
        assertThat(observer.task("inner").spawnedBy())
                .isEqualTo(observer.task("outer").id());
    }

    @Test
    @DisplayName("sees a refused task end")
    void refused() throws Exception {
        TaskRuntime runtime = TaskRuntime.builder().name("closed").build();
        runtime.close();
        try (ObserverRegistration registration = runtime.observe(observer)) {
            assertThatThrownBy(() -> runtime.run(() -> Tasks.spawn(() -> {}))).isInstanceOf(QueueClosedException.class);
            assertThatThrownBy(() -> runtime.run(() -> named("refused").spawn(() -> {})))
                    .isInstanceOf(QueueClosedException.class);
            assertThatThrownBy(() -> runtime.run(() -> named("refused too").completable()))
                    .isInstanceOf(QueueClosedException.class);
            registration.flush();
        }

        assertThat(observer.events)
                .extracting(TaskEvent::kind)
                .containsOnly(SPAWNED, CANCELLED)
                .hasSize(6);
        assertThat(observer.kindsOf("refused")).containsExactly(SPAWNED, CANCELLED);
    }

    @Test
    @DisplayName("is notified in order of a task that is run in place at the moment at which it becomes ready")
    void inPlaceAsItBecomesReady() throws Exception {
        try (TaskRuntime runtime = observed()) {
            for (int round = 0; round < 1000; round++) {
                String name = "inner " + round;
                CompletableTask<Integer> gate =
                        runtime.call(() -> Tasks.builder().completable());
                Task<Integer> inner = runtime.call(() -> named(name).spawn(gate.task(), x -> x));
                CountDownLatch joining = new CountDownLatch(1);
                Task<Integer> outer = runtime.call(() -> Tasks.spawn(() -> {
                    joining.countDown();
                    while (inner.taskState() == TaskState.WAITING) {
                        Thread.onSpinWait();
                    }
                    return inner.join();
                }));
                await(joining);
                gate.complete(round);
                assertThat(outer.join()).isEqualTo(round);
            }
        }

        for (int round = 0; round < 1000; round++) {
            assertThat(observer.kindsOf("inner " + round)).containsExactly(SPAWNED, LAUNCHED, READY, STARTED, FINISHED);
            TaskInfo inner = observer.task("inner " + round);
            assertThat(inner.readyAt()).isPositive().isLessThanOrEqualTo(inner.startedAt());
        }
    }

    @Test
    @DisplayName("that overrides ended() alone is notified of each task that has completed, once")
    void ended() throws Exception {
        Queue<String> ended = new ConcurrentLinkedQueue<>();
        TaskObserver observer = new TaskObserver() {
            @Override
            public void ended(TaskEvent event) {
                ended.add(event.task().name() + " " + event.state());
            }
        };
        try (TaskRuntime runtime = TaskRuntime.builder()
                .observer(observer)
                .onUncaughtFailure(failure -> {})
                .build()) {
            runtime.run(() -> {
                CompletableTask<Integer> external = named("external").completable();
                named("cancelled").spawn(external.task(), x -> x).cancel();
                named("skipped").spawn(external.task(), x -> x);
                external.fail(new IllegalStateException("on purpose"));
                named("succeeded").spawn(() -> 1);
            });
        }

        assertThat(ended)
                .containsExactlyInAnyOrder(
                        "external FAILED", "cancelled CANCELLED", "skipped SKIPPED", "succeeded SUCCEEDED");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("is given the kind that a queue of the user's says, or the name of its class if it cannot say")
    void kindOfRegion(boolean hostile) {
        class OwnQueue extends ForwardingQueue {
            OwnQueue() {
                super(TaskRuntime.currentQueue());
            }

            @Override
            public String kind() {
                if (hostile) {
                    throw new IllegalStateException("on purpose");
                }
                return "own";
            }
        }
        try (TaskRuntime runtime = observed()) {
            runtime.run(() -> Regions.withQueue(upstream -> new OwnQueue(), () -> {
                Tasks.spawn(() -> {});
            }));
        }

        String kind = hostile ? "OwnQueue" : "own";
        assertThat(observer.regions).containsExactly("opened " + kind, "launched " + kind + " 1", "closed " + kind);
    }

    // ---- Edges ------------------------------------------------------------------------------------------------------

    private List<String> edgesOf(String name) {
        return observer.task(name).edges().stream()
                .map(edge -> edge.reason() + " " + edge.kind() + " " + edge.predecessorName()
                        + (edge.region() == null ? "" : " by " + edge.region().kind()))
                .toList();
    }

    @Test
    @DisplayName("is given the reason for each edge, and the region that has added it")
    void edges() throws Exception {
        try (TaskRuntime runtime = observed()) {
            runtime.run(() -> {
                Task<Integer> a = named("a").spawn(() -> 1);
                Task<Integer> b = named("b").spawn(() -> 2);
                Task<Integer> c = named("c").spawn(() -> 3);
                named("d").requires(b).after(c).spawn(a, x -> x);
                named("sum").spawn(List.of(a, b, c), all -> all.size());
                Regions.sequential(() -> {
                    named("first").spawn(() -> {});
                    Regions.bulk(() -> {
                        named("left").spawn(() -> {});
                        named("right").spawn(() -> {});
                    });
                    named("last").spawn(a, x -> x);
                });
            });
        }

        assertThat(edgesOf("a")).isEmpty();
        assertThat(edgesOf("d")).containsExactly("ARGUMENT HARD a", "REQUIRES HARD b", "AFTER SOFT c");
        assertThat(edgesOf("sum")).containsExactly("ARGUMENT HARD a", "ARGUMENT HARD b", "ARGUMENT HARD c");
        assertThat(edgesOf("left")).containsExactly("SEQUENTIAL HARD first by sequential");
        assertThat(edgesOf("end of batch"))
                .containsExactly(
                        "SEQUENTIAL HARD first by sequential",
                        "BARRIER HARD left by sequential",
                        "BARRIER HARD right by sequential");
        assertThat(edgesOf("last")).containsExactly("ARGUMENT HARD a", "SEQUENTIAL HARD end of batch by sequential");
        assertThat(observer.task("end of batch").isBarrier()).isTrue();
        assertThat(observer.kindsOf("end of batch")).containsExactly(SPAWNED, LAUNCHED, READY, FINISHED);
        assertThat(observer.task("d").edges())
                .extracting(TaskEdge::predecessor)
                .containsExactly(
                        observer.task("a").id(),
                        observer.task("b").id(),
                        observer.task("c").id());
    }

    @Test
    @DisplayName("knows an edge that a queue adds without a reason as such, and an unobserved predecessor by name only")
    void otherEdges() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().name("observed").build()) {
            Task<Integer> before = runtime.call(() -> named("before").spawn(() -> 1));
            try (ObserverRegistration registration = runtime.observe(observer)) {
                runtime.run(() -> Regions.withQueue(upstream -> new AddingQueue(upstream, before), () -> named("task")
                        .spawn(() -> {})));
                registration.flush();
            }
        }

        assertThat(edgesOf("task")).containsExactly("QUEUE SOFT before");
        assertThat(observer.task("task").edges().get(0))
                .isEqualTo(new TaskEdge(0, "before", Kind.SOFT, EdgeReason.QUEUE, null));
        assertThat(observer.events).noneMatch(event -> event.task().name().equals("before"));
    }

    private record AddingQueue(dev.regions.queue.TaskQueue upstream, Task<?> predecessor)
            implements dev.regions.queue.TaskQueue {
        @Override
        public void enqueue(dev.regions.queue.PendingTask task) {
            task.dependsOn(predecessor, Kind.SOFT);
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(dev.regions.queue.TaskBatch batch) {
            batch.tasks().forEach(task -> task.dependsOn(predecessor, Kind.SOFT));
            upstream.enqueue(batch);
        }
    }

    // ---- Regions ----------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("hears of regions, in block form and in scope form, and finds the path of a task's regions")
    void regions() throws Exception {
        try (TaskRuntime runtime = observed()) {
            runtime.run(() -> {
                Regions.sequential(() -> Regions.bulk(() -> {
                    named("deep").spawn(() -> {});
                    Tasks.spawn(() -> {});
                }));
                try (var scope = Regions.bulk()) {
                    scope.fork(() -> {});
                    scope.join();
                }
                Regions.withLimit(
                        Limit.of("few", 2),
                        () -> Regions.withDeadline(
                                Duration.ofHours(1), () -> named("in time").spawn(() -> {})));
            });
        }

        assertThat(observer.regions)
                .containsExactly(
                        "opened sequential",
                        "opened bulk",
                        "launched bulk 2",
                        "closed bulk",
                        "launched sequential 0",
                        "closed sequential",
                        "opened bulk",
                        "launched bulk 1",
                        "closed bulk",
                        "opened limit",
                        "opened deadline",
                        "launched deadline 1",
                        "closed deadline",
                        "launched limit 0",
                        "closed limit");
        RegionInfo region = observer.task("deep").region();
        assertThat(region).isNotNull();
        assertThat(region.path()).extracting(RegionInfo::kind).containsExactly("sequential", "bulk");
        assertThat(region.threadName()).isEqualTo(Thread.currentThread().getName());
        assertThat(observer.task("in time").region().path())
                .extracting(RegionInfo::kind)
                .containsExactly("limit", "deadline");
    }

    @Test
    @DisplayName("is notified that a region has failed, and which task has opened a region")
    void failedRegion() throws Exception {
        try (TaskRuntime runtime = observed()) {
            runtime.run(() -> {
                assertThatThrownBy(() -> Regions.bulk(() -> {
                            throw new IllegalStateException("given up");
                        }))
                        .hasMessage("given up");
                named("opener")
                        .spawn(() -> Regions.joined(() -> named("inside").spawn(() -> {})))
                        .join();
            });
        }

        assertThat(observer.regions).startsWith("opened bulk", "closed bulk in failure", "opened joined");
        assertThat(observer.task("inside").region().openedBy())
                .isEqualTo(observer.task("opener").id());
    }

    @Test
    @DisplayName("knows the region of a task if the region was opened before the first observer was registered")
    void regionOpenedBefore() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().name("observed").build()) {
            runtime.run(() -> Regions.bulk(() -> {
                runtime.observe(observer);
                named("first").spawn(() -> {});
                named("second").spawn(() -> {});
            }));
        }

        assertThat(observer.task("first").region())
                .isNotNull()
                .isSameAs(observer.task("second").region());
        assertThat(observer.regions).containsExactly("launched bulk 2", "closed bulk");
    }

    // ---- No harm ----------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("that always throws affects neither the tasks nor another observer; its first exception is logged")
    void throwing() throws Exception {
        TaskObserver bad = (TaskObserver) java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {TaskObserver.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("interests")) {
                        return Set.of(TaskEvent.Kind.values());
                    }
                    throw new AssertionError("bad observer");
                });
        long failures;
        try (LogRecords log = LogRecords.containing("an observer has thrown");
                TaskRuntime runtime = TaskRuntime.builder().name("observed").build()) {
            ObserverRegistration first = runtime.observe(bad);
            runtime.observe(observer);
            Task<Integer> task =
                    runtime.call(() -> Regions.bulk(() -> named("work").spawn(() -> 1)));
            assertThat(task.join()).isEqualTo(1);
            first.flush();
            failures = first.callbackFailures();
            assertThat(first.droppedEvents()).isZero();
            assertThat(log.await(1).thrown()).singleElement().satisfies(thrown -> assertThat(thrown)
                    .hasMessage("bad observer"));
        }

        assertThat(failures).isEqualTo(5 + 3);
        assertThat(observer.kindsOf("work")).containsExactly(SPAWNED, LAUNCHED, READY, STARTED, FINISHED);
    }

    @Test
    @DisplayName("that is stuck does not block the tasks; events that it cannot take are dropped and counted")
    void stuck() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        TaskObserver slow = new TaskObserver() {
            @Override
            public void spawned(TaskEvent event) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        };
        try (TaskRuntime runtime = TaskRuntime.builder().name("observed").build()) {
            ObserverRegistration stuck = runtime.observe(slow, 64);
            ObserverRegistration other = runtime.observe(observer);

            List<Task<Integer>> tasks = runtime.call(() ->
                    IntStream.range(0, 1000).mapToObj(i -> Tasks.spawn(() -> i)).toList());
            for (Task<Integer> task : tasks) {
                task.join();
            }
            other.flush();

            assertThat(stuck.droppedEvents()).isBetween(5000L - 64 - 2, 5000L);
            assertThat(other.droppedEvents()).isZero();
            release.countDown();
        }

        assertThat(observer.events).hasSize(5000);
    }

    @Test
    @DisplayName(
            "that is stuck for good does not keep the runtime from closing; events that it has not taken count as dropped")
    void stuckForGood() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        ObserverRegistration stuck;
        Task<Integer> task;
        try (TaskRuntime runtime = TaskRuntime.builder().name("observed").build()) {
            stuck = runtime.observe(new TaskObserver() {
                @Override
                public void spawned(TaskEvent event) {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            });
            task = runtime.call(() -> named("work").spawn(() -> 1));
        }
        assertThat(task.join()).isEqualTo(1);
        assertThat(stuck.droppedEvents()).isZero(); // it may yet take them

        release.countDown();
        stuck.flush();

        assertThat(stuck.droppedEvents()).isEqualTo(4);
    }

    @Test
    @DisplayName("is notified only of the kinds of events that it is interested in")
    void interests() throws Exception {
        RecordingObserver choosy = new RecordingObserver() {
            @Override
            public Set<TaskEvent.Kind> interests() {
                return Set.of(FINISHED);
            }
        };
        try (TaskRuntime runtime =
                TaskRuntime.builder().observer(choosy).observer(observer).build()) {
            runtime.run(() -> named("work").spawn(() -> {}));
        }

        assertThat(choosy.kindsOf("work")).containsExactly(FINISHED);
        assertThat(observer.kindsOf("work")).hasSize(5);
    }

    @Test
    @DisplayName(
            "hears of no task spawned before it was registered, of every one until it is closed, and of nothing after")
    void registration() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().name("observed").build()) {
            CountDownLatch release = new CountDownLatch(1);
            Task<?> before = runtime.call(() -> named("before").spawn(() -> await(release)));
            ObserverRegistration registration = runtime.observe(observer);
            Task<?> during = runtime.call(() -> named("during").after(before).spawn(() -> {}));
            registration.close();
            registration.close();
            release.countDown();
            during.join();
            runtime.call(() -> named("after").spawn(() -> {})).join();
            registration.flush();
        }

        assertThat(observer.kindsOf("during")).containsExactly(SPAWNED, LAUNCHED);
        assertThat(observer.events).hasSize(2);
    }

    @Test
    @DisplayName("may close its own registration, and wait for itself")
    void closesItself() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        ObserverRegistration[] own = new ObserverRegistration[1];
        CountDownLatch registered = new CountDownLatch(1);
        try (TaskRuntime runtime = TaskRuntime.builder().name("observed").build()) {
            own[0] = runtime.observe(new TaskObserver() {
                @Override
                public void spawned(TaskEvent event) {
                    try {
                        registered.await();
                        own[0].flush();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    own[0].close();
                    closed.countDown();
                }
            });
            registered.countDown();
            runtime.run(() -> Tasks.spawn(() -> {}));

            await(closed);
        }
        assertThat(own[0].callbackFailures()).isZero();
    }

    @Test
    @DisplayName("needs a queue of some size")
    void capacity() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskRuntime.shared().observe(observer, 3))
                .withMessageContaining("3");
    }

    @Test
    @DisplayName("of the shared runtime is notified of tasks that are spawned outside all runtimes")
    void sharedRuntime() throws Exception {
        try (ObserverRegistration registration = TaskRuntime.shared().observe(observer)) {
            Regions.bulk(() -> named("shared").spawn(() -> {})).join();
            registration.flush();
        }

        assertThat(observer.kindsOf("shared")).containsExactly(SPAWNED, LAUNCHED, READY, STARTED, FINISHED);
        assertThat(observer.task("shared").region()).isNotNull();
    }

    @Test
    @DisplayName("hears of a deadlock")
    void deadlock() throws Exception {
        try (TaskRuntime runtime = observed()) {
            runtime.run(() -> {
                Task<?>[] tasks = new Task<?>[2];
                CountDownLatch both = new CountDownLatch(1);
                tasks[0] = named("one").spawn(() -> {
                    await(both);
                    tasks[1].join();
                });
                tasks[1] = named("two").spawn(() -> {
                    await(both);
                    tasks[0].join();
                });
                both.countDown();
                for (Task<?> task : tasks) {
                    assertThatThrownBy(task::join).hasRootCauseInstanceOf(DeadlockException.class);
                }
            });
        }

        assertThat(observer.deadlocks).hasSize(1);
        assertThat(observer.deadlocks.get(0)).contains("'one'").contains("'two'");
    }

    // ---- Anything at once -------------------------------------------------------------------------------------------

    @RepeatedTest(20)
    @DisplayName(
            "is notified of each of many tasks in order and once, and of a completion before the events of dependents")
    void randomGraph() throws Exception {
        long seed = new Random().nextLong();
        try (TaskRuntime runtime = TaskRuntime.builder().name("observed").build()) {
            ObserverRegistration registration = runtime.observe(observer, 1 << 20);
            Random random = new Random(seed);
            List<Task<?>> tasks = new ArrayList<>();
            runtime.run(() -> {
                for (int i = 0; i < 400; i++) {
                    TaskBuilder builder = named("t" + i);
                    for (int edges = random.nextInt(3); edges > 0 && !tasks.isEmpty(); edges--) {
                        Task<?> predecessor = tasks.get(random.nextInt(tasks.size()));
                        builder = random.nextBoolean() ? builder.requires(predecessor) : builder.after(predecessor);
                    }
                    boolean fails = random.nextInt(10) == 0;
                    TaskBuilder last = builder;
                    Task<?> task = random.nextInt(3) == 0
                            ? Regions.bulk(() -> last.spawn(() -> end(fails)))
                            : last.spawn(() -> end(fails));
                    tasks.add(task);
                    if (random.nextInt(10) == 0) {
                        tasks.get(random.nextInt(tasks.size())).cancel();
                    }
                }
            });
            for (Task<?> task : tasks) {
                task.await();
            }
            registration.flush();
            assertThat(registration.droppedEvents()).isZero();
            assertThat(registration.callbackFailures()).isZero();

            for (Task<?> task : tasks) {
                List<TaskEvent.Kind> kinds = observer.kindsOf(task.name());
                assertThat(kinds)
                        .as("events of %s, seed %d", task, seed)
                        .doesNotHaveDuplicates()
                        .isSorted()
                        .startsWith(SPAWNED);
                assertThat(kinds.get(kinds.size() - 1)).isIn(FINISHED, SKIPPED, CANCELLED);
                assertThat(observer.last(task.name()).state())
                        .as("state of %s, seed %d", task, seed)
                        .isEqualTo(task.taskState());
            }
            assertEndsComeFirst(seed);
            for (Task<?> task : tasks) {
                task.toCompletableFuture(); // so that failures are not reported as uncaught
            }
        }
    }

    private void assertEndsComeFirst(long seed) {
        Map<Long, TaskInfo> ended = new HashMap<>();
        Set<Long> neverRan = new HashSet<>();
        for (TaskEvent event : observer.events) {
            if (event.state().isCompleted()) {
                ended.put(event.task().id(), event.task());
                if (event.kind() != FINISHED) {
                    neverRan.add(event.task().id());
                }
            }
            if (event.kind() == STARTED) {
                assertThat(event.task().edges())
                        .as("what %s waited for, seed %d", event.task(), seed)
                        .allMatch(edge -> ended.containsKey(edge.predecessor()));
                assertThat(neverRan).doesNotContain(event.task().id());
            }
        }
    }

    private static void end(boolean failing) {
        if (failing) {
            throw new IllegalStateException("as drawn");
        }
    }
}
