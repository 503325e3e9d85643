package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.queue.Joiner;
import dev.regions.queue.RegionAction;
import dev.regions.task.Priority;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskAction;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskFunction1;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Uses something of the runtime for the first time in a JVM where the stack gives out: at the bottom of a recursion,
 * and at each of the levels above it. {@link StackOverflowTest} does so in a JVM that has loaded and linked everything.
 */
@Timeout(value = 4 * SECONDS, unit = TimeUnit.SECONDS)
class ColdStackTest {

    /** What is done there. No lambdas: these would be linked for the first time, too. */
    enum Deed {
        SPAWN,
        JOIN,
        FAIL,
        LIMIT,
        PRIORITY,
        TIMEOUT,
        DEADLINE,
        RETRY,
        DEDICATED,
        CANCEL,
        EXTERNAL,
        FUTURE,
        BULK,
        SEQUENTIAL,
        JOINED,
        POLICY,
        LIMITED,
        WITHIN
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "Where the stack gives out at the first use of something, each handle becomes final, and the runtime closes")
    void firstUse(Deed deed) throws Exception {
        ForkedJvm.run(Diver.class, SECONDS, List.of(), deed.name(), "TASK");
        ForkedJvm.run(Diver.class, SECONDS, List.of(), deed.name(), "THREAD");
    }

    /** Started in a JVM of its own. */
    static final class Diver implements Callable<Void>, TaskAction, RegionAction<RuntimeException> {
        private static final int LEVELS = 400;
        private static final long SMALL_STACK = 512 << 10;
        private static final IllegalStateException FAILURE = new IllegalStateException("on purpose");
        private static final Duration SHORT = Duration.ofMillis(20);

        private static final class One implements Callable<Integer> {
            @Override
            public Integer call() {
                return 1;
            }
        }

        private static final class Failing implements Callable<Integer> {
            @Override
            public Integer call() {
                throw FAILURE;
            }
        }

        private static final class Same implements TaskFunction1<Integer, Integer> {
            @Override
            public Integer apply(Integer x) {
                return x;
            }
        }

        private final class SpawnsOne implements RegionAction<RuntimeException> {
            @Override
            public void run() {
                handles.add(Tasks.spawn(one));
            }
        }

        private final One one = new One();
        private final Failing failing = new Failing();
        private final Same same = new Same();
        private final SpawnsOne spawnsOne = new SpawnsOne();
        private final RetryPolicy retry = RetryPolicy.maxAttempts(2);
        private final Limit limit = Limit.of("limit", 1);
        private final List<Task<?>> handles = new ArrayList<>(10 * LEVELS);
        private final List<CompletableTask<Integer>> externals = new ArrayList<>(10 * LEVELS);
        private final Deed deed;
        private final CompletableTask<Integer> pending;
        private int levels;

        private Diver(Deed deed, TaskRuntime runtime) {
            this.deed = deed;
            this.pending = runtime.call(Tasks::completable);
        }

        public static void main(String[] arguments) throws Exception {
            TaskRuntime runtime = TaskRuntime.builder()
                    .name("cold")
                    .onUncaughtFailure(failure -> {})
                    .build();
            Diver diver = new Diver(Deed.valueOf(arguments[0]), runtime);
            if (arguments[1].equals("TASK")) {
                runtime.call(() -> Tasks.spawn((TaskAction) diver)).get(SECONDS, TimeUnit.SECONDS);
            } else {
                FutureTask<Void> dive = new FutureTask<>(() -> {
                    runtime.run((RegionAction<RuntimeException>) diver);
                    return null;
                });
                new Thread(null, dive, "diver", SMALL_STACK).start();
                dive.get(SECONDS, TimeUnit.SECONDS);
            }
            for (CompletableTask<Integer> external : diver.externals) {
                external.complete(1);
            }
            diver.pending.complete(1);
            for (Task<?> handle : diver.handles) {
                try {
                    handle.get(SECONDS, TimeUnit.SECONDS);
                } catch (ExecutionException | CancellationException ended) {
                    // it is final
                }
            }
            runtime.close();
            int again = TaskRuntime.shared()
                    .call(() -> Tasks.builder().limit(diver.limit).spawn(diver.one))
                    .get(SECONDS, TimeUnit.SECONDS); // the only place is free again
            System.exit(again - 1);
        }

        @Override
        public Void call() {
            run();
            return null;
        }

        @Override
        public void run() {
            try {
                run();
            } catch (StackOverflowError bottom) {
                // go on from here
            }
            if (levels++ < LEVELS) {
                try {
                    act();
                } catch (StackOverflowError refused) {
                    // nothing was done, or all of it
                } catch (Exception wrong) {
                    throw new AssertionError(wrong);
                }
            }
        }

        private void act() throws Exception {
            if (deed == Deed.SPAWN) {
                handles.add(Tasks.spawn(one));
            } else if (deed == Deed.JOIN) {
                Tasks.spawn(one).join();
            } else if (deed == Deed.FAIL) {
                Task<Integer> task = Tasks.spawn(failing);
                handles.add(task);
                try {
                    task.join();
                } catch (TaskFailedException expected) {
                    // as it is to
                }
            } else if (deed == Deed.LIMIT) {
                handles.add(Tasks.builder().limit(limit).spawn(one));
            } else if (deed == Deed.PRIORITY) {
                handles.add(Tasks.builder().priority(Priority.HIGH).spawn(one));
            } else if (deed == Deed.TIMEOUT) {
                handles.add(Tasks.builder().timeout(SHORT).spawn(one));
            } else if (deed == Deed.DEADLINE) {
                handles.add(Tasks.builder().deadline(SHORT).spawn(pending.task(), same));
            } else if (deed == Deed.RETRY) {
                handles.add(Tasks.builder().retry(retry).spawn(failing));
            } else if (deed == Deed.DEDICATED) {
                handles.add(Tasks.builder().dedicatedThread().spawn(one));
            } else if (deed == Deed.CANCEL) {
                Task<Integer> task = Tasks.spawn(pending.task(), same);
                handles.add(task);
                task.cancel();
            } else if (deed == Deed.EXTERNAL) {
                CompletableTask<Integer> external = Tasks.completable();
                externals.add(external); // its completion may be refused
                handles.add(external.task());
                external.complete(1);
            } else if (deed == Deed.FUTURE) {
                Task<Integer> task = Tasks.spawn(one);
                handles.add(task);
                task.toCompletableFuture();
            } else if (deed == Deed.BULK) {
                Regions.bulk(spawnsOne);
            } else if (deed == Deed.SEQUENTIAL) {
                Regions.sequential(spawnsOne);
            } else if (deed == Deed.JOINED) {
                Regions.joined(spawnsOne);
            } else if (deed == Deed.POLICY) {
                Regions.joined(Joiner.failFast(), spawnsOne);
            } else if (deed == Deed.LIMITED) {
                Regions.withLimit(limit, spawnsOne);
            } else if (deed == Deed.WITHIN) {
                Regions.withDeadline(SHORT, spawnsOne);
            }
        }
    }

    @Test
    @DisplayName(
            "Deep in the stack of a virtual thread, which cannot park there, deadlines are set and called off while others do so")
    void alarmsWhereNoThreadCanPark() throws Exception {
        TaskRuntime runtime = TaskRuntime.builder().name("deep").build();
        CompletableTask<Integer> pending = runtime.call(Tasks::completable);
        AtomicBoolean done = new AtomicBoolean();
        Callable<Void> contending = () -> {
            while (!done.get()) {
                setAndCallOff(runtime, pending);
            }
            return null;
        };
        List<FutureTask<Void>> others = List.of(Handshakes.start(contending), Handshakes.start(contending));
        try {
            Task<Integer> deep = runtime.call(() -> Tasks.spawn(() -> {
                int bottom = depthOf();
                return descend(bottom * 6 / 10, () -> {
                    for (int i = 0; i < 2_000; i++) {
                        setAndCallOff(runtime, pending);
                    }
                    return 1;
                });
            }));

            assertThat(deep.join()).isEqualTo(1);
        } finally {
            done.set(true);
            pending.complete(1);
        }

        for (FutureTask<Void> other : others) {
            other.get(SECONDS, TimeUnit.SECONDS);
        }
        Handshakes.onAnotherThread(() -> {
            runtime.close();
            return null;
        });
        assertThat(runtime.inFlightCount()).isZero();
    }

    private static void setAndCallOff(TaskRuntime runtime, CompletableTask<Integer> pending) {
        runtime.call(() -> Tasks.builder().deadline(Duration.ofHours(1)).spawn(pending.task(), x -> x))
                .cancel();
    }

    private static int depthOf() throws Exception {
        int[] deepest = new int[1];
        try {
            descend(
                    Integer.MAX_VALUE,
                    () -> {
                        throw new AssertionError("the stack has no end");
                    },
                    deepest);
        } catch (StackOverflowError bottom) {
            // that deep
        }
        return deepest[0];
    }

    private static int descend(int depth, Callable<Integer> there) throws Exception {
        return descend(depth, there, new int[1]);
    }

    private static int descend(int depth, Callable<Integer> there, int[] reached) throws Exception {
        reached[0]++;
        return depth == 0 ? there.call() : descend(depth - 1, there, reached);
    }
}
