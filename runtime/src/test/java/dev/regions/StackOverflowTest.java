package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Lets the stack give out in the middle of what the runtime does, wherever that may be: recurses to a random depth near
 * the one at which the stack just suffices, and does it there. {@code regions.overflow.rounds} says how often, for each
 * thing to do and each kind of thread.
 */
class StackOverflowTest {
    private static final int ROUNDS = Integer.getInteger("regions.overflow.rounds", 300);
    private static final long SMALL_STACK = 256 << 10;
    private static final int LONGEST_STEP = 40;

    /** Something to do at the bottom of the stack; adds the tasks that it gets handles of. */
    @FunctionalInterface
    private interface Deed {
        void act(List<Task<?>> handles) throws Exception;
    }

    private enum Place {
        BODY,
        PLATFORM_THREAD,
        VIRTUAL_THREAD
    }

    static Stream<Arguments> cases() {
        return Stream.of(
                        deed("spawn", all -> kept(all, Tasks.spawn(() -> 1))),
                        deed("spawn with edges", all -> {
                            Task<Integer> one = kept(all, Tasks.spawn(() -> 1));
                            kept(all, Tasks.spawn(one, kept(all, Tasks.spawn(() -> 2)), Integer::sum));
                        }),
                        deed(
                                "spawn with terms",
                                all -> kept(
                                        all,
                                        Tasks.builder()
                                                .limit(Limit.of("one", 1))
                                                .timeout(Duration.ofSeconds(SECONDS))
                                                .spawn(() -> 1))),
                        deed("join", all -> kept(all, Tasks.spawn(() -> 1)).join()),
                        deed("join that parks", all -> kept(
                                        all, Tasks.builder().dedicatedThread().spawn(() -> 1))
                                .join()),
                        deed("cancel", all -> {
                            Task<Integer> external =
                                    kept(all, Tasks.<Integer>completable().task());
                            kept(all, Tasks.spawn(external, x -> x));
                            kept(all, Tasks.builder().after(external).spawn(() -> 1));
                            external.cancel();
                        }),
                        deed("external completion", all -> {
                            CompletableTask<Integer> external = Tasks.completable();
                            kept(all, external.task());
                            kept(all, Tasks.spawn(external.task(), x -> x));
                            external.complete(1);
                        }),
                        deed(
                                "bulk region",
                                all -> Regions.bulk(() -> {
                                    kept(all, Tasks.spawn(kept(all, Tasks.spawn(() -> 1)), x -> x));
                                })),
                        deed(
                                "bulk in sequential",
                                all -> Regions.sequential(() -> {
                                    Regions.bulk(() -> {
                                        kept(all, Tasks.spawn(() -> 1));
                                        kept(all, Tasks.spawn(() -> 1));
                                    });
                                    kept(all, Tasks.spawn(() -> 1));
                                })),
                        deed(
                                "joined region",
                                all -> Regions.joined(() -> {
                                    kept(all, Tasks.spawn(kept(all, Tasks.spawn(() -> 1)), x -> x));
                                })),
                        deed("scope", all -> {
                            try (var scope = Regions.bulk()) {
                                kept(all, scope.fork(kept(all, scope.fork(() -> 1)), x -> x));
                                scope.join();
                            }
                        }),
                        deed("future", all -> kept(all, Tasks.spawn(() -> 1))
                                .toCompletableFuture()
                                .join()))
                .flatMap(deed -> Stream.of(Place.values()).map(place -> Arguments.of(deed.name, place, deed.deed)));
    }

    private record Named(String name, Deed deed) {}

    private static Named deed(String name, Deed deed) {
        return new Named(name, deed);
    }

    private static <T extends Task<?>> T kept(List<Task<?>> all, T task) {
        all.add(task);
        return task;
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cases")
    @DisplayName(
            "Where the stack gives out in the middle, each handle becomes final, and the runtime is left with nothing")
    @Timeout(value = 4 * SECONDS, unit = TimeUnit.SECONDS)
    void overflows(String name, Place place, Deed deed) throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        TaskRuntime runtime = TaskRuntime.builder()
                .name("overflowing")
                .onUncaughtFailure(failure -> {})
                .build();
        int depth = 1_000;
        int overflows = 0;

        for (int round = 0; round < ROUNDS; round++) {
            List<Task<?>> handles = new ArrayList<>(16);
            boolean overflowed = actAt(depth, deed, handles, place, runtime);
            overflows += overflowed ? 1 : 0;
            int step = overflows == 0 ? depth : random.nextInt(1, LONGEST_STEP);
            depth = Math.max(1, overflowed ? depth - step : depth + step);

            String what = name + ", seed " + seed + ", round " + round;
            for (Task<?> handle : handles) {
                if (name.equals("cancel") || name.equals("external completion")) {
                    handle.cancel(); // it may have been refused
                }
                assertThat(endsInTime(handle))
                        .as("%s: %s is final", what, handle)
                        .isTrue();
            }
        }

        assertThat(overflows).as("seed %s: it did overflow now and then", seed).isPositive();
        Awaitility.await().untilAsserted(() -> assertThat(runtime.inFlightCount())
                .as("%s, seed %s: in flight", name, seed)
                .isZero());
        Handshakes.onAnotherThread(() -> {
            runtime.close();
            return null;
        });
    }

    private static boolean actAt(int depth, Deed deed, List<Task<?>> handles, Place place, TaskRuntime runtime)
            throws Exception {
        FutureTask<Boolean> overflows = new FutureTask<>(() -> {
            try {
                descend(depth, deed, handles);
                return false;
            } catch (StackOverflowError expected) {
                return true;
            }
        });
        switch (place) {
            case BODY -> runtime.run(() -> Tasks.spawn(overflows::run));
            case PLATFORM_THREAD -> new Thread(null, () -> runtime.run(overflows::run), "deep", SMALL_STACK).start();
            case VIRTUAL_THREAD -> Thread.ofVirtual().start(() -> runtime.run(overflows::run));
        }
        try {
            return overflows.get(2 * SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException other) {
            if (isOverflow(other)) {
                return true; // a task of the region failed of it, in place
            }
            throw other;
        }
    }

    private static boolean isOverflow(Throwable thrown) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at instanceof StackOverflowError) {
                return true;
            }
        }
        return false;
    }

    private static int descend(int depth, Deed deed, List<Task<?>> handles) throws Exception {
        if (depth == 0) {
            deed.act(handles);
            return 0;
        }
        return 1 + descend(depth - 1, deed, handles);
    }

    private static boolean endsInTime(Task<? extends @Nullable Object> task) throws InterruptedException {
        try {
            task.get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException | CancellationException ended) {
            return true;
        }
        return true;
    }

    @Test
    @DisplayName("A join that overflows the stack leaves the thread interrupted")
    @Timeout(value = 4 * SECONDS, unit = TimeUnit.SECONDS)
    void keepsInterrupt() throws Exception {
        CompletableTask<Integer> pending = Tasks.completable();
        Interrupted seen = new Interrupted(pending.task());
        FutureTask<Void> deep = new FutureTask<>(seen::descendOften, null);
        Thread thread = new Thread(null, deep, "deep", SMALL_STACK);
        thread.start();

        deep.get();
        pending.complete(1);

        assertThat(seen.overflows).as("joins that overflowed").isPositive();
        assertThat(seen.thrown).as("joins that threw InterruptedException").isPositive();
        assertThat(seen.lost).as("interrupts lost").isZero();
    }

    /** Joins a task, interrupted, in the frames above the bottom of a stack. */
    private static final class Interrupted {
        private static final int DESCENTS = 200;
        private static final int JOINS = 200;

        private final Task<Integer> pending;
        private int left;
        int overflows;
        int thrown;
        int lost;

        Interrupted(Task<Integer> pending) {
            this.pending = pending;
        }

        void descendOften() {
            for (int i = 0; i < DESCENTS; i++) {
                left = JOINS;
                descend();
            }
        }

        private void descend() {
            try {
                descend();
            } catch (StackOverflowError bottom) {
                // some frames above
            }
            if (left > 0) {
                left--;
                join();
            }
        }

        private void join() {
            Thread.currentThread().interrupt();
            try {
                pending.join();
            } catch (InterruptedException expected) {
                thrown++;
                return;
            } catch (StackOverflowError overflow) {
                overflows++;
            }
            lost += Thread.interrupted() ? 0 : 1;
        }
    }
}
