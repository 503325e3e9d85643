package dev.regions.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.Regions;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Context propagation")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContextPropagationTest extends ContextFixture {
    @Nested
    @DisplayName("reaches the body of a task that is spawned")
    class Reaches {
        @Test
        @DisplayName("outside of all regions")
        void atRoot() throws Exception {
            String seen = in("ann", () -> Tasks.spawn(() -> seen()).join());

            assertThat(seen).isEqualTo("ann ann -");
        }

        @Test
        @DisplayName("without a result, by name, and with a thread of its own")
        void otherWays() throws Exception {
            List<String> seen = Collections.synchronizedList(new ArrayList<>());

            in("ann", () -> {
                Tasks.spawn(() -> {
                            seen.add(seen());
                        })
                        .join();
                Tasks.builder().name("named").spawn(() -> seen.add(seen())).join();
                Tasks.builder().dedicatedThread().spawn(() -> seen.add(seen())).join();
                return null;
            });

            assertThat(seen).containsExactly("ann ann -", "ann ann -", "ann ann -");
        }

        @Test
        @DisplayName("in each of its attempts")
        void inEachAttempt() throws Exception {
            List<String> seen = Collections.synchronizedList(new ArrayList<>());

            Task<?> retried = in(
                    "ann",
                    () -> Tasks.builder().retry(RetryPolicy.maxAttempts(3)).spawn(() -> {
                        seen.add(seen());
                        user.set("changed");
                        throw new IOException("tried");
                    }));
            retried.await();

            assertThat(seen).containsExactly("ann ann -", "ann ann -", "ann ann -");
        }

        @Test
        @DisplayName("with arguments")
        void withArguments() throws Exception {
            List<Task<String>> tasks = in("ann", () -> {
                Task<String> a = Tasks.spawn(() -> "a");
                return List.of(
                        Tasks.spawn(a, x -> x + " " + seen()),
                        Tasks.spawn(a, a, (x, y) -> x + y + " " + seen()),
                        Tasks.spawn(a, a, a, (x, y, z) -> x + y + z + " " + seen()),
                        Tasks.spawn(a, a, a, a, (w, x, y, z) -> w + x + y + z + " " + seen()),
                        Tasks.spawn(List.of(a, a, a, a, a), all -> String.join("", all) + " " + seen()));
            });

            for (int i = 0; i < tasks.size(); i++) {
                assertThat(tasks.get(i).join()).isEqualTo("a".repeat(i + 1) + " ann ann -");
            }
        }

        @Test
        @DisplayName("in regions in block form, and in regions in regions")
        void inBlocks() throws Exception {
            List<Task<String>> tasks = Collections.synchronizedList(new ArrayList<>());

            in("ann", () -> {
                Regions.bulk(() -> tasks.add(Tasks.spawn(() -> seen())));
                Regions.sequential(() -> tasks.add(Tasks.spawn(() -> seen())));
                Regions.joined(() -> tasks.add(Tasks.spawn(() -> seen())));
                Regions.withQueue(Passing::new, () -> tasks.add(Tasks.spawn(() -> seen())));
                Regions.sequential(() -> Regions.bulk(() -> tasks.add(Tasks.spawn(() -> seen()))));
                Regions.bulk(() -> Regions.sequential(() -> Regions.bulk(() -> tasks.add(Tasks.spawn(() -> seen())))));
                return null;
            });

            assertThat(tasks).hasSize(6);
            for (Task<String> task : tasks) {
                assertThat(task.join()).isEqualTo("ann ann -");
            }
        }

        @Test
        @DisplayName("in regions in scope form, by fork and by spawn")
        void inScopes() throws Exception {
            List<Task<String>> tasks = in("ann", () -> {
                List<Task<String>> forked = new ArrayList<>();
                for (var kind : List.<Callable<dev.regions.RegionScope>>of(
                        Regions::bulk, Regions::sequential, Regions::joined, () -> Regions.withQueue(Passing::new))) {
                    try (var scope = kind.call()) {
                        forked.add(scope.fork(() -> seen()));
                        forked.add(as("bob", () -> Tasks.spawn(() -> seen())));
                        scope.join();
                    }
                }
                return forked;
            });

            assertThat(tasks).hasSize(8);
            for (int i = 0; i < tasks.size(); i++) {
                assertThat(tasks.get(i).join()).isEqualTo(i % 2 == 0 ? "ann ann -" : "bob bob -");
            }
        }

        @Test
        @DisplayName("by a body, with what that body has set, and so on down")
        void fromBodies() throws Exception {
            List<String> seen = in("ann", () -> Tasks.spawn(() -> {
                        Task<String> same = Tasks.spawn(() -> seen());
                        Task<String> inRegion;
                        try (var scope = Regions.bulk()) {
                            inRegion = scope.fork(() -> seen());
                            scope.join();
                        }
                        Task<String> below = as(
                                "bob",
                                () -> bound(
                                        REQUEST,
                                        "7",
                                        () -> Tasks.spawn(() -> {
                                            user.set("carl");
                                            return Tasks.spawn(() -> seen()).join();
                                        })));
                        return List.of(same.join(), inRegion.join(), below.join());
                    })
                    .join());

            assertThat(seen).containsExactly("ann ann -", "ann ann -", "carl bob 7");
        }

        @Test
        @DisplayName("by thousands of tasks on several threads, each its own")
        void concurrently() throws Exception {
            List<Thread> spawners = new ArrayList<>();
            List<Task<String>> tasks = Collections.synchronizedList(new ArrayList<>());
            AtomicReference<Throwable> wrong = new AtomicReference<>();
            for (int spawner = 0; spawner < 4; spawner++) {
                int from = spawner * 1000;
                spawners.add(Thread.ofVirtual().start(() -> {
                    try {
                        for (int i = from; i < from + 1000; i++) {
                            String name = "u" + i;
                            tasks.add(in(
                                    name,
                                    () -> Tasks.spawn(
                                            Tasks.spawn(() -> name),
                                            n -> n + " " + n + " -" + (seen().equals(n + " " + n + " -")))));
                        }
                    } catch (Throwable t) {
                        wrong.set(t);
                    }
                }));
            }
            for (Thread spawner : spawners) {
                spawner.join();
            }

            assertThat(wrong).hasValue(null);
            assertThat(tasks).hasSize(4000);
            for (Task<String> task : tasks) {
                assertThat(task.join()).endsWith("-true");
            }
        }
    }

    @Nested
    @DisplayName("is captured at the spawn")
    class Captured {
        @Test
        @DisplayName("not when a bulk region ends")
        void notAtTheEndOfABulkRegion() throws Exception {
            List<Task<String>> tasks = in(
                    "zoe",
                    () -> Regions.<List<Task<String>>, Exception>bulk(() -> {
                        Task<String> ann = as("ann", () -> Tasks.spawn(() -> seen()));
                        Task<String> bob = as("bob", () -> bound(REQUEST, "7", () -> Tasks.spawn(() -> seen())));
                        Task<String> both =
                                as("carl", () -> Tasks.spawn(ann, bob, (a, b) -> a + ", " + b + ", " + seen()));
                        return List.of(ann, bob, both);
                    }));

            assertThat(tasks.get(0).join()).isEqualTo("ann ann -");
            assertThat(tasks.get(1).join()).isEqualTo("bob bob 7");
            assertThat(tasks.get(2).join()).isEqualTo("ann ann -, bob bob 7, carl carl -");
        }

        @Test
        @DisplayName("not when what a task waits for is done")
        void notWhenReady() throws Exception {
            CountDownLatch go = new CountDownLatch(1);
            List<Task<String>> tasks = in("zoe", () -> {
                Task<String> gate = Tasks.spawn(() -> {
                    await(go);
                    return seen();
                });
                Task<String> after = as("ann", () -> Tasks.spawn(gate, x -> seen()));
                List<Task<String>> all = new ArrayList<>(List.of(gate, after));
                Regions.sequential(() -> {
                    all.add(as("bob", () -> Tasks.builder().requires(gate).spawn(() -> seen())));
                    all.add(as("carl", () -> Tasks.spawn(() -> seen())));
                });
                return all;
            });
            go.countDown();

            assertThat(tasks.get(0).join()).isEqualTo("zoe zoe -");
            assertThat(tasks.get(1).join()).isEqualTo("ann ann -");
            assertThat(tasks.get(2).join()).isEqualTo("bob bob -");
            assertThat(tasks.get(3).join()).isEqualTo("carl carl -");
        }

        @Test
        @DisplayName("with null where a scoped value is bound to that, and nothing where there is nothing")
        void nothing() throws Exception {
            String nothing = runtime.call(() -> Tasks.spawn(() -> seen()).join());
            boolean isBound = bound(
                    TENANT,
                    null,
                    () -> runtime.call(() -> Tasks.spawn(() -> TENANT.isBound() && TENANT.get() == null)
                            .join()));
            boolean unknown = bound(
                    NOT_REGISTERED,
                    "x",
                    () -> runtime.call(
                            () -> Tasks.spawn(() -> NOT_REGISTERED.isBound()).join()));

            assertThat(nothing).isEqualTo(NOTHING);
            assertThat(isBound).isTrue();
            assertThat(unknown).isFalse();
        }

        @Test
        @DisplayName("and leaves the barriers of a sequential region alone: the order is kept")
        void barriers() throws Exception {
            List<String> log = Collections.synchronizedList(new ArrayList<>());
            in("zoe", () -> {
                Regions.joined(() -> Regions.sequential(() -> {
                    for (String step : List.of("1", "2", "3")) {
                        Regions.bulk(() -> {
                            for (String name : List.of("ann", "bob")) {
                                as(name, () -> Tasks.spawn(() -> log.add(step + " " + seen())));
                            }
                        });
                    }
                }));
                return null;
            });

            assertThat(log).extracting(line -> line.substring(0, 1)).isSorted();
            assertThat(log)
                    .containsExactlyInAnyOrder(
                            "1 ann ann -", "1 bob bob -", "2 ann ann -", "2 bob bob -", "3 ann ann -", "3 bob bob -");
        }
    }

    @Nested
    @DisplayName("passes on what a body throws")
    class Throwing {
        @Test
        @DisplayName("as it is, checked exceptions and errors included")
        void anything() throws Exception {
            for (Throwable thrown : List.of(
                    new IOException("checked"), new IllegalStateException("unchecked"), new AssertionError("error"))) {
                Task<?> task = in(
                        "ann",
                        () -> Tasks.spawn(() -> {
                            throw ContextPropagationTest.<RuntimeException>unchecked(thrown);
                        }));

                assertThatThrownBy(task::join)
                        .isInstanceOf(TaskFailedException.class)
                        .cause()
                        .isSameAs(thrown);
                assertThat(thrown.getSuppressed()).isEmpty();
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X unchecked(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Nested
    @DisplayName("is off")
    class Off {
        @Test
        @DisplayName("in a runtime without it, beside one that has it")
        void inAnotherRuntime() throws Exception {
            try (TaskRuntime plain = TaskRuntime.builder().name("plain").build()) {
                String seen = in("ann", () -> {
                    assertThat(Tasks.spawn(() -> seen()).join()).isEqualTo("ann ann -");
                    return plain.call(() -> Tasks.spawn(() -> {
                                try (var scope = Regions.bulk()) {
                                    Task<String> inRegion = scope.fork(() -> seen());
                                    scope.join();
                                    return seen() + ", " + inRegion.resultNow();
                                }
                            })
                            .join());
                });

                assertThat(seen).isEqualTo(NOTHING + ", " + NOTHING);
            }
        }

        @Test
        @DisplayName("in the shared runtime")
        void inTheSharedRuntime() throws Exception {
            List<String> seen = as("ann", () -> {
                Task<String> inRegion;
                try (var scope = Regions.bulk()) {
                    inRegion = scope.fork(() -> seen());
                    scope.join();
                }
                return List.of(Tasks.spawn(() -> seen()).join(), inRegion.join());
            });

            assertThat(seen).containsOnly(NOTHING);
        }
    }

    @Test
    @DisplayName("does not run what was cancelled or abandoned before it started")
    void cancelled() throws Exception {
        AtomicBoolean ran = new AtomicBoolean();
        AtomicReference<Task<?>> spawned = new AtomicReference<>();

        assertThatThrownBy(() -> runtime.run(() -> Regions.bulk(() -> {
                    spawned.set(Tasks.spawn(() -> ran.set(true)));
                    throw new IOException("given up");
                })))
                .isInstanceOf(IOException.class);

        assertThat(spawned.get().taskState()).isEqualTo(TaskState.ABANDONED);
        assertThat(ran).isFalse();
    }

    private record Passing(TaskQueue upstream) implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            upstream.enqueue(batch);
        }
    }
}
