package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.Joiner;
import dev.regions.queue.PendingTask;
import dev.regions.queue.QueueStack;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.OverflowPolicy;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("User code that is called because a task has completed")
@Timeout(120)
class CallbacksTest {
    private final TaskRuntime runtime = TaskRuntime.builder().name("callbacks").build();

    @AfterEach
    void close() {
        runtime.close();
    }

    /** Ways to complete a task while the completing thread has a region open. */
    enum Completion {
        COMPLETE,
        FAIL,
        CANCEL,
        DEADLINE
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("runs at the root of the task's runtime, whichever regions are open on the completing thread")
    void atRoot(Completion completion) throws Exception {
        CompletableTask<Integer> external = runtime.call(() -> completion == Completion.DEADLINE
                ? Tasks.builder().deadline(Duration.ofMillis(200)).<Integer>completable()
                : Tasks.<Integer>completable());
        CompletableFuture<Integer> spawned = external.task()
                .toCompletableFuture()
                .handle((result, failure) -> {
                    assertThat(QueueStack.enclosing()).hasSize(1);
                    assertThat(TaskRuntime.currentQueue()).hasToString(runtime.toString());
                    return get(Tasks.spawn(() -> 7));
                });

        Regions.bulk(() -> {
            switch (completion) {
                case COMPLETE -> external.complete(1);
                case FAIL -> external.fail(new IOException("no answer"));
                case CANCEL -> external.task().cancel();
                case DEADLINE -> {}
            }
            assertThat(get(spawned)).isEqualTo(7);
        });
    }

    @Test
    @DisplayName("runs at the root of the runtime of a task that was cancelled while a region held it")
    void atRootOfUnlaunched() throws Exception {
        AtomicReference<List<TaskQueue>> around = new AtomicReference<>();

        runtime.run(() -> Regions.bulk(() -> {
            Task<Integer> held = Tasks.spawn(() -> 1);
            held.toCompletableFuture().whenComplete((result, failure) -> around.set(QueueStack.enclosing()));
            held.cancel();
        }));

        assertThat(around.get()).singleElement().hasToString(runtime.toString());
    }

    @Test
    @DisplayName("leaves no scope to the tasks that run next on that worker")
    void leavesScopeOpen() throws Exception {
        try (LogRecords log = LogRecords.containing("a callback of a completed task has left a scope open")) {
            leaveScopesOpen(20);

            assertThat(log.await(20).thrown())
                    .allSatisfy(thrown -> assertThat(thrown).hasMessageContaining("bulk region"));
        }
    }

    private void leaveScopesOpen(int rounds) throws Exception {
        runtime.run(() -> {
            for (int round = 0; round < rounds; round++) {
                CountDownLatch go = new CountDownLatch(1);
                Task<Integer> task = Tasks.spawn(() -> {
                    Handshakes.await(go);
                    return 1;
                });
                task.toCompletableFuture().thenRun(() -> Regions.bulk().fork(() -> 1));
                List<Task<Integer>> next = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    next.add(Tasks.spawn(task, x -> Tasks.spawn(() -> 7).join()));
                }
                go.countDown();

                for (Task<Integer> innocent : next) {
                    assertThat(innocent.get(Handshakes.SECONDS, TimeUnit.SECONDS))
                            .isEqualTo(7);
                }
            }
        });
    }

    @Test
    @DisplayName("leaves no interrupt, no name and no context class loader to the task that runs next on that worker")
    void leavesThreadAsItWas() throws Exception {
        ClassLoader other = new ClassLoader() {};
        List<Task<?>> next = new ArrayList<>();
        CountDownLatch go = new CountDownLatch(1);
        runtime.run(() -> {
            Task<Integer> task = Tasks.spawn(() -> {
                Handshakes.await(go);
                return 1;
            });
            task.toCompletableFuture().thenRun(() -> {
                Thread.currentThread().interrupt();
                Thread.currentThread().setName("left behind");
                Thread.currentThread().setContextClassLoader(other);
            });
            for (int i = 0; i < 20; i++) {
                next.add(Tasks.spawn(task, x -> {
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                    assertThat(Thread.currentThread().getName()).isNotEqualTo("left behind");
                    assertThat(Thread.currentThread().getContextClassLoader()).isNotSameAs(other);
                    return x;
                }));
            }
        });

        go.countDown();

        for (Task<?> innocent : next) {
            innocent.join();
        }
    }

    @Test
    @DisplayName("that is a retry policy leaves no scope to its own next attempt, nor to other tasks")
    void retryLeavesScopeOpen() throws Exception {
        RetryPolicy rude = RetryPolicy.maxAttempts(3).when(thrown -> {
            assertThat(QueueStack.enclosing()).hasSize(1);
            Regions.bulk();
            return true;
        });
        AtomicInteger attempts = new AtomicInteger();

        try (LogRecords log = LogRecords.containing("the retry policy of a task has left a scope open")) {
            Task<Integer> task = runtime.call(() -> Tasks.builder().retry(rude).spawn(() -> {
                assertThat(QueueStack.enclosing()).hasSize(1);
                if (attempts.incrementAndGet() < 3) {
                    throw new IOException("try again");
                }
                return Tasks.spawn(() -> 7).join();
            }));

            assertThat(task.join()).isEqualTo(7);
            assertThat(runtime.<Integer, Exception>call(
                            () -> Tasks.spawn(() -> Tasks.spawn(() -> 8).join()).join()))
                    .isEqualTo(8);
            assertThat(log.await(2).thrown())
                    .allSatisfy(thrown -> assertThat(thrown).hasMessageContaining("bulk region"));
        }
    }

    @Test
    @DisplayName(
            "that is a joiner runs at the root, also for a task that had completed before it was spawned into the region")
    void policyAtRoot() throws Exception {
        List<List<TaskQueue>> around = new ArrayList<>();
        Joiner<Integer> policy = new Joiner<>() {
            @Override
            public boolean onComplete(Task<?> task, long position) {
                around.add(QueueStack.enclosing());
                return false;
            }

            @Override
            public Integer result() {
                return around.size();
            }
        };
        CompletableTask<Integer> failed = runtime.call(() -> Tasks.<Integer>completable());
        failed.fail(new IOException("no answer"));

        int told = runtime.call(() -> Regions.joined(policy, () -> {
            for (int i = 0; i < 100; i++) {
                Tasks.spawn(failed.task(), x -> x); // skipped at once
                Tasks.spawn(() -> 1);
            }
        }));

        assertThat(told).isEqualTo(200);
        assertThat(around).allSatisfy(queues -> assertThat(queues).hasSize(1));
    }

    @Test
    @DisplayName("that is the queue of a region runs at the root, also when the failed task ran inside another one")
    void noticeAtRoot() throws Exception {
        AtomicReference<List<TaskQueue>> around = new AtomicReference<>();
        CountDownLatch told = new CountDownLatch(1);
        class Told implements TaskQueue {
            private final TaskQueue upstream = TaskRuntime.currentQueue();

            @Override
            public void enqueue(PendingTask task) {
                upstream.enqueue(task);
            }

            @Override
            public void enqueue(TaskBatch batch) {
                upstream.enqueue(batch);
            }

            @Override
            public void onTaskFailed() {
                around.set(QueueStack.enclosing());
                told.countDown();
            }
        }

        runtime.run(() -> Tasks.spawn(() -> Regions.withQueue(upstream -> new Told(), () -> {
                    Task<?> failing = Tasks.spawn(() -> {
                        throw new IOException("no answer");
                    });
                    assertThatThrownBy(failing::join).isInstanceOf(TaskFailedException.class);
                }))
                .join());

        Handshakes.await(told);
        assertThat(around.get()).hasSize(1);
    }

    @Nested
    @DisplayName("and blocks")
    class Blocks {
        private final CountDownLatch release = new CountDownLatch(1);
        private final CountDownLatch blocked = new CountDownLatch(1);

        private void block() {
            blocked.countDown();
            try {
                Handshakes.await(release);
            } catch (InterruptedException e) {
                throw new IllegalStateException("the stage was interrupted", e);
            }
        }

        @AfterEach
        void release() {
            release.countDown();
        }

        @Test
        @DisplayName(
                "is not awaited by a task in flight: the task counts as completed, and a bound of 1 admits the next")
        void notInFlight() throws Exception {
            try (TaskRuntime bounded =
                    TaskRuntime.builder().maxInFlight(1, OverflowPolicy.BLOCK).build()) {
                CountDownLatch go = new CountDownLatch(1);
                Task<Integer> task = bounded.call(() -> Tasks.spawn(() -> {
                    Handshakes.await(go);
                    return 1;
                }));
                task.toCompletableFuture().thenRun(this::block);
                go.countDown();
                Handshakes.await(blocked);

                assertThat(bounded.inFlightCount()).isZero();
                assertThat(Handshakes.<Integer>onAnotherThread(
                                () -> bounded.call(() -> Tasks.spawn(() -> 2).join())))
                        .isEqualTo(2);
            }
        }

        @Test
        @DisplayName("is not awaited by a region whose joiner cancels the task that it is a stage of")
        void notWaitedForByPolicy() throws Exception {
            int result = Handshakes.onAnotherThread(
                    () -> runtime.call(() -> Regions.joined(Joiner.<Integer>anySuccessful(), () -> {
                        CountDownLatch hasStage = new CountDownLatch(1);
                        Task<Integer> loser = Tasks.spawn(() -> {
                            new CountDownLatch(1).await();
                            return 1;
                        });
                        Task<Integer> waiting = Tasks.spawn(loser, x -> x);
                        waiting.toCompletableFuture().whenComplete((value, failure) -> block());
                        hasStage.countDown();
                        Tasks.spawn(() -> {
                            Handshakes.await(hasStage);
                            return 7;
                        });
                    })));

            assertThat(result).isEqualTo(7);
            Handshakes.await(blocked);
        }

        @Test
        @DisplayName("is not awaited by close()")
        void notWaitedForByClose() throws Exception {
            TaskRuntime closed = TaskRuntime.builder().build();
            CountDownLatch go = new CountDownLatch(1);
            Task<Integer> task = closed.call(() -> Tasks.spawn(() -> {
                Handshakes.await(go);
                return 1;
            }));
            task.toCompletableFuture().thenRun(this::block);
            go.countDown();
            Handshakes.await(blocked);

            Handshakes.onAnotherThread(() -> {
                closed.run(() -> Tasks.spawn(() -> 1).join());
                closed.close();
                return null;
            });

            assertThat(release.getCount()).isOne();
        }

        @Test
        @DisplayName("does not block the thread that spawns or launches")
        void submitter() throws Exception {
            CompletableTask<Integer> failed = runtime.call(() -> Tasks.<Integer>completable());
            failed.fail(new IOException("no answer"));
            AtomicReference<Thread> ran = new AtomicReference<>();

            Thread launches = Handshakes.onAnotherThread(() -> {
                runtime.run(() -> Regions.bulk(() -> {
                    Tasks.spawn(failed.task(), x -> x).toCompletableFuture().whenComplete((result, failure) -> {
                        ran.set(Thread.currentThread());
                        block();
                    });
                }));
                return Thread.currentThread();
            });

            Handshakes.await(blocked);
            assertThat(ran.get()).isNotSameAs(launches);
            assertThat(ran.get().isVirtual()).isTrue();
        }

        @Test
        @DisplayName("does not block the thread that abandons a region, nor the thread that shuts the runtime down")
        void abandoned() throws Exception {
            TaskRuntime stopped = TaskRuntime.builder().build();
            CountDownLatch both = new CountDownLatch(2);
            Runnable counts = () -> {
                both.countDown();
                block();
            };
            CompletableTask<Integer> external = stopped.call(() -> Tasks.<Integer>completable());
            external.task().toCompletableFuture().whenComplete((result, failure) -> counts.run());

            Handshakes.onAnotherThread(() -> {
                assertThatThrownBy(() -> stopped.run(() -> Regions.bulk(() -> {
                            Tasks.spawn(() -> 1).toCompletableFuture().whenComplete((result, failure) -> counts.run());
                            throw new IOException("given up");
                        })))
                        .isInstanceOf(IOException.class);
                stopped.shutdownNow();
                return null;
            });

            Handshakes.await(both);
        }

        @Test
        @DisplayName("does not block a task that joins the completed one, wherever the completed task ran")
        void joiner() throws Exception {
            Task<TaskState> joining = runtime.call(() -> Tasks.spawn(() -> {
                CompletableTask<Integer> go = Tasks.completable();
                Task<Integer> joined = Tasks.spawn(go.task(), x -> x);
                joined.toCompletableFuture().thenRun(this::block);
                go.complete(1);
                joined.join();
                return joined.taskState();
            }));

            assertThat(joining.get(Handshakes.SECONDS, TimeUnit.SECONDS)).isEqualTo(TaskState.SUCCEEDED);
            Handshakes.await(blocked);
        }
    }

    @Nested
    @DisplayName("and completes another task, whose callback completes another one, and so on")
    class Chains {
        private static final int LINKS = 100_000;

        @Test
        @DisplayName("reaches the end of a chain of 100,000 links, of futures and tasks made of them")
        void bridged() throws Exception {
            CompletableTask<Integer> first = runtime.call(() -> Tasks.<Integer>completable());
            Task<Integer> last = runtime.call(() -> {
                Task<Integer> link = first.task();
                for (int i = 0; i < LINKS; i++) {
                    link = Tasks.from(link.toCompletableFuture());
                }
                return link;
            });

            first.complete(1);

            assertThat(last.get(Handshakes.SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
        }

        @Test
        @DisplayName("reaches the end of a chain of 100,000 links, each of which completes the next")
        void completing() throws Exception {
            CompletableTask<Integer> first = runtime.call(() -> Tasks.<Integer>completable());
            CompletableTask<Integer> last = runtime.call(() -> {
                CompletableTask<Integer> link = first;
                for (int i = 0; i < LINKS; i++) {
                    CompletableTask<Integer> next = Tasks.completable();
                    link.task().toCompletableFuture().thenAccept(next::complete);
                    link = next;
                }
                return link;
            });

            first.complete(1);

            assertThat(last.task().get(Handshakes.SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
        }

        @Test
        @DisplayName("reaches the end where a worker completes the first link, or cancels it")
        void fromBody() throws Exception {
            for (boolean cancels : new boolean[] {false, true}) {
                CompletableTask<Integer> first = runtime.call(() -> Tasks.<Integer>completable());
                Task<Integer> last = runtime.call(() -> {
                    Task<Integer> link = first.task();
                    for (int i = 0; i < 1_000; i++) {
                        link = Tasks.from(link.toCompletableFuture());
                    }
                    return link;
                });

                runtime.run(() -> Tasks.spawn(() -> cancels ? first.task().cancel() : first.complete(1))
                        .join());

                last.await();
                assertThat(last.isDone()).isTrue();
            }
        }

        @Test
        @DisplayName("may wait for the future of a task that it has completed, however deep that is")
        void waits() throws Exception {
            List<CompletableTask<Integer>> links = new ArrayList<>();
            List<CompletableFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                links.add(runtime.call(() -> Tasks.<Integer>completable()));
                futures.add(links.get(i).task().toCompletableFuture());
            }
            List<CompletableFuture<Integer>> ends = new ArrayList<>();
            for (int i = 0; i + 1 < links.size(); i++) {
                CompletableTask<Integer> next = links.get(i + 1);
                CompletableFuture<Integer> future = futures.get(i + 1);
                ends.add(futures.get(i).thenApply(x -> {
                    next.complete(x + 1);
                    return get(future);
                }));
            }

            links.get(0).complete(1);

            for (int i = 0; i < ends.size(); i++) {
                assertThat(get(ends.get(i))).isEqualTo(i + 2);
            }
        }
    }

    private static <T> T get(java.util.concurrent.Future<T> future) {
        try {
            return future.get(Handshakes.SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
