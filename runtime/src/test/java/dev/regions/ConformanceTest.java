package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static dev.regions.Handshakes.onAnotherThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.PendingTask;
import dev.regions.queue.QueueStack;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import dev.regions.task.UnlaunchedTaskException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Dagger.jl's task queues promise (pull request 398 and its tests), row by row. */
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class ConformanceTest {

    @Test
    @DisplayName(
            "C1 A spawned task runs by itself, its dependent gets the result, and waiting when done returns at once")
    void defaultQueue() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        Task<Integer> forty = Tasks.spawn(() -> {
            ran.countDown();
            return 40;
        });
        await(ran);

        Task<Integer> two = Tasks.spawn(() -> 2);
        Task<Integer> sum = Tasks.spawn(forty, two, Integer::sum);

        assertThat(sum.join()).isEqualTo(42);
        assertThat(sum.join()).isEqualTo(42);
        assertThat(forty.get(0, TimeUnit.NANOSECONDS)).isEqualTo(40);
        assertThat(sum.taskState()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    @DisplayName(
            "C2 Bulk: nothing has started when the body's last statement runs; everything runs after the region ends")
    void bulkStartsNothingBeforeItsEnd() throws Exception {
        AtomicInteger started = new AtomicInteger();
        List<Task<?>> tasks = new ArrayList<>();

        Regions.bulk(() -> {
            for (int i = 0; i < 100; i++) {
                tasks.add(Tasks.spawn(started::incrementAndGet));
            }
            // A body may take as long as it likes. Here it takes until a task outside, spawned later, has run to its
            // end.
            assertThat(onAnotherThread(() -> Tasks.spawn(() -> "outside").join()))
                    .isEqualTo("outside");
            assertThat(started).hasValue(0);
            assertThat(tasks).allMatch(task -> task.taskState() == TaskState.UNLAUNCHED);
        });

        for (Task<?> task : tasks) {
            task.await();
        }
        assertThat(started).hasValue(100);
    }

    @Test
    @DisplayName("C3 Bulk: waiting inside for a task of the region throws at once, and the region stays usable")
    void waitingInsideBulkThrows() throws Exception {
        AtomicReference<Task<Integer>> first = new AtomicReference<>();
        AtomicReference<Task<Integer>> second = new AtomicReference<>();

        Regions.bulk(() -> {
            first.set(Tasks.spawn(() -> 1));
            assertThatThrownBy(() -> first.get().join())
                    .isInstanceOf(UnlaunchedTaskException.class)
                    .hasMessageContaining("bulk region");
            assertThatThrownBy(() -> first.get().get()).isInstanceOf(UnlaunchedTaskException.class);
            assertThatThrownBy(() -> first.get().get(1, TimeUnit.DAYS)).isInstanceOf(UnlaunchedTaskException.class);
            second.set(Tasks.spawn(first.get(), one -> one + 1));
        });

        assertThat(second.get().join()).isEqualTo(2);
    }

    @Test
    @DisplayName("C3 Bulk: another thread may wait for a task of the region, and is released after its end")
    void anotherThreadMayWait() throws Exception {
        AtomicReference<Task<Integer>> task = new AtomicReference<>();
        AtomicReference<Thread> waiter = new AtomicReference<>();

        var waiting = Regions.bulk(() -> {
            task.set(Tasks.spawn(() -> 1));
            var future = Handshakes.start(() -> {
                waiter.set(Thread.currentThread());
                return task.get().join();
            });
            org.awaitility.Awaitility.await().until(() -> waiter.get() != null);
            Handshakes.awaitParked(waiter.get());
            return future;
        });

        assertThat(waiting.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    @DisplayName("C4 Bulk: dependents in one batch get their arguments, whatever the order in which they were enqueued")
    void bulkHandsOnArguments() throws Exception {
        for (boolean reversed : List.of(false, true)) {
            AtomicReference<Task<Integer>> sum = new AtomicReference<>();

            Regions.withQueue(upstream -> new Reordering(upstream, reversed), () -> {
                Regions.bulk(() -> {
                    Task<Integer> a = Tasks.spawn(() -> 40);
                    Task<Integer> b = Tasks.spawn(() -> 2);
                    sum.set(Tasks.spawn(a, b, Integer::sum));
                });
            });

            assertThat(sum.get().join()).isEqualTo(42);
        }
    }

    /** Hands batches on, last task first if asked to. */
    private record Reordering(TaskQueue upstream, boolean reversed) implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            List<PendingTask> tasks = new ArrayList<>(batch.tasks());
            if (reversed) {
                Collections.reverse(tasks);
            }
            upstream.enqueue(new TaskBatch(tasks));
        }
    }

    @Test
    @DisplayName("C5 Bulk in bulk: one launch, at the end of the outermost; the end of the inner launches nothing")
    void bulkInBulk() throws Exception {
        List<TaskBatch> launched = new ArrayList<>();
        Recording recording = new Recording(TaskRuntime.currentQueue(), launched);
        AtomicReference<Task<Integer>> inner = new AtomicReference<>();

        Regions.withQueue(upstream -> recording, () -> {
            Regions.bulk(() -> {
                Tasks.spawn(() -> 1);
                Regions.bulk(() -> {
                    inner.set(Tasks.spawn(() -> 2));
                    Tasks.spawn(() -> 3);
                });
                assertThat(launched).isEmpty();
                assertThat(inner.get().taskState()).isEqualTo(TaskState.UNLAUNCHED);
                assertThatThrownBy(() -> inner.get().join()).isInstanceOf(UnlaunchedTaskException.class);
                Tasks.spawn(() -> 4);
            });
        });

        assertThat(launched).singleElement().extracting(TaskBatch::size).isEqualTo(4);
        assertThat(inner.get().join()).isEqualTo(2);
    }

    /** Remembers the batches that pass through. */
    private record Recording(TaskQueue upstream, List<TaskBatch> batches) implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {
            enqueue(TaskBatch.of(task));
        }

        @Override
        public void enqueue(TaskBatch batch) {
            batches.add(batch);
            upstream.enqueue(batch);
        }
    }

    @Test
    @DisplayName(
            "C6 Sequential: of three tasks that block exactly one is running, each starts when the one before is done")
    void sequentialRunsOneAtATime() throws Exception {
        List<CountDownLatch> started = latches(3);
        List<CountDownLatch> release = latches(3);
        List<Task<?>> tasks = new ArrayList<>();

        Regions.sequential(() -> {
            for (int i = 0; i < 3; i++) {
                int index = i;
                tasks.add(Tasks.spawn(() -> {
                    started.get(index).countDown();
                    await(release.get(index));
                }));
            }
        });

        for (int i = 0; i < 3; i++) {
            await(started.get(i));
            for (int j = 0; j < 3; j++) {
                TaskState expected = j < i ? TaskState.SUCCEEDED : j == i ? TaskState.RUNNING : TaskState.WAITING;
                assertThat(tasks.get(j).taskState())
                        .as("task %s while %s runs", j, i)
                        .isEqualTo(expected);
            }
            release.get(i).countDown();
        }
        tasks.get(2).await();
    }

    @Test
    @DisplayName("C7 Sequential: order holds though no task takes another's result, and together with argument edges")
    void sequentialOrdersWithAndWithoutArguments() throws Exception {
        Queue<Integer> ran = new ConcurrentLinkedQueue<>();

        Regions.joined(() -> Regions.sequential(() -> {
            List<Task<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int index = i;
                tasks.add(
                        i % 3 == 2
                                ? Tasks.spawn(tasks.get(i / 2), tasks.get(i - 1), (a, b) -> noted(ran, index))
                                : Tasks.spawn(() -> noted(ran, index)));
            }
        }));

        assertThat(ran)
                .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
    }

    private static int noted(Queue<Integer> ran, int index) {
        ran.add(index);
        return index;
    }

    @Test
    @DisplayName(
            "C8 Bulk in sequential: the 10 tasks of a batch run at the same time; the next batch comes after all of them")
    void bulkInSequential() throws Exception {
        int batches = 3;
        int width = 10;
        List<AtomicInteger> done =
                IntStream.range(0, batches).mapToObj(i -> new AtomicInteger()).toList();
        Queue<String> violations = new ConcurrentLinkedQueue<>();

        Regions.joined(() -> Regions.sequential(() -> {
            for (int batch = 0; batch < batches; batch++) {
                int index = batch;
                CyclicBarrier together = new CyclicBarrier(width);
                Regions.bulk(() -> {
                    for (int i = 0; i < width; i++) {
                        Tasks.spawn(() -> {
                            if (index > 0 && done.get(index - 1).get() != width) {
                                violations.add("batch " + index + " started early");
                            }
                            together.await(SECONDS, TimeUnit.SECONDS); // only if all ten run at once
                            done.get(index).incrementAndGet();
                        });
                    }
                });
            }
        }));

        assertThat(violations).isEmpty();
        assertThat(done).allSatisfy(count -> assertThat(count).hasValue(width));
    }

    @Test
    @DisplayName("C9 Sequential in bulk: the chain is launched with the outermost bulk, in order, and not before")
    void sequentialInBulk() throws Exception {
        Queue<Integer> ran = new ConcurrentLinkedQueue<>();
        List<Task<?>> tasks = new ArrayList<>();

        Regions.bulk(() -> {
            Regions.sequential(() -> {
                for (int i = 0; i < 20; i++) {
                    int index = i;
                    tasks.add(Tasks.spawn(() -> noted(ran, index)));
                }
            });
            assertThat(onAnotherThread(() -> Tasks.spawn(() -> 1).join())).isEqualTo(1);
            assertThat(ran).isEmpty();
            assertThat(tasks).allMatch(task -> task.taskState() == TaskState.UNLAUNCHED);
        });

        tasks.get(19).await();
        assertThat(ran).containsExactlyElementsOf(IntStream.range(0, 20).boxed().toList());
    }

    @Test
    @DisplayName("C10 Two sequential regions side by side in one bulk: two chains that do not wait for each other")
    void sequentialSideBySide() throws Exception {
        CountDownLatch leftIsAt2 = new CountDownLatch(1);
        CountDownLatch rightIsDone = new CountDownLatch(1);
        List<Task<?>> last = new ArrayList<>();

        Regions.bulk(() -> {
            Regions.sequential(() -> {
                Tasks.spawn(() -> {});
                last.add(Tasks.spawn(() -> {
                    leftIsAt2.countDown();
                    await(rightIsDone); // holds the left chain until the right one is through
                }));
            });
            Regions.sequential(() -> {
                Tasks.spawn(() -> await(leftIsAt2)); // and the right one starts with the left one under way
                last.add(Tasks.spawn(rightIsDone::countDown));
            });
        });

        last.get(0).await();
        last.get(1).await();
    }

    @Test
    @DisplayName("C11 Sequential in sequential: one chain; what follows the inner region waits for its last task")
    void sequentialInSequential() throws Exception {
        Queue<String> ran = new ConcurrentLinkedQueue<>();
        CountDownLatch innerRuns = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicReference<Task<?>> after = new AtomicReference<>();

        Regions.sequential(() -> {
            Tasks.spawn(() -> ran.add("before"));
            Regions.sequential(() -> {
                Tasks.spawn(() -> ran.add("inner 1"));
                Tasks.spawn(() -> {
                    innerRuns.countDown();
                    await(release);
                    ran.add("inner 2");
                });
            });
            after.set(Tasks.spawn(() -> ran.add("after")));
        });
        await(innerRuns);
        assertThat(after.get().taskState()).isEqualTo(TaskState.WAITING);
        release.countDown();

        after.get().await();
        assertThat(ran).containsExactly("before", "inner 1", "inner 2", "after");
    }

    @RepeatedTest(5)
    @DisplayName("C12 Deep nesting, bulk and sequential in turn on six levels: the order that the nesting rules give")
    void deepNesting() throws Exception {
        for (boolean outermostIsBulk : List.of(true, false)) {
            Nesting nesting = new Nesting();

            Regions.joined(() -> nesting.region(6, outermostIsBulk, 3));

            nesting.check();
        }
    }

    /**
     * A tree of regions whose leaves are tasks. The rules: of two leaves, the earlier runs wholly before the later if
     * the region in which their paths part is sequential; and there is no order between them if it is a bulk one.
     */
    private static final class Nesting {
        private record Leaf(List<Integer> path, List<Boolean> sequential, long[] times) {}

        private final List<Leaf> leaves = new ArrayList<>();
        private final List<Integer> path = new ArrayList<>();
        private final List<Boolean> kinds = new ArrayList<>();
        private final java.util.concurrent.atomic.AtomicLong clock = new java.util.concurrent.atomic.AtomicLong();

        void region(int levels, boolean bulk, int children) {
            kinds.add(!bulk);
            if (bulk) {
                Regions.bulk(() -> children(levels, true, children));
            } else {
                Regions.sequential(() -> children(levels, false, children));
            }
            kinds.remove(kinds.size() - 1);
        }

        private void children(int levels, boolean bulk, int children) {
            for (int i = 0; i < children; i++) {
                path.add(i);
                if (levels > 1 && i == 1) {
                    region(levels - 1, !bulk, children);
                } else {
                    leaf();
                }
                path.remove(path.size() - 1);
            }
        }

        private void leaf() {
            long[] times = new long[2];
            leaves.add(new Leaf(List.copyOf(path), List.copyOf(kinds), times));
            Tasks.spawn(() -> {
                times[0] = clock.incrementAndGet();
                times[1] = clock.incrementAndGet();
            });
        }

        void check() {
            assertThat(leaves).allSatisfy(leaf -> assertThat(leaf.times[1]).isPositive());
            for (int i = 0; i < leaves.size(); i++) {
                for (int j = i + 1; j < leaves.size(); j++) {
                    Leaf earlier = leaves.get(i);
                    Leaf later = leaves.get(j);
                    int parted = 0;
                    while (earlier.path.get(parted).equals(later.path.get(parted))) {
                        parted++;
                    }
                    if (earlier.sequential.get(parted)) {
                        assertThat(earlier.times[1])
                                .as("%s before %s", earlier.path, later.path)
                                .isLessThan(later.times[0]);
                    }
                }
            }
        }
    }

    @Test
    @DisplayName("C13 The queue stack does not reach into bodies: a task that spawns does so on the root queue")
    void regionsDoNotReachIntoBodies() throws Exception {
        TaskQueue root = TaskRuntime.shared().call(TaskRuntime::currentQueue);
        AtomicReference<List<TaskQueue>> seen = new AtomicReference<>();
        AtomicReference<Task<String>> child = new AtomicReference<>();
        AtomicReference<Task<?>> parent = new AtomicReference<>();

        Regions.sequential(() -> Regions.bulk(() -> {
            parent.set(Tasks.spawn(() -> {
                seen.set(QueueStack.enclosing());
                child.set(Tasks.spawn(() -> "ran"));
                assertThat(child.get().join()).isEqualTo("ran"); // would throw if the bulk region held it
            }));
        }));

        parent.get().await();
        assertThat(parent.get().taskState()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(seen.get()).containsExactly(root);
    }

    @Test
    @DisplayName("C13 ... even when it is run in place by a join inside a region")
    void regionsDoNotReachIntoBodiesRunInPlace() throws Exception {
        TaskQueue root = TaskRuntime.shared().call(TaskRuntime::currentQueue);
        AtomicBoolean inPlace = new AtomicBoolean();

        // Whether a join runs the task in place depends on whether a worker was faster, so try until one was not.
        for (int attempt = 0; attempt < 10_000 && !inPlace.get(); attempt++) {
            Task<List<TaskQueue>> outer = Tasks.spawn(() -> {
                Thread here = Thread.currentThread();
                Task<List<TaskQueue>> inner = Tasks.spawn(() -> {
                    inPlace.compareAndSet(false, Thread.currentThread() == here);
                    return QueueStack.enclosing();
                });
                return Regions.bulk(inner::join);
            });
            assertThat(outer.join()).containsExactly(root);
        }

        assertThat(inPlace).as("a join ran a task in place").isTrue();
    }

    @Test
    @DisplayName(
            "C14 Extra edges order tasks that share no data; twice the same, a finished task, one of another region work")
    void extraEdges() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Queue<String> ran = new ConcurrentLinkedQueue<>();
        Task<?> finished = Tasks.spawn(() -> ran.add("finished"));
        finished.await();
        Task<?> running = Tasks.spawn(() -> {
            await(release);
            ran.add("running");
        });
        AtomicReference<Task<?>> ofRegion = new AtomicReference<>();
        Regions.sequential(() -> ofRegion.set(Tasks.spawn(() -> ran.add("of a region"))));
        ofRegion.get().await();

        Task<?> required = Tasks.builder()
                .name("required")
                .requires(running, running, finished)
                .requires(ofRegion.get())
                .after(running)
                .spawn(() -> ran.add("required"));
        Task<?> after = Tasks.builder().after(running, finished, ofRegion.get()).spawn(() -> ran.add("after"));
        assertThat(required.taskState()).isEqualTo(TaskState.WAITING);
        assertThat(after.taskState()).isEqualTo(TaskState.WAITING);
        release.countDown();

        required.await();
        after.await();
        List<String> order = List.copyOf(ran);
        assertThat(order.subList(0, 3)).containsExactly("finished", "of a region", "running");
        assertThat(order.subList(3, order.size())).containsExactlyInAnyOrder("required", "after");
    }

    @Test
    @DisplayName("C14 A required task that fails skips, one that merely comes before does not")
    void hardAndSoftEdges() throws Exception {
        Task<?> failing = Tasks.builder().name("failing").spawn(() -> {
            throw new IllegalStateException("on purpose");
        });

        Task<?> required = Tasks.builder().requires(failing).spawn(() -> {});
        Task<?> after = Tasks.builder().after(failing).spawn(() -> {});
        required.await();
        after.await();

        assertThat(failing.taskState()).isEqualTo(TaskState.FAILED);
        assertThat(required.taskState()).isEqualTo(TaskState.SKIPPED);
        assertThat(after.taskState()).isEqualTo(TaskState.SUCCEEDED);
        assertThatThrownBy(required::join).hasMessageContaining("failing").hasRootCauseMessage("on purpose");
        assertThatThrownBy(failing::join).hasRootCauseMessage("on purpose");
    }

    @Test
    @DisplayName(
            "C15 A custom queue sees each task once, single or batched, can rewrite it, and hands on to the upstream queue")
    void customQueue() throws Exception {
        List<TaskBatch> received = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        AtomicReference<Task<Integer>> single = new AtomicReference<>();
        AtomicReference<Task<Integer>> batched = new AtomicReference<>();

        Regions.withQueue(upstream -> new Recording(upstream, received), () -> {
            Regions.withQueue(upstream -> new Rewriting(upstream, seen), () -> {
                single.set(Tasks.builder().name("single").spawn(() -> 1));
                Regions.bulk(() -> {
                    Tasks.builder().name("first").spawn(() -> 2);
                    batched.set(Tasks.builder().name("second").spawn(() -> 3));
                });
            });
        });

        assertThat(seen).containsExactly("single", "first", "second");
        assertThat(received).extracting(TaskBatch::size).containsExactly(1, 2);
        assertThat(single.get().join()).isEqualTo(10);
        assertThat(batched.get().join()).isEqualTo(30);
        assertThat(single.get().name()).isEqualTo("rewritten single");
    }

    /** Renames what passes through, and makes ten times the result of it. */
    private record Rewriting(TaskQueue upstream, List<String> seen) implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {
            upstream.enqueue(rewrite(task));
        }

        @Override
        public void enqueue(TaskBatch batch) {
            upstream.enqueue(
                    new TaskBatch(batch.tasks().stream().map(this::rewrite).toList()));
        }

        private PendingTask rewrite(PendingTask task) {
            seen.add(task.name());
            task.rename("rewritten " + task.name());
            task.wrap(body -> 10 * (Integer) body.call());
            return task;
        }
    }

    @Test
    @DisplayName("C16 Joined waits for tasks of nested regions too")
    void joinedWaitsForNestedRegions() throws Exception {
        AtomicInteger ran = new AtomicInteger();

        int result = Regions.joined(() -> {
            Tasks.spawn(ran::incrementAndGet);
            Regions.bulk(() -> {
                Tasks.spawn(ran::incrementAndGet);
                Regions.sequential(() -> {
                    for (int i = 0; i < 10; i++) {
                        Tasks.spawn(ran::incrementAndGet);
                    }
                });
            });
            return 7;
        });

        assertThat(result).isEqualTo(7);
        assertThat(ran).hasValue(12);
    }

    @Test
    @DisplayName("C16 Joined throws if a task failed, and inside a bulk region it throws before its body runs")
    void joinedThrows() throws Exception {
        assertThatThrownBy(() -> Regions.joined(() -> {
                    Tasks.spawn(() -> {});
                    Tasks.spawn(() -> {
                        throw new java.io.IOException("first");
                    });
                    Tasks.spawn(() -> {
                        throw new java.io.IOException("second");
                    });
                }))
                .isInstanceOf(RegionFailedException.class)
                .satisfies(thrown -> {
                    assertThat(thrown.getCause()).hasMessage("first");
                    assertThat(thrown.getSuppressed()).singleElement().satisfies(also -> assertThat(also)
                            .hasMessage("second"));
                });

        AtomicBoolean bodyRan = new AtomicBoolean();
        Regions.bulk(() -> {
            assertThatThrownBy(() -> Regions.joined(() -> bodyRan.set(true)))
                    .isInstanceOf(UnlaunchedTaskException.class)
                    .hasMessageContaining("bulk region");
        });
        assertThat(bodyRan).isFalse();
    }

    static List<CountDownLatch> latches(int count) {
        return IntStream.range(0, count).mapToObj(i -> new CountDownLatch(1)).toList();
    }
}
