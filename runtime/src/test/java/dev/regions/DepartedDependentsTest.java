package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A task that is not final for long, on which others hang that were given up")
@Timeout(value = 4 * SECONDS, unit = TimeUnit.SECONDS)
class DepartedDependentsTest {
    private static final int MANY = 10_000;

    private final AtomicInteger unobserved = new AtomicInteger();
    private final TaskRuntime runtime = TaskRuntime.builder()
            .name("departed")
            .onUncaughtFailure(failure -> unobserved.incrementAndGet())
            .build();
    private final CompletableTask<Integer> external = runtime.call(() -> Tasks.completable());
    private final Task<Integer> pending = external.task();

    @AfterEach
    void close() throws Exception {
        external.complete(1);
        Handshakes.onAnotherThread(() -> {
            runtime.close();
            return null;
        });
    }

    /** Ways to hang on a task. */
    enum Dependent {
        ARGUMENT,
        SECOND_ARGUMENT,
        REQUIRES,
        AFTER,
        IN_BULK,
        WITH_DEPENDENTS,
        IN_SEQUENCE;

        Task<?> of(Task<Integer> pending) {
            return switch (this) {
                case ARGUMENT -> Tasks.spawn(pending, x -> x);
                case SECOND_ARGUMENT -> Tasks.spawn(Tasks.spawn(() -> 1), pending, Integer::sum);
                case REQUIRES -> Tasks.builder().requires(pending).spawn(() -> 1);
                case AFTER -> Tasks.builder().after(pending).spawn(() -> 1);
                case IN_BULK -> Regions.bulk(() -> Tasks.spawn(pending, x -> x));
                case WITH_DEPENDENTS -> {
                    Task<Integer> first = Tasks.spawn(pending, x -> x);
                    Tasks.spawn(Tasks.spawn(first, x -> x), x -> x);
                    Tasks.builder().after(first).spawn(() -> 1).cancel();
                    yield first;
                }
                case IN_SEQUENCE ->
                    Regions.sequential(() -> {
                        Tasks.spawn(pending, x -> x).cancel();
                        return Tasks.spawn(() -> 1);
                    });
            };
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ARGUMENT", "SECOND_ARGUMENT", "REQUIRES", "AFTER", "IN_BULK", "WITH_DEPENDENTS"})
    @DisplayName("keeps few of those that were cancelled")
    void keepsFewCancelled(Dependent how) {
        List<WeakReference<Task<?>>> cancelled = new ArrayList<>();

        runtime.run(() -> {
            for (int i = 0; i < MANY; i++) {
                Task<?> task = how.of(pending);
                task.cancel();
                cancelled.add(new WeakReference<>(task));
            }
        });

        assertThat(reachable(cancelled)).isLessThan(MANY / 50);
    }

    @Test
    @DisplayName("keeps few of many that were there at a time, and were cancelled then, in any order")
    void keepsFewCancelledLater() {
        List<@Nullable Task<?>> tasks = new ArrayList<>();
        List<WeakReference<Task<?>>> cancelled = new ArrayList<>();
        runtime.run(() -> {
            for (int i = 0; i < MANY; i++) {
                Task<?> task = Dependent.values()[i % 4].of(pending);
                tasks.add(task);
                cancelled.add(new WeakReference<>(task));
            }
        });
        Collections.shuffle(tasks, new Random(1));

        for (int i = 0; i < tasks.size(); i++) {
            tasks.set(i, null).cancel();
        }

        assertThat(reachable(cancelled)).isLessThan(MANY / 10);
    }

    private static long reachable(List<WeakReference<Task<?>>> tasks) {
        System.gc();
        return tasks.stream().filter(each -> each.get() != null).count();
    }

    @Test
    @DisplayName("keeps few futures that were cancelled or completed otherwise")
    void keepsFewFutures() {
        List<WeakReference<Object>> futures = new ArrayList<>();

        for (int i = 0; i < MANY; i++) {
            CompletableFuture<Integer> future = pending.toCompletableFuture();
            if (i % 2 == 0) {
                future.cancel(true);
            } else {
                future.complete(1);
            }
            futures.add(new WeakReference<>(future));
        }

        System.gc();
        assertThat(futures.stream().filter(each -> each.get() != null).count()).isLessThan(MANY / 50);
    }

    @Test
    @DisplayName("does not keep their failures from being reported")
    void failuresAreReported() {
        runtime.run(() -> {
            for (int i = 0; i < 100; i++) {
                Tasks.builder().deadline(Duration.ofMillis(1)).spawn(pending, x -> x);
            }
        });

        Awaitility.await().atMost(Duration.ofSeconds(SECONDS)).untilAsserted(() -> {
            System.gc();
            assertThat(unobserved).hasValueGreaterThan(80);
        });
    }

    @Test
    @DisplayName("keeps no wait that has given up, though others still wait")
    void keepsNoWaits() throws Exception {
        List<WeakReference<Thread>> threads = new ArrayList<>();
        var waits = Handshakes.start(() -> pending.get(SECONDS, TimeUnit.SECONDS));

        for (int i = 0; i < 200; i++) {
            Thread thread = Thread.ofVirtual().start(() -> {
                assertThatThrownBy(() -> pending.get(1, TimeUnit.NANOSECONDS)).isInstanceOf(TimeoutException.class);
            });
            thread.join();
            threads.add(new WeakReference<>(thread));
        }
        System.gc();

        assertThat(threads.stream().filter(each -> each.get() != null).count()).isLessThan(10);
        external.complete(1);
        assertThat(waits.get()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("is still waited for by a task that comes after one of them")
    void order(Dependent how) throws Exception {
        runtime.<Exception>run(() -> {
            Task<?> givenUp = how.of(pending);
            givenUp.cancel();
            for (int i = 0; i < 100; i++) { // now links are taken off
                Tasks.spawn(pending, x -> x).cancel();
            }

            Task<Boolean> after = Tasks.builder().after(givenUp).spawn(pending::isDone);
            Task<Boolean> afterThat = Tasks.builder().after(after).spawn(pending::isDone);

            assertThat(after.taskState()).isEqualTo(TaskState.WAITING);
            external.complete(1);
            assertThat(after.get(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(afterThat.get(SECONDS, TimeUnit.SECONDS)).isTrue();
        });
    }

    @Test
    @DisplayName(
            "is still waited for by a task that comes after a row of them, each cancelled after or before the next came")
    void orderAlongARow() throws Exception {
        runtime.<Exception>run(() -> {
            for (boolean early : new boolean[] {true, false}) {
                List<Task<?>> row = new ArrayList<>();
                Task<?> last = pending;
                for (int i = 0; i < 50; i++) {
                    last = i % 2 == 0
                            ? Tasks.builder().after(last).spawn(() -> 1)
                            : Tasks.builder().requires(last).spawn(() -> 1);
                    row.add(last);
                    if (early) {
                        last.cancel();
                    }
                    Tasks.spawn(pending, x -> x).cancel();
                }
                row.forEach(Task::cancel);
                for (int i = 0; i < 100; i++) {
                    Tasks.spawn(pending, x -> x).cancel();
                }

                Task<Boolean> after = Tasks.builder().after(last).spawn(pending::isDone);

                assertThat(after.taskState()).isEqualTo(TaskState.WAITING);
                assertThat(last.taskState()).isIn(TaskState.CANCELLED, TaskState.SKIPPED);
            }
        });
    }

    @Test
    @DisplayName("and another one, both waited for by a task that is given up: the one that comes after waits for both")
    void orderOfTwo() throws Exception {
        runtime.<Exception>run(() -> {
            CompletableTask<Integer> other = Tasks.completable();
            List<Task<?>> followers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                Task<Integer> givenUp =
                        Tasks.builder().after(other.task()).requires(pending).spawn(() -> 1);
                givenUp.cancel();
                Task<?> dead = Tasks.builder().after(other.task()).spawn(() -> 1);
                dead.cancel();
                followers.add(Tasks.builder().after(givenUp).spawn(() -> {
                    assertThat(pending.isDone() && other.task().isDone()).isTrue();
                }));
            }

            other.complete(1);
            assertThat(followers).allMatch(task -> task.taskState() == TaskState.WAITING);
            external.complete(1);

            for (Task<?> follower : followers) {
                follower.get(SECONDS, TimeUnit.SECONDS);
            }
        });
    }

    @RepeatedTest(20)
    @DisplayName(
            "and one that is cancelled with many dependents, some of which wait for both and were cancelled: order holds")
    void orderWithinAFanOut() throws Exception {
        runtime.<Exception>run(() -> {
            CompletableTask<Integer> first = Tasks.completable();
            Task<Integer> middle = Tasks.builder().after(first.task()).spawn(() -> 1);
            List<Task<?>> dependents = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                dependents.add(
                        Tasks.builder().requires(middle).requires(pending).spawn(() -> 1));
                dependents.add(Tasks.builder().after(middle).after(pending).spawn(() -> 1));
            }
            for (int i = 1; i < dependents.size(); i += 2) {
                dependents.get(i).cancel();
            }
            middle.cancel();
            List<Task<Boolean>> after = new ArrayList<>();
            for (Task<?> dependent : dependents) {
                after.add(Tasks.builder()
                        .after(dependent)
                        .spawn(() -> first.task().isDone() && pending.isDone()));
            }

            external.complete(1);
            assertThat(after).allMatch(task -> task.taskState() == TaskState.WAITING);
            first.complete(1);

            for (Task<Boolean> task : after) {
                assertThat(task.get(SECONDS, TimeUnit.SECONDS)).isTrue();
            }
        });
    }

    @RepeatedTest(20)
    @DisplayName("ends while others are given up: each that comes after one of them runs, and not too early")
    void orderWhileItEnds() throws Exception {
        var cancelling = Handshakes.start(() -> {
            List<Task<Boolean>> after = new ArrayList<>();
            runtime.run(() -> {
                for (int i = 0; i < 300 || after.size() < 1_000 && !pending.isDone(); i++) {
                    Task<?> givenUp = Dependent.values()[i % 4].of(pending);
                    Task<Boolean> early = Tasks.builder().after(givenUp).spawn(pending::isDone);
                    givenUp.cancel();
                    after.add(early);
                    after.add(Tasks.builder().after(givenUp).spawn(pending::isDone));
                }
            });
            return after;
        });
        runtime.run(() -> {
            for (int i = 0; i < 300; i++) {
                Tasks.spawn(pending, x -> x).cancel();
            }
        });

        external.complete(1);

        for (Task<Boolean> task : cancelling.get(SECONDS, TimeUnit.SECONDS)) {
            assertThat(task.get(SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }
}
