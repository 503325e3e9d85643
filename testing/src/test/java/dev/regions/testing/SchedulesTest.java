package dev.regions.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.regions.CompletableTask;
import dev.regions.Limit;
import dev.regions.Regions;
import dev.regions.Tasks;
import dev.regions.task.DeadlockException;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskAction;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskSkippedException;
import dev.regions.task.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Schedules")
@Timeout(120)
class SchedulesTest {
    private static Task<?> named(String name, List<String> order) {
        return Tasks.builder().name(name).spawn(() -> order.add(name));
    }

    // ---- Seeds ------------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("The same seed gives the same order, different seeds give different ones")
    void seeds() {
        Set<List<String>> orders = new HashSet<>();
        for (int seed = 0; seed < 50; seed++) {
            List<String> first = orderOf(Exploration.seed(seed));
            List<String> second = orderOf(Exploration.seed(seed));

            assertThat(second).isEqualTo(first);
            orders.add(first);
        }
        assertThat(orders).hasSizeGreaterThan(20);
    }

    private static List<String> orderOf(Exploration how) {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        Schedules.explore(how, () -> {
            Task<?> a = named("a", order);
            Task<?> b = named("b", order);
            Task<?> waiting = Tasks.spawn(() -> {
                order.add("begins");
                b.join();
                order.add("has joined b");
            });
            named("c", order);
            order.add("body");
            a.join();
            order.add("body has joined a");
            named("d", order);
            b.join();
            order.add("body has joined b");
            waiting.join();
        });
        return List.copyOf(order);
    }

    @Test
    @DisplayName("Tasks run one at a time, and never beside the code that is explored")
    void oneAtATime() {
        AtomicInteger running = new AtomicInteger();
        Schedules.explore(Exploration.seeds(50), () -> {
            List<Task<?>> tasks = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                tasks.add(Tasks.spawn(() -> {
                    assertThat(running.incrementAndGet()).isEqualTo(1);
                    Thread.yield();
                    assertThat(running.decrementAndGet()).isZero();
                }));
                assertThat(running.get()).isZero();
            }
            for (Task<?> task : tasks) {
                task.join();
                assertThat(running.get()).isZero();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Interleaving.class)
    @DisplayName("All tasks of a schedule run on one thread, as long as none of them gives way to others")
    void oneThread(Interleaving interleaving) {
        Schedules.explore(Exploration.seeds(100).interleaving(interleaving), () -> {
            Set<Thread> threads = Collections.synchronizedSet(new HashSet<>());
            AtomicInteger bodies = new AtomicInteger();
            TaskAction body = () -> {
                threads.add(Thread.currentThread());
                bodies.incrementAndGet();
            };
            Regions.joined(() -> {
                Task<?> first = Tasks.spawn(body);
                Tasks.builder().after(first).spawn(body);
                Regions.bulk(() -> {
                    Tasks.spawn(body);
                    Tasks.spawn(body);
                });
                Regions.sequential(() -> {
                    Tasks.spawn(body);
                    Tasks.spawn(body);
                });
                Tasks.spawn(() -> {
                    body.run();
                    if (interleaving == Interleaving.BODIES) {
                        Tasks.spawn(body);
                    }
                });
            });
            Task<?> failed = Tasks.spawn(() -> {
                body.run();
                throw new IOException("on purpose");
            });
            assertThatThrownBy(failed::join).hasRootCauseMessage("on purpose");
            Tasks.builder().after(failed).spawn(body).join();

            assertThat(bodies).hasValueGreaterThanOrEqualTo(9);
            assertThat(threads).hasSize(1);
        });
    }

    @Test
    @DisplayName("While a task waits, others run on one other thread")
    void oneOtherThread() {
        Schedules.explore(Exploration.seeds(100), () -> {
            List<Thread> others = Collections.synchronizedList(new ArrayList<>());
            Task<?> awaited = Tasks.builder().name("awaited").spawn(() -> others.add(Thread.currentThread()));
            Task<Thread> waits = Tasks.builder().name("waits").spawn(() -> {
                Tasks.spawn(() -> others.add(Thread.currentThread())).join();
                Tasks.spawn(() -> others.add(Thread.currentThread())).join();
                return Thread.currentThread();
            });
            Thread waiting = waits.join();
            awaited.join();

            others.remove(waiting); // what ran first, perhaps
            assertThat(others).doesNotContain(waiting).hasSizeGreaterThanOrEqualTo(2);
            assertThat(Set.copyOf(others)).hasSize(1);
        });
    }

    // ---- Regions ----------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("Regions keep their order in every schedule")
    void regions() {
        AtomicInteger schedules = new AtomicInteger();
        Set<List<String>> orders = new HashSet<>();
        ExplorationReport report =
                Schedules.explore(Exploration.systematic(10_000).interleaving(Interleaving.BODIES), () -> {
                    List<String> order = new ArrayList<>();
                    Regions.joined(() -> Regions.sequential(() -> {
                        named("first", order);
                        Regions.bulk(() -> {
                            named("left", order);
                            named("right", order);
                        });
                        named("last", order);
                    }));
                    assertThat(order).containsExactlyInAnyOrder("first", "left", "right", "last");
                    assertThat(order).startsWith("first").endsWith("last");
                    orders.add(order);
                    schedules.incrementAndGet();
                });

        assertThat(report).isEqualTo(new ExplorationReport(2, 0, true));
        assertThat(orders).hasSize(2);
    }

    @Test
    @DisplayName("A scope that was launched may be joined while it is open")
    void scopes() {
        ExplorationReport report = Schedules.explore(Exploration.systematic(1000), () -> {
            try (var scope = Regions.bulk()) {
                Task<Integer> a = scope.fork(() -> 1);
                Task<Integer> b = scope.fork(() -> 2);
                Task<Integer> sum = scope.fork(a, b, Integer::sum);
                scope.launch();
                assertThat(sum.join()).isEqualTo(3);
                scope.join();
            }
        });

        assertThat(report.exhaustive()).isTrue();
    }

    // ---- Failures and cancellation ----------------------------------------------------------------------------------

    @Test
    @DisplayName("A failure skips what requires it, and lets run what comes after it")
    void failures() {
        Schedules.explore(Exploration.seeds(100), () -> {
            Task<Integer> failing = Tasks.spawn(() -> {
                throw new IllegalStateException("no");
            });
            Task<?> other = Tasks.spawn(() -> 1);
            Task<?> requiring = Tasks.builder().requires(failing, other).spawn(() -> 2);
            Task<?> after = Tasks.builder().after(requiring).spawn(() -> 3);

            assertThatThrownBy(failing::join).isInstanceOf(TaskFailedException.class);
            assertThatThrownBy(requiring::join).isInstanceOf(TaskSkippedException.class);
            assertThat(after.join()).isEqualTo(3);
            assertThat(other.taskState()).isEqualTo(TaskState.SUCCEEDED);
        });
    }

    @Test
    @DisplayName("A failure that nobody is told of fails the schedule")
    void uncaught() {
        assertThatThrownBy(() -> Schedules.explore(Exploration.seeds(3), () -> {
                    Tasks.builder().name("bad").spawn(() -> {
                        throw new IllegalStateException("nobody looks");
                    });
                }))
                .isInstanceOf(ScheduleFailedError.class)
                .hasRootCauseMessage("nobody looks")
                .hasMessageContaining("seed 0")
                .hasMessageContaining("bad");
    }

    @Test
    @DisplayName("When the code throws, what it has spawned is cancelled and over")
    void thrown() {
        List<Task<?>> spawned = new ArrayList<>();

        ScheduleFailedError failed = catchThrowableOfType(
                ScheduleFailedError.class,
                () -> Schedules.explore(Exploration.seeds(7, 1), () -> {
                    Task<?> first = Tasks.spawn(() -> 1);
                    Task<?> never = Tasks.spawn(() -> new CountDownLatch(1).await());
                    spawned.add(first);
                    spawned.add(never);
                    spawned.add(Tasks.builder().requires(never).spawn(() -> {}));
                    first.join();
                    throw new java.io.IOException("broken");
                }));

        assertThat(failed).hasCauseInstanceOf(java.io.IOException.class);
        assertThat(spawned).allMatch(Task::isDone);
    }

    @Test
    @DisplayName("What is cancelled before its turn never runs, and keeps its place in the order")
    void cancelled() {
        ExplorationReport report = Schedules.explore(Exploration.systematic(10_000), () -> {
            List<String> order = Collections.synchronizedList(new ArrayList<>());
            Task<?> a = named("a", order);
            Task<?> b = Tasks.builder().name("b").after(a).spawn(() -> order.add("b"));
            Task<?> c = Tasks.builder().name("c").after(b).spawn(() -> order.add("c"));
            boolean cancelled = b.cancel();
            assertThat(cancelled).isEqualTo(!order.contains("b"));
            c.join();
            assertThat(order).isEqualTo(cancelled ? List.of("a", "c") : List.of("a", "b", "c"));
        });

        assertThat(report.exhaustive()).isTrue();
    }

    @Test
    @DisplayName("A running task that waits can be cancelled")
    void cancelledWhileWaiting() {
        Schedules.explore(Exploration.systematic(1000), () -> {
            Task<?> slow = Tasks.builder().name("slow").spawn(() -> {});
            Task<?> waiting = Tasks.builder().name("waiting").spawn(() -> {
                slow.join();
            });
            Task<?> canceller = Tasks.builder().name("canceller").spawn(() -> {
                waiting.cancel();
            });
            canceller.join();
            waiting.await();
            assertThat(waiting.taskState()).isIn(TaskState.CANCELLED, TaskState.SUCCEEDED);
            if (waiting.taskState() == TaskState.CANCELLED) {
                assertThatThrownBy(waiting::join).isInstanceOf(CancellationException.class);
            }
        });
    }

    // ---- Waiting in bodies ------------------------------------------------------------------------------------------

    @Test
    @DisplayName("Bodies may join what is held back, to any depth")
    void joins() {
        ExplorationReport report =
                Schedules.explore(Exploration.systematic(200_000).interleaving(Interleaving.BODIES), () -> {
                    assertThat(fibonacci(5)).isEqualTo(5);
                });
        assertThat(report.exhaustive()).isTrue();
        Schedules.explore(Exploration.seeds(20), () -> {
            assertThat(fibonacci(8)).isEqualTo(21);
        });
    }

    private static int fibonacci(int n) throws InterruptedException {
        if (n < 2) {
            return n;
        }
        Task<Integer> one = Tasks.spawn(() -> fibonacci(n - 1));
        return fibonacci(n - 2) + one.join();
    }

    @Test
    @DisplayName("What waits for the same task goes on in either order, one at a time")
    void resumption() {
        Set<List<String>> orders = new HashSet<>();
        Schedules.explore(Exploration.systematic(10_000), () -> {
            List<String> order = new ArrayList<>();
            Regions.joined(() -> Regions.bulk(() -> {
                Task<?> awaited = Tasks.builder().name("awaited").spawn(() -> {});
                for (String name : List.of("left", "right")) {
                    Tasks.builder().name(name).spawn(() -> {
                        awaited.join();
                        order.add(name);
                    });
                }
            }));
            orders.add(order);
        });

        assertThat(orders).containsExactlyInAnyOrder(List.of("left", "right"), List.of("right", "left"));
    }

    @Test
    @DisplayName("Bodies that wait for each other by other means than tasks do not hang")
    void latches() {
        Schedules.explore(Exploration.seeds(10), () -> {
            CountDownLatch latch = new CountDownLatch(1);
            Task<?> waits = Tasks.spawn(() -> {
                latch.await();
            });
            Task<?> opens = Tasks.spawn(latch::countDown);
            waits.join();
            opens.join();
        });
    }

    @Test
    @DisplayName("The code may wait for a future of a task")
    void futures() {
        Schedules.explore(Exploration.seeds(10), () -> {
            Task<Integer> a = Tasks.spawn(() -> 1);
            Task<Integer> b = Tasks.spawn(a, x -> x + 1);
            assertThat(b.toCompletableFuture().thenApply(x -> x + 1).join()).isEqualTo(3);
        });
    }

    @Test
    @DisplayName("A task that waits for a permit of a limit lets others go on")
    void limits() {
        ExplorationReport report =
                Schedules.explore(Exploration.systematic(100).interleaving(Interleaving.BODIES), () -> {
                    Limit limit = Limit.of("one", 1);
                    Regions.joined(() -> Regions.bulk(() -> {
                        Task<?> awaited = Tasks.builder().name("awaited").spawn(() -> {});
                        Tasks.builder().name("inside").limit(limit).spawn(() -> awaited.join());
                        Tasks.builder().name("limited").limit(limit).spawn(() -> {});
                    }));
                });

        assertThat(report.exhaustive()).isTrue();
    }

    @Test
    @DisplayName("A task that is tried again takes a turn for each attempt")
    void retries() {
        Schedules.explore(Exploration.seeds(20), () -> {
            AtomicInteger attempts = new AtomicInteger();
            Task<Integer> flaky = Tasks.builder()
                    .retry(RetryPolicy.maxAttempts(3).backoff(Duration.ofMillis(1)))
                    .spawn(() -> {
                        if (attempts.incrementAndGet() < 3) {
                            throw new IllegalStateException("not yet");
                        }
                        return attempts.get();
                    });
            Task<?> other = Tasks.spawn(() -> {});
            assertThat(flaky.join()).isEqualTo(3);
            other.join();
        });
    }

    @Test
    @DisplayName("Tasks may wait for what somebody outside completes")
    void external() {
        Schedules.explore(Exploration.seeds(20), () -> {
            CompletableTask<Integer> outside = Tasks.completable();
            Task<Integer> next = Tasks.spawn(outside.task(), x -> x + 1);
            Thread.ofVirtual().start(() -> outside.complete(1));
            assertThat(next.join()).isEqualTo(2);
        });
    }

    @Test
    @DisplayName("A deadlock that only some orders have is found")
    void deadlock() {
        assertThatThrownBy(
                        () -> Schedules.explore(Exploration.systematic(1000).interleaving(Interleaving.BODIES), () -> {
                            AtomicReference<Task<?>> second = new AtomicReference<>();
                            Regions.joined(() -> Regions.bulk(() -> {
                                Task<?> first = Tasks.builder().name("first").spawn(() -> {
                                    Task<?> started = second.get();
                                    if (started != null) {
                                        started.join();
                                    }
                                });
                                AtomicReference<Task<?>> self = new AtomicReference<>();
                                self.set(Tasks.builder().name("second").spawn(() -> {
                                    second.set(self.get());
                                    first.join();
                                }));
                            }));
                        }))
                .isInstanceOf(ScheduleFailedError.class)
                .hasRootCauseInstanceOf(DeadlockException.class);
    }

    @Test
    @DisplayName("A schedule in which nothing moves any more fails, and says who waits for what")
    void stuck() {
        assertThatThrownBy(() -> Schedules.explore(Exploration.seeds(1).stuckTimeout(Duration.ofMillis(300)), () -> {
                    Task<?> stuck = Tasks.builder().name("stuck").spawn(() -> new CountDownLatch(1).await());
                    Tasks.builder().name("dependent").requires(stuck).spawn(() -> {});
                    stuck.join();
                }))
                .isInstanceOf(ScheduleFailedError.class)
                .hasCauseInstanceOf(ScheduleStuckException.class)
                .hasMessageContaining("'the test' waits for 'stuck'")
                .hasMessageContaining("'dependent' has not started");
        assertThat(Thread.interrupted()).isFalse();
    }

    // ---- Replay -----------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("A trace replays the failing schedule of a systematic exploration")
    void replay() {
        ScheduleFailedError found = catchLostUpdate(Exploration.systematic(1000));

        ScheduleFailedError replayed = catchLostUpdate(Exploration.replay(found.trace()));

        assertThat(replayed.trace()).isEqualTo(found.trace());
        assertThat(replayed.order()).isEqualTo(found.order());
        assertThat(replayed.getCause()).hasMessage(found.getCause().getMessage());
    }

    private static ScheduleFailedError catchLostUpdate(Exploration how) {
        return catchThrowableOfType(
                ScheduleFailedError.class,
                () -> Schedules.explore(how, () -> {
                    int[] counter = {0};
                    List<Task<?>> tasks = new ArrayList<>();
                    for (int i = 0; i < 2; i++) {
                        tasks.add(Tasks.spawn(() -> {
                            int read = counter[0];
                            Tasks.spawn(() -> {}).join(); // the others may come in between
                            counter[0] = read + 1;
                        }));
                    }
                    for (Task<?> task : tasks) {
                        task.join();
                    }
                    assertThat(counter[0]).isEqualTo(2);
                }));
    }

    @Test
    @DisplayName("What is no trace, or does not fit, is refused")
    void badTraces() {
        assertThatThrownBy(() -> Exploration.replay("nonsense"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nonsense");
        assertThatThrownBy(() -> Schedules.explore(Exploration.replay("steps:7"), () -> {
                    Tasks.spawn(() -> {});
                    Tasks.spawn(() -> {});
                }))
                .isInstanceOf(ScheduleFailedError.class)
                .hasMessageContaining("does not fit");
        assertThatThrownBy(() -> Exploration.seeds(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("Code that does not do the same each time cannot be explored systematically, and is told so")
    void nondeterministic() {
        AtomicInteger run = new AtomicInteger();
        assertThatThrownBy(() -> Schedules.explore(Exploration.systematic(100), () -> {
                    int number = run.incrementAndGet();
                    Tasks.builder().name("a" + number).spawn(() -> {});
                    Tasks.builder().name("b" + number).spawn(() -> {});
                }))
                .hasMessageContaining("does not do the same each time");
    }

    // ---- Leaving nothing behind -------------------------------------------------------------------------------------

    @Test
    @DisplayName("Thousands of schedules leave no threads and no tasks behind")
    void leavesNothing() throws InterruptedException {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        List<Task<?>> last = new ArrayList<>();

        ExplorationReport report = Schedules.explore(Exploration.seeds(3000), () -> {
            assertThat(last).allMatch(Task::isDone);
            last.clear();
            for (int i = 0; i < 4; i++) {
                last.add(Tasks.spawn(() -> threads.add(Thread.currentThread())));
            }
        });

        assertThat(report).isEqualTo(new ExplorationReport(3000, 0, false));
        assertThat(last).allMatch(Task::isDone);
        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("schedule"));
    }
}
