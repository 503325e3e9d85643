package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.task.DeadlockException;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskState;
import dev.regions.task.UnlaunchedTaskException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A deadlock")
@Timeout(60)
class DeadlockTest {

    @Test
    @DisplayName(
            "of a task that joins the one after it in its sequence is found, and named with the edge of the sequence")
    void sequence() {
        CompletableFuture<Task<?>> later = new CompletableFuture<>();
        Task<?>[] tasks = new Task<?>[2];
        Regions.sequential(() -> {
            tasks[0] = Tasks.builder().name("a").spawn(() -> later.get().join());
            tasks[1] = Tasks.builder().name("b").spawn(() -> {});
            later.complete(tasks[1]);
        });

        assertThatThrownBy(tasks[0]::join)
                .isInstanceOf(TaskFailedException.class)
                .cause()
                .isInstanceOf(DeadlockException.class)
                .hasMessage("deadlock: task 'a' joins 'b', which requires 'a'; none of them can go on");
        assertThatThrownBy(tasks[1]::join).hasRootCauseInstanceOf(DeadlockException.class);
    }

    @Test
    @DisplayName("across the barrier between two batches of a sequence is found")
    void barrier() {
        CompletableFuture<Task<?>> later = new CompletableFuture<>();
        AtomicReference<Task<?>> first = new AtomicReference<>();
        Regions.sequential(() -> {
            Regions.bulk(() -> {
                first.set(Tasks.builder().name("a").spawn(() -> later.get().join()));
                Tasks.spawn(() -> {});
            });
            Regions.bulk(() -> {
                later.complete(Tasks.builder().name("b").spawn(() -> {}));
                Tasks.spawn(() -> {});
            });
        });

        assertThatThrownBy(first.get()::join)
                .hasRootCauseInstanceOf(DeadlockException.class)
                .rootCause()
                .hasMessageContaining("'a' joins 'b'")
                .hasMessageContaining("requires 'a'");
    }

    @Test
    @DisplayName("of two tasks that join each other is found; one gets the DeadlockException, the other its failure")
    void eachOther() throws Exception {
        CompletableFuture<Task<?>> a = new CompletableFuture<>();
        CompletableFuture<Task<?>> b = new CompletableFuture<>();
        a.complete(Tasks.builder().name("a").spawn(() -> b.get().join()));
        b.complete(Tasks.builder().name("b").spawn(() -> a.get().join()));

        assertThatThrownBy(a.get()::join)
                .hasRootCauseInstanceOf(DeadlockException.class)
                .rootCause()
                .hasMessageContaining("'a'")
                .hasMessageContaining("'b'");
        assertThatThrownBy(b.get()::join).hasRootCauseInstanceOf(DeadlockException.class);
    }

    @Test
    @DisplayName("of a task that joins itself is found")
    void itself() throws Exception {
        CompletableFuture<Task<?>> self = new CompletableFuture<>();
        self.complete(Tasks.builder().name("narcissus").spawn(() -> self.get().join()));

        assertThatThrownBy(self.get()::join)
                .rootCause()
                .isInstanceOf(DeadlockException.class)
                .hasMessage("deadlock: task 'narcissus' joins 'narcissus'; none of them can go on");
    }

    @Test
    @DisplayName("of a task that joins one which waits for a permit that the first holds is found")
    void limitOfAncestor() {
        Limit limit = Limit.of("narrow", 1);
        TaskBuilder limited = Tasks.builder().limit(limit);
        Task<?> ancestor = limited.name("ancestor").spawn(() -> {
            Tasks.builder()
                    .name("child")
                    .spawn(() -> {
                        limited.name("grandchild").spawn(() -> {}).join();
                    })
                    .join();
        });

        assertThatThrownBy(ancestor::join)
                .rootCause()
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining(
                        "'grandchild', which waits for a permit of limit 'narrow', which is held by 'ancestor'");
    }

    @ParameterizedTest(name = "of {0} permits")
    @ValueSource(ints = {1, 2, 3, 8})
    @DisplayName("of tasks that hold all permits of a limit, and each join a task that needs one, is found")
    void allPlaces(int places) throws Exception {
        Limit limit = Limit.of("cpu", places);
        CountDownLatch allInside = new CountDownLatch(places);
        List<Task<?>> parents = new ArrayList<>();
        for (int i = 0; i < places; i++) {
            parents.add(Tasks.builder().name("parent").limit(limit).spawn(() -> {
                allInside.countDown();
                Handshakes.await(allInside);
                Tasks.builder().name("child").limit(limit).spawn(() -> {}).join();
            }));
        }

        assertThat(failuresOf(parents)).isNotEmpty().allSatisfy(failure -> assertThat(failure)
                .hasMessageContaining("'parent' joins 'child'")
                .hasMessageContaining("limit 'cpu'"));
    }

    @Test
    @DisplayName(
            "of tasks that hold all permits of a limit is found where some of them wait in a joined region under the limit")
    void allPlacesInRegions() throws Exception {
        Limit limit = Limit.of("cpu", 3);
        CountDownLatch allInside = new CountDownLatch(3);
        List<Task<?>> parents = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            boolean joins = i == 0;
            parents.add(Tasks.builder().name("parent").limit(limit).spawn(() -> {
                allInside.countDown();
                Handshakes.await(allInside);
                if (joins) {
                    Tasks.builder().limit(limit).spawn(() -> {}).join();
                } else {
                    Regions.withLimit(
                            limit,
                            () -> Regions.joined(() -> {
                                Tasks.spawn(() -> {});
                                Tasks.spawn(() -> {});
                            }));
                }
            }));
        }

        assertThat(failuresOf(parents)).isNotEmpty();
    }

    /** Waits for tasks; returns the deadlocks that some of them have failed with. */
    private static List<Throwable> failuresOf(List<Task<?>> tasks) throws InterruptedException {
        List<Throwable> deadlocks = new ArrayList<>();
        for (Task<?> task : tasks) {
            task.await();
            Throwable failure = task.state() == Future.State.FAILED ? task.exceptionNow() : null;
            Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                    .filter(DeadlockException.class::isInstance)
                    .forEach(deadlocks::add);
        }
        return deadlocks;
    }

    @Test
    @DisplayName("that waits for another deadlock, through a limit, is not broken up: the other one is")
    void waitsForAnother() throws Exception {
        Limit limit = Limit.of("two", 2);
        CountDownLatch bothInside = new CountDownLatch(2);
        CompletableFuture<Task<?>> self = new CompletableFuture<>();
        self.complete(Tasks.builder().name("self").limit(limit).spawn(() -> {
            bothInside.countDown();
            self.get().join();
        }));
        Task<String> parent = Tasks.builder().limit(limit).spawn(() -> {
            bothInside.countDown();
            Handshakes.await(bothInside);
            return Tasks.builder().limit(limit).spawn(() -> "in the end").join();
        });

        assertThat(parent.join()).isEqualTo("in the end");
        assertThatThrownBy(() -> awaited(self).join()).rootCause().hasMessageContaining("'self' joins 'self'");
    }

    @Test
    @DisplayName("of a task that joins, with a bulk region open, one that joins a task held by the region is found")
    void heldByRegion() throws Exception {
        CompletableFuture<Task<?>> held = new CompletableFuture<>();
        CountDownLatch waits = new CountDownLatch(1);
        Task<?> other = Tasks.builder().name("other").spawn(() -> {
            Task<?> task = held.get();
            Handshakes.await(waits);
            task.join();
        });
        Task<?> opener = Tasks.builder().name("opener").spawn(() -> {
            Regions.bulk(() -> {
                held.complete(Tasks.builder().name("held").spawn(() -> {}));
                waits.countDown();
                other.join();
            });
        });

        assertThatThrownBy(opener::join).rootCause().satisfies(cause -> assertThat(cause)
                .isInstanceOfAny(DeadlockException.class, UnlaunchedTaskException.class)
                .hasMessageContaining("'other'")
                .hasMessageContaining("'held'"));
        other.await();
        if (other.taskState() == TaskState.FAILED) {
            assertThat(other.exceptionNow()).hasMessageContaining("'held'");
        }
    }

    @Test
    @DisplayName(
            "of a limit is found if all its permits are held by tasks that wait for it; not if another task holds one")
    void limitOfSeveral() throws Exception {
        Limit limit = Limit.of("two", 2);
        TaskBuilder limited = Tasks.builder().limit(limit);
        CountDownLatch otherInside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Task<?> other = limited.name("other").spawn(() -> {
            otherInside.countDown();
            Handshakes.await(release);
        });
        Handshakes.await(otherInside);
        CountDownLatch waiting = new CountDownLatch(1);
        Task<String> parent = limited.name("parent").spawn(() -> {
            Task<String> child = limited.name("child").spawn(() -> "in the end");
            waiting.countDown();
            return child.join();
        });
        Handshakes.await(waiting);
        aboutTwoLooks();
        assertThat(parent.isDone()).isFalse();
        release.countDown();

        assertThat(parent.join()).isEqualTo("in the end");
        other.join();
    }

    /** Gives the detector time for a search: enough to find a mutual join that begins now. */
    private static void aboutTwoLooks() throws InterruptedException {
        CompletableFuture<Task<?>> self = new CompletableFuture<>();
        self.complete(Tasks.spawn(() -> self.get().join()));
        assertThatThrownBy(() -> awaited(self).join()).hasRootCauseInstanceOf(DeadlockException.class);
    }

    private static Task<?> awaited(CompletableFuture<Task<?>> future) {
        return future.join();
    }

    @Test
    @DisplayName("is not seen where a time limit, another thread or an outside completion will still unblock it")
    void noFalseAlarms() throws Exception {
        CompletableTask<String> external = Tasks.completable();
        CompletableFuture<Task<?>> self = new CompletableFuture<>();
        Task<String> waitsOutside =
                Tasks.spawn(() -> Tasks.spawn(external.task(), x -> x).join());
        CompletableFuture<Task<?>> later = new CompletableFuture<>();
        Task<?> limitedInTime = Tasks.builder().timeout(Duration.ofSeconds(3)).spawn(() -> self.get()
                .join());
        self.complete(limitedInTime);
        Task<?> timed = Tasks.spawn(() -> later.get().get(3, TimeUnit.SECONDS));
        later.complete(timed);
        aboutTwoLooks();
        external.complete("from outside");

        assertThat(waitsOutside.join()).isEqualTo("from outside");
        assertThatThrownBy(limitedInTime::join).hasRootCauseInstanceOf(TimeoutException.class);
        assertThatThrownBy(timed::join).hasRootCauseInstanceOf(TimeoutException.class);
    }

    @Test
    @DisplayName(
            "is not reported while a task on the circle may yet be skipped because of another, but once that has completed")
    void mayYetBeSkipped() throws Exception {
        CompletableTask<String> fails = Tasks.completable();
        CompletableTask<String> succeeds = Tasks.completable();
        Task<?> freed = joinsOneThatRequires(fails.task());
        Task<?> stuck = joinsOneThatRequires(succeeds.task());
        aboutTwoLooks();
        fails.fail(new IllegalStateException("from outside"));

        assertThatThrownBy(freed::join).rootCause().hasMessage("from outside");
        assertThat(stuck.isDone()).isFalse();

        succeeds.complete("from outside");

        assertThatThrownBy(stuck::join).hasRootCauseInstanceOf(DeadlockException.class);
    }

    @Test
    @DisplayName("is found where a time limit was to unblock it, but the body goes on after that and waits again")
    void afterTimeLimit() {
        CompletableFuture<Task<?>> later = new CompletableFuture<>();
        Task<?> late = Tasks.builder().timeout(Duration.ofMillis(20)).spawn(() -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException timeIsUp) {
                later.get().join();
            }
        });
        Task<?> joiner = Tasks.spawn(() -> late.join());
        later.complete(joiner);

        assertThatThrownBy(late::join)
                .cause()
                .isInstanceOf(TimeoutException.class)
                .satisfies(timeout -> assertThat(timeout.getSuppressed())
                        .singleElement()
                        .satisfies(other -> assertThat(Stream.iterate(other, Objects::nonNull, Throwable::getCause))
                                .hasAtLeastOneElementOfType(DeadlockException.class)));
        assertThatThrownBy(joiner::join).isInstanceOf(TaskFailedException.class);
    }

    /** Spawns a task that joins one which requires it, and another. */
    private static Task<?> joinsOneThatRequires(Task<?> other) {
        CompletableFuture<Task<?>> later = new CompletableFuture<>();
        Task<?> joins = Tasks.spawn(() -> later.get().join());
        later.complete(Tasks.builder().requires(joins, other).spawn(() -> {}));
        return joins;
    }

    @Test
    @DisplayName("of two tasks that join one which requires both is found, not on the thread of the timer")
    void bothJoinOne() {
        CompletableFuture<Task<?>> later = new CompletableFuture<>();
        Task<?> a = Tasks.spawn(() -> later.get().join());
        Task<?> b = Tasks.spawn(() -> later.get().join());
        later.complete(Tasks.builder().requires(a, b).spawn(() -> {}));

        assertThatThrownBy(() -> awaited(later).join())
                .rootCause()
                .isInstanceOfSatisfying(DeadlockException.class, found -> assertThat(found.getStackTrace())
                        .noneMatch(frame -> frame.getClassName().contains("ScheduledThreadPoolExecutor")));
        for (Task<?> joiner : List.of(a, b)) {
            assertThatThrownBy(joiner::join).isInstanceOf(TaskFailedException.class);
        }
    }

    @Test
    @DisplayName("that runs through a task in place is found")
    void inPlace() {
        CompletableFuture<Task<?>> outer = new CompletableFuture<>();
        CompletableFuture<Task<?>> inner = new CompletableFuture<>();
        outer.complete(Tasks.builder().name("outer").spawn(() -> {
            inner.complete(Tasks.builder().name("inner").spawn(() -> outer.get().join()));
            return awaited(inner).join();
        }));

        assertThatThrownBy(() -> awaited(outer).join())
                .rootCause()
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining("'outer'");
        assertThatThrownBy(() -> awaited(inner).join()).hasRootCauseInstanceOf(DeadlockException.class);
    }

    @Test
    @DisplayName(
            "is found within seconds while 10,000 tasks join each other in a row, and so are several at the same time")
    void besideALongRow() throws Exception {
        try (TaskRuntime runtime =
                TaskRuntime.builder().onUncaughtFailure(failure -> {}).build()) {
            runtime.run(() -> {
                CompletableTask<Integer> first = Tasks.completable();
                Task<Integer> last = first.task();
                CountDownLatch allRun = new CountDownLatch(10_000);
                for (int i = 0; i < 10_000; i++) {
                    Task<Integer> before = last;
                    last = Tasks.spawn(() -> {
                        allRun.countDown();
                        return before.join();
                    });
                }
                Handshakes.await(allRun);
                List<Task<?>> circles = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    CompletableFuture<Task<?>> self = new CompletableFuture<>();
                    self.complete(Tasks.spawn(() -> self.get().join()));
                    circles.add(awaited(self));
                }

                for (Task<?> circle : circles) {
                    assertThatThrownBy(() -> circle.get(Handshakes.SECONDS, TimeUnit.SECONDS))
                            .hasRootCauseInstanceOf(DeadlockException.class);
                }
                first.complete(1);
                assertThat(last.join()).isEqualTo(1);
            });
        }
    }

    @Test
    @DisplayName("leaves the runtime as it was: later graphs run")
    void afterwards() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> {
                CompletableFuture<Task<?>> self = new CompletableFuture<>();
                self.complete(Tasks.spawn(() -> self.get().join()));
                assertThatThrownBy(() -> awaited(self).join()).hasRootCauseInstanceOf(DeadlockException.class);

                Task<Integer> sum = Tasks.spawn(Tasks.spawn(() -> 1), Tasks.spawn(() -> 2), Integer::sum);
                assertThat(sum.join()).isEqualTo(3);
            });
        }
    }

    @Test
    @DisplayName("is not looked for because of joins that return at once, nor any longer when those that waited have")
    void noLookForJoinsThatReturn() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            Task<Integer> done = runtime.call(() -> Tasks.spawn(() -> 1));
            done.join();
            Task<Integer> joining = runtime.call(() -> Tasks.spawn(() -> {
                int sum = 0;
                for (int i = 0; i < 1000; i++) {
                    sum += done.join();
                }
                return sum;
            }));
            assertThat(joining.join()).isEqualTo(1000);
            assertThat(runtime.timersSet()).isZero();

            CountDownLatch release = new CountDownLatch(1);
            Task<?> waited =
                    runtime.call(() -> Tasks.builder().dedicatedThread().spawn(() -> Handshakes.await(release)));
            Task<?> waits = runtime.call(() -> Tasks.spawn(() -> waited.join()));
            org.awaitility.Awaitility.await().until(() -> runtime.timersSet() == 1);
            release.countDown();
            waits.join();

            org.awaitility.Awaitility.await().until(() -> runtime.timersSet() == 0);
        }
    }

    @Test
    @DisplayName("across the position that a cancelled task keeps in the order is found")
    void deadlockAcrossCancelled() {
        CompletableFuture<Task<?>> last = new CompletableFuture<>();
        Task<?> first = Tasks.builder().name("first").spawn(() -> last.get().join());
        Task<?> cancelled = Tasks.builder().name("cancelled").after(first).spawn(() -> {});
        cancelled.cancel();
        last.complete(Tasks.builder().name("last").after(cancelled).spawn(() -> {}));

        assertThatThrownBy(first::join)
                .rootCause()
                .isInstanceOf(DeadlockException.class)
                .hasMessageContaining("'last'")
                .hasMessageContaining("comes after"); // the cancelled one, or, if that is detached, the first
    }

    @Test
    @DisplayName("is not reported for a circle that a timeout has just broken")
    void timeoutBreaksCircle() throws Exception {
        List<Task<?>> timed = new ArrayList<>();
        List<Task<?>> joining = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            CompletableFuture<Task<?>> other = new CompletableFuture<>();
            CompletableFuture<Thread> thread = new CompletableFuture<>();
            Task<?> task = Tasks.builder().timeout(Duration.ofSeconds(1)).spawn(() -> {
                thread.complete(Thread.currentThread());
                other.get().join();
            });
            timed.add(task);
            joining.add(Tasks.builder().dedicatedThread().spawn(() -> {
                thread.get();
                task.join();
            }));
            other.complete(joining.get(i));
        }

        for (int i = 0; i < timed.size(); i++) {
            assertThatThrownBy(timed.get(i)::join).hasRootCauseInstanceOf(TimeoutException.class);
            assertThatThrownBy(joining.get(i)::join).hasRootCauseInstanceOf(TimeoutException.class);
        }
    }
}
