package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static dev.regions.Handshakes.onAnotherThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.regions.queue.ChainPolicy;
import dev.regions.queue.QueueStack;
import dev.regions.queue.TaskQueue;
import dev.regions.task.RegionFailedException;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import dev.regions.task.UnlaunchedTaskException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A region in scope form")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class RegionScopeTest {

    @AfterEach
    void nothingIsLeftOnTheStack() {
        assertThat(QueueStack.enclosing()).isEmpty();
    }

    @Test
    @DisplayName("launches all at once on join(), and waits")
    void joinLaunchesAndWaits() throws Exception {
        try (var scope = Regions.bulk()) {
            Task<Integer> left = scope.fork(() -> 40);
            Task<Integer> right = scope.fork(() -> 2);
            Task<Integer> both = scope.fork(left, right, Integer::sum);
            assertThat(both.taskState()).isEqualTo(TaskState.UNLAUNCHED);

            scope.join();

            assertThat(both.resultNow()).isEqualTo(42);
        }
    }

    @Test
    @DisplayName("has a fork for each number of arguments, and for a list")
    void forkWithArguments() throws Exception {
        try (var scope = Regions.bulk()) {
            Task<String> a = scope.fork(() -> "a");
            Task<String> b = scope.fork(a, x -> x + "b");
            Task<String> c = scope.fork(a, b, (x, y) -> x + y);
            Task<String> d = scope.fork(a, b, c, (x, y, z) -> x + y + z);
            Task<String> e = scope.fork(a, b, c, d, (w, x, y, z) -> w + x + y + z);
            Task<String> all = scope.fork(List.of(a, b, c, d, e), results -> String.join("-", results));
            Task<?> none = scope.fork(() -> {});

            scope.join();

            assertThat(all.resultNow()).isEqualTo("a-ab-aab-aabaab-aabaabaabaab");
            assertThat(none.resultNow()).isNull();
        }
    }

    @Test
    @DisplayName("gets what is spawned ambiently on its thread, until it is closed")
    void ambientSpawnsReachTheScope() throws Exception {
        List<Task<?>> tasks = new ArrayList<>();
        try (var scope = Regions.bulk()) {
            tasks.add(Tasks.spawn(() -> 1));
            assertThat(tasks.get(0).taskState()).isEqualTo(TaskState.UNLAUNCHED);
            assertThatThrownBy(() -> tasks.get(0).join()).isInstanceOf(UnlaunchedTaskException.class);

            scope.join();

            assertThat(tasks.get(0).resultNow()).isEqualTo(1);
            tasks.add(Tasks.spawn(() -> 2));
            assertThat(tasks.get(1).taskState()).isEqualTo(TaskState.UNLAUNCHED);
            scope.join();
        }
        assertThat(tasks.get(1).resultNow()).isEqualTo(2);
        assertThat(Tasks.spawn(() -> 3).join()).isEqualTo(3);
    }

    @Test
    @DisplayName("may only launch, and join what it has launched later")
    void launchWithoutWaiting() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Task<?> waiting;
        try (var scope = Regions.bulk()) {
            waiting = scope.fork(() -> await(release));
            scope.launch();
        }
        assertThat(waiting.isDone()).isFalse();
        release.countDown();
        waiting.join();

        try (var scope = Regions.bulk()) {
            Task<Integer> first = scope.fork(() -> 1);
            scope.launch();
            scope.fork(first, x -> x);
            scope.join();
            assertThat(first.isDone()).isTrue();
        }
    }

    @Test
    @DisplayName("throws the failures of its tasks on join(), in spawn order, after all are final")
    void joinThrows() {
        List<Task<?>> tasks = new ArrayList<>();
        CountDownLatch second = new CountDownLatch(1);

        Throwable thrown = catchThrowable(() -> {
            try (var scope = Regions.bulk()) {
                tasks.add(scope.fork(() -> {
                    await(second);
                    throw new IllegalStateException("spawned first");
                }));
                tasks.add(scope.fork(() -> {
                    second.countDown();
                    throw new IllegalStateException("failed first");
                }));
                tasks.add(scope.fork(tasks.get(1), x -> 1));
                tasks.add(scope.fork(() -> "fine"));
                scope.join();
            }
        });

        assertThat(thrown).isInstanceOf(RegionFailedException.class).hasMessageContaining("2 failed");
        assertThat(thrown.getCause()).hasMessage("spawned first");
        assertThat(thrown.getSuppressed()).extracting(Throwable::getMessage).containsExactly("failed first");
        assertThat(tasks)
                .extracting(Task::taskState)
                .containsExactly(TaskState.FAILED, TaskState.FAILED, TaskState.SKIPPED, TaskState.SUCCEEDED);
    }

    @Test
    @DisplayName("closed after neither join() nor launch(), abandons what is unlaunched and says so")
    void forgottenJoin() {
        AtomicReference<Task<?>> forgotten = new AtomicReference<>();

        assertThatThrownBy(() -> {
                    try (var scope = Regions.bulk()) {
                        forgotten.set(scope.fork(() -> 1));
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("bulk region")
                .hasMessageContaining("join()");
        assertThat(forgotten.get().taskState()).isEqualTo(TaskState.ABANDONED);

        assertThatThrownBy(() -> {
                    try (var scope = Regions.bulk()) {
                        scope.launch();
                        forgotten.set(Tasks.spawn(() -> 1));
                    }
                })
                .isInstanceOf(IllegalStateException.class);
        assertThat(forgotten.get().taskState()).isEqualTo(TaskState.ABANDONED);
    }

    @Test
    @DisplayName("closed after neither, cancels what runs and awaits it")
    void forgottenJoinOfRunningTasks() {
        CountDownLatch running = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        List<Task<?>> tasks = new ArrayList<>();

        assertThatThrownBy(() -> {
                    try (var scope = Regions.sequential()) {
                        tasks.add(scope.fork(() -> {
                            running.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } finally {
                                ended.set(true);
                            }
                        }));
                        tasks.add(scope.fork(() -> {}));
                        await(running);
                    }
                })
                .isInstanceOf(IllegalStateException.class);

        assertThat(ended).isTrue();
        assertThat(tasks.get(0).taskState()).isEqualTo(TaskState.CANCELLED);
        assertThat(tasks.get(1).taskState()).isIn(TaskState.CANCELLED, TaskState.SKIPPED);
    }

    @Test
    @DisplayName("puts its complaint under the exception of its body")
    void bodyExceptionComesFirst() {
        assertThatThrownBy(() -> {
                    try (var scope = Regions.bulk()) {
                        scope.fork(() -> 1);
                        throw new IOException("the body");
                    }
                })
                .isInstanceOf(IOException.class)
                .satisfies(thrown ->
                        assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class));
    }

    @Test
    @DisplayName("may be closed twice, or without having been used")
    void closeIsHarmless() {
        var scope = Regions.bulk();
        scope.close();
        scope.close();
        assertThatThrownBy(() -> scope.fork(() -> 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(scope::launch).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(scope::join).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("refuses other threads, naming itself and both threads")
    void wrongThread() throws Exception {
        try (var scope = Regions.bulk()) {
            for (var use :
                    List.<ThrowingCallable>of(() -> scope.fork(() -> 1), scope::launch, scope::join, scope::close)) {
                Throwable thrown = onAnotherThread(() -> catchThrowable(use::call));
                assertThat(thrown)
                        .isInstanceOf(WrongThreadException.class)
                        .hasMessageContaining("bulk region")
                        .hasMessageContaining(Thread.currentThread().getName())
                        .hasMessageContaining("test helper");
            }
            assertThat(scope.fork(() -> 1).taskState()).isEqualTo(TaskState.UNLAUNCHED);
            scope.join();
        }
    }

    private interface ThrowingCallable {
        void call() throws Exception;
    }

    @Test
    @DisplayName("closed out of order, closes those inside it first and says so")
    void outOfOrder() {
        var outer = Regions.bulk();
        var inner = Regions.sequential();
        Task<?> ofOuter = outer.fork(() -> 1);
        CountDownLatch never = new CountDownLatch(1);
        Task<?> ofInner = inner.fork(() -> never.await());
        outer.launch();

        assertThatThrownBy(outer::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("bulk region")
                .hasMessageContaining("sequential region");

        assertThat(ofOuter.isDone()).isTrue();
        assertThat(ofInner.isDone()).isTrue();
        assertThatThrownBy(() -> inner.fork(() -> 1)).isInstanceOf(IllegalStateException.class);
        inner.close();
        outer.close();
    }

    @Test
    @DisplayName("closed out of order, gives up what is inside it from the innermost outwards, and itself last")
    void innermostFirst() {
        List<String> order = new ArrayList<>();
        var outer = Regions.withQueue(upstream -> new GivenUp("outer", upstream, order));
        Regions.withQueue(upstream -> new GivenUp("middle", upstream, order));
        Regions.withQueue(upstream -> new GivenUp("inner", upstream, order));

        assertThatThrownBy(outer::close).isInstanceOf(IllegalStateException.class);

        assertThat(order).containsExactly("inner", "middle", "outer");
    }

    private record GivenUp(String name, TaskQueue upstream, List<String> order) implements TaskQueue {
        @Override
        public void enqueue(dev.regions.queue.PendingTask task) {
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(dev.regions.queue.TaskBatch batch) {
            upstream.enqueue(batch);
        }

        @Override
        public void abandon(Throwable reason) {
            order.add(name);
        }
    }

    @Test
    @DisplayName("left open at the end of a block, is closed there and reported")
    void leftOpenInABlock() {
        AtomicReference<RegionScope> left = new AtomicReference<>();
        AtomicReference<Task<?>> task = new AtomicReference<>();

        assertThatThrownBy(() -> Regions.sequential(() -> {
                    left.set(Regions.bulk());
                    task.set(Tasks.spawn(() -> 1));
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("left open");

        assertThat(task.get().taskState()).isEqualTo(TaskState.ABANDONED);
        left.get().close();
    }

    @Test
    @DisplayName("left open by a task, is closed, fails the task, and is gone for the next one on that worker")
    void leftOpenInATask() throws Exception {
        AtomicReference<Task<?>> inner = new AtomicReference<>();

        Task<Integer> careless = Tasks.spawn(() -> {
            Regions.bulk();
            inner.set(Tasks.spawn(() -> 1));
            return 1;
        });
        Task<List<TaskQueue>> next = Tasks.builder().after(careless).spawn(QueueStack::enclosing);

        assertThatThrownBy(careless::join).hasRootCauseInstanceOf(IllegalStateException.class);
        assertThat(next.join()).hasSize(1);
        assertThat(inner.get().taskState()).isEqualTo(TaskState.ABANDONED);
    }

    @Test
    @DisplayName("opened in one task and used in another, is refused there")
    void scopeOfAnotherTask() throws Exception {
        CountDownLatch opened = new CountDownLatch(1);
        CountDownLatch tried = new CountDownLatch(1);
        AtomicReference<RegionScope> scope = new AtomicReference<>();
        Task<?> owner = Tasks.spawn(() -> {
            try (var own = Regions.bulk()) {
                scope.set(own);
                own.launch();
                opened.countDown();
                await(tried);
            }
        });
        await(opened);

        Task<Throwable> other =
                Tasks.spawn(() -> catchThrowable(() -> scope.get().close()));
        assertThat(other.join()).isInstanceOf(WrongThreadException.class);
        tried.countDown();

        owner.join();
    }

    @Test
    @DisplayName("opened in one task, is refused to another that a join there runs in place, as to one elsewhere")
    void scopeOfTheJoiningTask() throws Exception {
        boolean inPlace = false;

        // Whether a join runs the task in place depends on whether a worker was faster, so try until one was not.
        for (int attempt = 0; attempt < 10_000 && !inPlace; attempt++) {
            inPlace = Tasks.spawn(() -> {
                        Thread owner = Thread.currentThread();
                        try (var scope = Regions.joined()) {
                            Task<Boolean> other = scope.fork(() -> {
                                for (var use : List.<ThrowingCallable>of(
                                        () -> scope.fork(() -> 1),
                                        scope::launch,
                                        scope::join,
                                        () -> scope.join(Duration.ZERO),
                                        scope::close)) {
                                    assertThat(catchThrowable(use::call))
                                            .isInstanceOf(WrongThreadException.class)
                                            .hasMessageContaining("joined region @")
                                            .hasMessageContaining("VirtualThread[#" + owner.threadId());
                                }
                                return Thread.currentThread() == owner;
                            });
                            boolean isSameThread = other.join();
                            scope.join();
                            return isSameThread;
                        }
                    })
                    .join();
        }

        assertThat(inPlace).as("a join ran a task in place").isTrue();
    }

    @Test
    @DisplayName("is open to the code of its task in blocks, and where another runtime is in force")
    void usedFurtherInside() throws Exception {
        try (TaskRuntime other = TaskRuntime.builder().build()) {
            Task<Integer> task = Tasks.spawn(() -> {
                try (var scope = Regions.joined()) {
                    Task<Integer> a = Regions.bulk(() -> scope.fork(() -> 1));
                    Task<Integer> b = other.call(() -> scope.fork(() -> 2));
                    Task<Integer> c = other.call(() -> Regions.sequential(() -> scope.fork(() -> 3)));
                    scope.join();
                    return a.resultNow() + b.resultNow() + c.resultNow();
                }
            });

            assertThat(task.join()).isEqualTo(6);
        }
    }

    @Test
    @DisplayName("inside a bulk region can launch, which merges, but not join")
    void insideBulk() throws Exception {
        AtomicReference<Task<?>> task = new AtomicReference<>();

        Regions.bulk(() -> {
            try (var scope = Regions.bulk()) {
                task.set(scope.fork(() -> 1));
                assertThatThrownBy(scope::join)
                        .isInstanceOf(UnlaunchedTaskException.class)
                        .hasMessageContaining("bulk region");
                assertThat(task.get().taskState()).isEqualTo(TaskState.UNLAUNCHED);
                scope.launch();
            }
            assertThat(task.get().taskState()).isEqualTo(TaskState.UNLAUNCHED);
        });

        task.get().await();
    }

    @Test
    @DisplayName("nests with blocks in any order, the innermost one getting what is spawned")
    void mixesWithBlocks() throws Exception {
        Queue<String> ran = new ConcurrentLinkedQueue<>();
        try (var sequence = Regions.sequential(ChainPolicy.SKIP_REST)) {
            Regions.bulk(() -> {
                Tasks.spawn(() -> ran.add("1"));
                try (var inner = Regions.sequential()) {
                    Tasks.spawn(() -> ran.add("1"));
                    inner.launch();
                }
            });
            sequence.fork(() -> ran.add("2"));
            sequence.join();
        }
        assertThat(ran).containsExactly("1", "1", "2");
    }

    @Test
    @DisplayName("joined() waits for all, and with(..) takes a queue of the user's own")
    void otherKinds() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        try (var scope = Regions.joined()) {
            for (int i = 0; i < 5000; i++) {
                scope.fork(ran::incrementAndGet);
            }
            scope.join();
            assertThat(ran).hasValue(5000);
        }
        List<String> seen = new ArrayList<>();
        try (var scope = Regions.withQueue(upstream -> new Noting(upstream, seen))) {
            scope.fork(ran::incrementAndGet);
            Regions.bulk(() -> Tasks.spawn(ran::incrementAndGet));
            scope.join();
            assertThat(ran).hasValue(5002);
            assertThat(seen).containsExactly("task", "batch");
        }
    }

    private record Noting(TaskQueue upstream, List<String> seen) implements TaskQueue {
        @Override
        public void enqueue(dev.regions.queue.PendingTask task) {
            seen.add("task");
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(dev.regions.queue.TaskBatch batch) {
            seen.add("batch");
            upstream.enqueue(batch);
        }
    }

    @Test
    @DisplayName("whose join() is interrupted, cancels what is left when it is closed")
    void interruptedJoin() throws Exception {
        AtomicReference<Task<?>> task = new AtomicReference<>();
        AtomicReference<Thread> owner = new AtomicReference<>();
        var outcome = Handshakes.start(() -> catchThrowable(() -> {
            owner.set(Thread.currentThread());
            try (var scope = Regions.bulk()) {
                task.set(scope.fork(() -> new CountDownLatch(1).await()));
                scope.join();
            }
        }));
        org.awaitility.Awaitility.await().until(() -> owner.get() != null);
        Handshakes.awaitParked(owner.get());

        owner.get().interrupt();

        assertThat(outcome.get(SECONDS, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(task.get().taskState()).isEqualTo(TaskState.CANCELLED);
    }

    // ---- Misuse: each has its own message, which names the scope and the thread
    // ---------------------------------------

    private static void assertNames(Throwable thrown, Thread thread, String... words) {
        assertThat(thrown).hasMessageContaining("region @").hasMessageContaining(thread.toString());
        assertThat(thrown.getMessage()).contains(words);
    }

    @Test
    @DisplayName("that is misused on its own thread says how, naming itself and that thread")
    void messagesOfMisuse() {
        Thread self = Thread.currentThread();
        List<String> messages = new ArrayList<>();

        Throwable forgotten = catchThrowable(() -> {
            try (var scope = Regions.bulk()) {
                scope.fork(() -> 1);
            }
        });
        assertNames(forgotten, self, "bulk region", "closed without join() or launch()");
        messages.add(forgotten.getMessage());

        var outer = Regions.bulk();
        var inner = Regions.sequential();
        Throwable outOfOrder = catchThrowable(outer::close);
        assertNames(outOfOrder, self, "bulk region", "sequential region", "was still open");
        messages.add(outOfOrder.getMessage());

        for (ThrowingCallable use : List.<ThrowingCallable>of(
                () -> inner.fork(() -> 1), inner::launch, inner::join, () -> inner.join(Duration.ZERO))) {
            assertNames(catchThrowable(use::call), self, "sequential region", "is closed");
        }
        messages.add(catchThrowable(inner::join).getMessage());

        Throwable leftOpen = catchThrowable(() -> Regions.joined(() -> Regions.bulk()));
        assertNames(leftOpen, self, "bulk region", "left open when the block");
        messages.add(leftOpen.getMessage());

        Regions.bulk(() -> {
            try (var scope = Regions.joined()) {
                Throwable cannotWait = catchThrowable(scope::join);
                assertNames(cannotWait, self, "joined region", "cannot wait for its tasks inside bulk region");
                messages.add(cannotWait.getMessage());
            }
        });
        assertThat(messages).doesNotHaveDuplicates().hasSize(5);
    }

    @Test
    @DisplayName("that is used on another thread, or in another task, names itself and both threads")
    void messagesOfWrongThread() throws Exception {
        AtomicReference<RegionScope> scope = new AtomicReference<>();
        AtomicReference<Thread> owner = new AtomicReference<>();
        AtomicReference<Thread> other = new AtomicReference<>();
        CountDownLatch opened = new CountDownLatch(1);
        CountDownLatch tried = new CountDownLatch(1);
        Task<?> opening = Tasks.builder().dedicatedThread().spawn(() -> {
            try (var own = Regions.bulk()) {
                scope.set(own);
                owner.set(Thread.currentThread());
                opened.countDown();
                await(tried);
            }
        });
        await(opened);
        Task<Throwable> closing = Tasks.builder().dedicatedThread().spawn(() -> {
            other.set(Thread.currentThread());
            return catchThrowable(() -> scope.get().close());
        });

        Throwable thrown = closing.join();
        tried.countDown();

        assertThat(thrown)
                .isInstanceOf(WrongThreadException.class)
                .hasMessageContaining("bulk region")
                .hasMessageContaining("VirtualThread[#" + owner.get().threadId())
                .hasMessageContaining("VirtualThread[#" + other.get().threadId())
                .hasMessageContaining("belongs to the thread that opened it");
        opening.join();
    }

    @Test
    @DisplayName("left open by a task, says so with its name and that of the thread of the task")
    void messageOfLeftOpenInATask() throws Exception {
        AtomicReference<Thread> owner = new AtomicReference<>();
        Task<?> careless = Tasks.spawn(() -> {
            owner.set(Thread.currentThread());
            Regions.bulk();
        });

        careless.await();

        assertThat(careless.exceptionNow())
                .hasMessageContaining("bulk region")
                .hasMessageContaining("VirtualThread[#" + owner.get().threadId())
                .hasMessageContaining("left open");
    }

    @Test
    @DisplayName("whose body throws never runs what is unlaunched, and cancels and awaits what runs, in rounds too")
    void bodyThrowsInLaterRound() {
        CountDownLatch running = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        AtomicReference<Task<?>> unlaunched = new AtomicReference<>();

        Throwable thrown = catchThrowable(() -> {
            try (var scope = Regions.bulk()) {
                scope.fork(() -> {
                    running.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } finally {
                        ended.set(true);
                    }
                });
                scope.launch();
                await(running);
                unlaunched.set(scope.fork(() -> 1));
                throw new IOException("the body");
            }
        });

        assertThat(thrown).isInstanceOf(IOException.class);
        assertThat(ended).isTrue();
        assertThat(unlaunched.get().taskState()).isEqualTo(TaskState.ABANDONED);
    }

    @Test
    @DisplayName(
            "whose body throws cancels what is in it in any state: running, waiting, before a limit, between attempts")
    void bodyThrowsWithTasksInAnyState() throws Exception {
        Limit limit = Limit.of("one", 1);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Task<?> holder = Tasks.builder().limit(limit).spawn(() -> {
            inside.countDown();
            await(release);
        });
        await(inside);
        CountDownLatch running = new CountDownLatch(1);
        List<Task<?>> tasks = new ArrayList<>();

        Throwable thrown = catchThrowable(() -> {
            try (var scope = Regions.joined()) {
                assertThat(scope).isNotNull();
                tasks.add(Tasks.spawn(() -> {
                    running.countDown();
                    new CountDownLatch(1).await();
                }));
                tasks.add(Tasks.builder().after(holder).spawn(() -> {}));
                tasks.add(Tasks.builder().limit(limit).spawn(() -> {}));
                RetryPolicy later = RetryPolicy.maxAttempts(2).backoff(Duration.ofHours(1));
                tasks.add(Tasks.builder().retry(later).spawn(() -> {
                    throw new IOException("first attempt");
                }));
                await(running);
                org.awaitility.Awaitility.await().until(() -> tasks.get(3).taskState() == TaskState.WAITING);
                throw new IOException("the body");
            }
        });

        assertThat(thrown).isInstanceOf(IOException.class).hasMessage("the body");
        assertThat(tasks).extracting(Task::taskState).containsOnly(TaskState.CANCELLED);
        release.countDown();
        holder.join();
        assertThat(Tasks.builder().limit(limit).spawn(() -> "free").join()).isEqualTo("free");
    }

    @Test
    @DisplayName("whose queue throws, on launching, closing or being given up, still cancels and awaits what runs")
    void queueThrows() {
        for (String when : List.of("flush", "close", "abandon")) {
            CountDownLatch running = new CountDownLatch(1);
            AtomicBoolean ended = new AtomicBoolean();

            Throwable thrown = catchThrowable(() -> {
                try (var scope = Regions.withQueue(upstream -> new Throwing(upstream, when))) {
                    scope.fork(() -> {
                        running.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } finally {
                            ended.set(true);
                        }
                    });
                    await(running);
                    if (!when.equals("abandon")) {
                        scope.launch();
                    }
                }
            });

            if (when.equals("abandon")) {
                assertThat(thrown).isInstanceOf(IllegalStateException.class);
                assertThat(thrown.getSuppressed()).singleElement().satisfies(also -> assertThat(also)
                        .hasMessage("abandon"));
            } else {
                assertThat(thrown)
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessage(when);
            }
            assertThat(ended).as(when).isTrue();
        }
    }

    private record Throwing(TaskQueue upstream, String when) implements TaskQueue {
        @Override
        public void enqueue(dev.regions.queue.PendingTask task) {
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(dev.regions.queue.TaskBatch batch) {
            upstream.enqueue(batch);
        }

        private void throwIf(String what) {
            if (when.equals(what)) {
                throw new UnsupportedOperationException(what);
            }
        }

        @Override
        public void flush() {
            throwIf("flush");
        }

        @Override
        public void close() {
            throwIf("close");
        }

        @Override
        public void abandon(Throwable reason) {
            throwIf("abandon");
        }
    }
}
