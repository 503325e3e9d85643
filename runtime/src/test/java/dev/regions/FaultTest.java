package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static dev.regions.Handshakes.start;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.queue.ChainPolicy;
import dev.regions.queue.Joiner;
import dev.regions.queue.RegionAction;
import dev.regions.task.Priority;
import dev.regions.task.RegionFailedException;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random graphs in which everything goes wrong that can: bodies throw exceptions and errors, hostile ones among them,
 * interrupt themselves, run out of stack, join and cancel other tasks, a second thread cancels at random, and regions
 * are given up. What must hold then does not depend on what went wrong.
 *
 * <p>The seed says all of what is spawned; only the interleaving is left to chance. {@code regions.fault.seeds} says
 * how many seeds to run, 50 if it is not set; 1000 is the long run, a few minutes. {@code regions.fault.seed} runs one
 * seed alone, to replay it.
 */
class FaultTest {
    private static final int TASKS = 10_000;
    /** Predecessors are drawn from so many tasks before, so that chains grow long. */
    private static final int REACH = 200;

    private static final long SMALL_STACK = 256 << 10;
    /** How often a thread with a small stack runs out of it. */
    private static final int SMALL_STACK_ROUNDS = 5;
    /** How many tasks of a graph run out of stack at most, because that takes a millisecond or more each time. */
    private static final int MOST_WITHOUT_STACK = 15;

    static LongStream seeds() {
        Long one = Long.getLong("regions.fault.seed");
        return one != null ? LongStream.of(one) : LongStream.range(0, Long.getLong("regions.fault.seeds", 50));
    }

    /** The JVM links the code of this test, which must not happen at the bottom of a stack. */
    @BeforeAll
    static void linkDeepDeeds() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            Graph graph = new Graph(0, runtime);
            runtime.call(() -> {
                for (DeepDeed deed : DeepDeed.values()) {
                    graph.new Descent(0, deed, 1).link();
                }
                return null;
            });
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("A graph of 10,000 tasks with faults: each task ends once, as what happened to it and before it says")
    @Timeout(value = 4 * SECONDS, unit = TimeUnit.SECONDS)
    void faults(long seed) throws Exception {
        TaskRuntime runtime = TaskRuntime.builder()
                .name("fault-" + seed)
                .onUncaughtFailure(failure -> {})
                .build();
        Graph graph = new Graph(seed, runtime);

        FutureTask<@Nullable Void> running = start(() -> {
            runtime.call(() -> {
                graph.run();
                return null;
            });
            graph.check();
            assertThat(graph.narrow.inUse() + graph.wide.inUse())
                    .as("places taken")
                    .isZero();
            awaitTrue(() -> runtime.timersSet() == 0); // but for a last look for deadlocks
            assertThat(runtime.waitingOutside()).as("listed as waiting").isZero();
            awaitNothingInFlight(runtime);
            runCleanGraph(runtime);
            awaitNothingInFlight(runtime);
            runtime.close();
            return null;
        });

        try {
            running.get(2 * SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            String what = failed instanceof TimeoutException
                    ? "does not end: " + graph.unfinished() + "\n" + runtime.dump() + "\n" + platformThreads()
                    : "";
            runtime.shutdownNow();
            throw new AssertionError("-Dregions.fault.seed=" + seed + " replays this: " + what, failed);
        }
    }

    /** Returns the stacks of the platform threads: the one that spawns, and those that wait for it. */
    private static String platformThreads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .map(each -> Stream.of(each.getValue())
                        .map(frame -> "\n    at " + frame)
                        .collect(Collectors.joining("", each.getKey().toString(), "")))
                .collect(Collectors.joining("\n"));
    }

    /** A worker counts a task as ended a moment after the task is seen final. */
    private static void awaitNothingInFlight(TaskRuntime runtime) {
        awaitTrue(() -> runtime.inFlightCount() == 0);
    }

    private static void awaitTrue(Callable<Boolean> condition) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(SECONDS))
                .until(condition);
    }

    /** Afterwards, the same runtime runs a small graph as if nothing had been. */
    private static void runCleanGraph(TaskRuntime runtime) throws Exception {
        AtomicInteger interrupted = new AtomicInteger();
        List<Integer> order = new ArrayList<>();
        Task<Integer> sum = runtime.call(() -> Regions.joined(() -> {
            Regions.sequential(() -> {
                for (int i = 0; i < 100; i++) {
                    int index = i;
                    Tasks.spawn(() -> {
                        order.add(index);
                        if (Thread.currentThread().isInterrupted()) {
                            interrupted.incrementAndGet();
                        }
                    });
                }
            });
            return Regions.bulk(() -> {
                Task<Integer> one = Tasks.spawn(() -> 1);
                List<Task<Integer>> wide = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    wide.add(Tasks.spawn(one, x -> x + (Thread.interrupted() ? 1000 : 0)));
                }
                return Tasks.spawn(wide, ones -> ones.stream().mapToInt(x -> x).sum());
            });
        }));
        assertThat(sum.join()).isEqualTo(100);
        assertThat(order).hasSize(100).isSorted();
        assertThat(interrupted).hasValue(0);
    }

    @AfterAll
    static void noThreadIsLeft() {
        Awaitility.await()
                .atMost(SECONDS, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(VirtualThreads.named("fault-")).isEmpty());
    }

    /**
     * Where whoever adds something to {@link TaskBuilder} that may be said of any task says it of some: a priority, a
     * timeout, a number of attempts. A task that may run more than once must have its number of attempts put down in
     * the graph ({@link Graph#attempts}); one that may end otherwise than its body says, a timeout, in
     * {@link Graph#mayEndEarly}.
     */
    private static TaskBuilder dress(TaskBuilder builder, SplittableRandom random, int index, Graph graph) {
        if (random.nextInt(4) == 0) {
            builder = builder.name("fault-task-" + index);
        }
        if (random.nextInt(100) == 0) {
            builder = builder.dedicatedThread();
        }
        if (random.nextInt(10) == 0) {
            builder = builder.priority(random.nextBoolean() ? Priority.HIGH : Priority.LOW);
        }
        if (random.nextInt(20) == 0) {
            graph.attempts[index] = 2 + random.nextInt(3);
            RetryPolicy policy = RetryPolicy.maxAttempts(graph.attempts[index]);
            builder = builder.retry(
                    random.nextBoolean() ? policy : policy.backoff(Duration.ofNanos(1 + random.nextInt(200_000))));
        }
        if (random.nextInt(50) == 0) {
            graph.mayEndEarly.set(index);
            Duration time = Duration.ofNanos(1 + random.nextInt(5_000_000));
            builder = random.nextBoolean() ? builder.timeout(time) : builder.deadline(time);
        }
        if (graph.deeds[index] == Deed.SUCCEED
                && random.nextInt(20) == 0) { // those that wait could wait for each other
            builder = builder.limit(random.nextBoolean() ? graph.narrow : graph.wide);
        }
        return builder;
    }

    /** What the body of a task does. */
    private enum Deed {
        WAIT_FOR_THE_GATE,
        SUCCEED,
        THROW_EXCEPTION,
        THROW_ERROR,
        THROW_INTERRUPTED,
        THROW_HOSTILE,
        INTERRUPT_ITSELF,
        INTERRUPT_ITSELF_AND_THROW,
        YIELD,
        WAIT_UNTIL_ALL_ARE_SPAWNED,
        JOIN_ANOTHER,
        SPAWN_AND_JOIN,
        CANCEL_ANOTHER,
        CANCEL_ITSELF,
        LEAVE_A_SCOPE_OPEN,
        FAIL_A_REGION,
        LOOK_AT_ANOTHER,
        RUN_OUT_OF_STACK
    }

    /** What is done where the stack gives out. */
    private enum DeepDeed {
        SPAWN,
        SPAWN_AND_JOIN,
        CANCEL,
        COMPLETE,
        OPEN_A_REGION
    }

    private static final class OnPurposeException extends Exception {
        private static final long serialVersionUID = 1L;
        final int index;

        OnPurposeException(int index) {
            super("task " + index + " throws an exception on purpose", null, false, false);
            this.index = index;
        }
    }

    private static final class OnPurposeError extends Error {
        private static final long serialVersionUID = 1L;
        final int index;

        OnPurposeError(int index) {
            super("task " + index + " throws an error on purpose", null, false, false);
            this.index = index;
        }
    }

    /** An exception of a user who means no good: it cannot be printed, compared, or asked for anything. */
    private static final class HostileException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HostileException(boolean takesSuppressed) {
            super("hostile", null, takesSuppressed, takesSuppressed);
        }

        private static RuntimeException refusal() {
            return new IllegalStateException("an exception that refuses everything");
        }

        @Override
        public String toString() {
            throw refusal();
        }

        @Override
        public String getMessage() {
            throw refusal();
        }

        @Override
        public String getLocalizedMessage() {
            throw refusal();
        }

        @Override
        public synchronized Throwable getCause() {
            throw refusal();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw refusal();
        }

        @Override
        public int hashCode() {
            throw refusal();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            throw refusal();
        }
    }

    /** An exception whose text is null, or needs more stack than there is, or is an error. */
    private static final class TextlessException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int kind;

        TextlessException(int kind) {
            this.kind = kind;
        }

        @Override
        @SuppressWarnings("InfiniteRecursion")
        public @Nullable String toString() {
            return switch (kind) {
                case 0 -> null;
                case 1 -> this + "!";
                default -> throw new LinkageError("the text of an exception");
            };
        }
    }

    private static final class GivenUpException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        GivenUpException() {
            super("the region is given up on purpose", null, false, false);
        }
    }

    /** The tasks that the next step of a sequential region comes after. */
    private static final class Chain {
        final ChainPolicy policy;
        final @Nullable Chain around;
        int[] previous = {};

        Chain(ChainPolicy policy, @Nullable Chain around) {
            this.policy = policy;
            this.around = around;
        }
    }

    /**
     * Where something is spawned.
     *
     * @param chain the innermost sequential region
     * @param isStep whether what is spawned here is a step of that by itself, and not part of a bulk region inside it
     * @param isHeld whether it is spawned in a bulk region, and cannot start before that ends
     */
    private record Place(@Nullable Chain chain, boolean isStep, boolean isHeld) {
        static final Place ROOT = new Place(null, false, false);
    }

    /** A random graph, what is known of it, and what is observed of it. */
    private static final class Graph {
        private final SplittableRandom random;
        private final TaskRuntime runtime;
        private final double cancelShare;

        // What is known: written by the spawning thread before the task is put into tasks.
        private final Deed[] deeds = new Deed[TASKS];
        private final int[] targets = new int[TASKS];
        /** What those throw that throw something hostile. */
        private final @Nullable Throwable[] hostile = new Throwable[TASKS];

        private final Throwable shared = new IllegalStateException("thrown by many tasks on purpose");
        private final Throwable sharedHostile = new HostileException(true);
        private final int[][] required = new int[TASKS][];
        private final int[][] before = new int[TASKS][];
        /** Those that the task comes after because of sequential regions, with what they require. */
        private final int[][] requiredByRegion = new int[TASKS][];

        private final int[][] beforeByRegion = new int[TASKS][];
        private final BitSet givenUp = new BitSet(TASKS);
        /** How often a body may run at most. */
        final int[] attempts = new int[TASKS];
        /** Tasks that may end as failed or cancelled although nothing here says so. */
        final BitSet mayEndEarly = new BitSet(TASKS);

        final Limit narrow = Limit.of("narrow", 1);
        final Limit wide = Limit.of("wide", 4);

        private int spawned;
        private int withoutStack;
        private final Deed[] mostDeeds;

        // What is observed, by all threads.
        private final AtomicReferenceArray<@Nullable Task<Integer>> tasks = new AtomicReferenceArray<>(TASKS);
        private final AtomicInteger published = new AtomicInteger();
        private final AtomicIntegerArray runs = new AtomicIntegerArray(TASKS);
        private final AtomicLongArray started = new AtomicLongArray(TASKS);
        private final AtomicLongArray ended = new AtomicLongArray(TASKS);
        private final AtomicIntegerArray cancelTries = new AtomicIntegerArray(TASKS);
        private final AtomicIntegerArray cancelsWon = new AtomicIntegerArray(TASKS);
        /** 1 for tasks cancelled when they could not have started. */
        private final AtomicIntegerArray neverToRun = new AtomicIntegerArray(TASKS);

        private final AtomicIntegerArray futures = new AtomicIntegerArray(TASKS);
        private final AtomicIntegerArray futuresTold = new AtomicIntegerArray(TASKS);
        private final AtomicLong clock = new AtomicLong();
        private final Queue<String> violations = new ConcurrentLinkedQueue<>();
        /** Those spawned where the stack gave out. */
        private final Queue<Task<Integer>> deep = new ConcurrentLinkedQueue<>();

        private final CountDownLatch gate = new CountDownLatch(1);
        private final CountDownLatch allSpawned = new CountDownLatch(1);

        Graph(long seed, TaskRuntime runtime) {
            this.runtime = runtime;
            random = new SplittableRandom(seed);
            // From graphs in which nearly all runs to those in which nearly nothing does.
            cancelShare = random.nextInt(4) == 0 ? 0.5 : 0.03 * random.nextDouble();
            mostDeeds = new Deed[random.nextInt(4) == 0 ? 10 : 500];
            Arrays.fill(mostDeeds, Deed.SUCCEED);
        }

        // ---- Running it ---------------------------------------------------------------------------------------------

        void run() throws Exception {
            long cancelSeed = random.nextLong();
            int gateOpensAt = random.nextInt(TASKS);
            FutureTask<Void> canceller = start(() -> cancelAtRandom(new SplittableRandom(cancelSeed)));
            long shallowSeed = random.nextLong();
            FutureTask<@Nullable Void> shallow =
                    new FutureTask<>(() -> runtime.call(() -> actOnSmallStack(new SplittableRandom(shallowSeed))));
            new Thread(null, shallow, "small stack", SMALL_STACK).start();
            try {
                while (spawned < TASKS) {
                    step(Place.ROOT, 3);
                    if (spawned >= gateOpensAt) {
                        gate.countDown();
                    }
                }
            } finally {
                gate.countDown();
                allSpawned.countDown();
            }
            for (int i = 0; i < TASKS; i++) {
                Task<Integer> task = task(i);
                if (!task.isDone()) {
                    task.await();
                }
            }
            canceller.get(SECONDS, TimeUnit.SECONDS);
            shallow.get(SECONDS, TimeUnit.SECONDS);
            for (Task<Integer> task : deep) {
                task.await();
            }
        }

        private Task<Integer> task(int index) {
            return Objects.requireNonNull(tasks.get(index));
        }

        private @Nullable Void cancelAtRandom(SplittableRandom random) {
            int tries = (int) (cancelShare * TASKS);
            while (tries > 0) {
                int upTo = published.get();
                if (upTo > 0) {
                    // As often as not, one that was spawned just now.
                    cancel(
                            random.nextBoolean() ? random.nextInt(upTo) : Math.max(0, upTo - 1 - random.nextInt(20)),
                            random);
                    tries--;
                }
                if (random.nextInt(4) == 0) {
                    Thread.yield();
                }
            }
            return null;
        }

        private void cancel(int index, SplittableRandom random) {
            if (random.nextInt(8) == 0) {
                watch(index);
            }
            Task<Integer> task = task(index);
            cancelTries.incrementAndGet(index);
            boolean waits = IntStream.of(required[index]).anyMatch(predecessor -> predecessor == 0);
            if (task.cancel(random.nextInt(4) != 0)) {
                cancelsWon.incrementAndGet(index);
                boolean couldNotStart = waits && gate.getCount() > 0;
                if (couldNotStart || task.isDone() && runs.get(index) == 0) {
                    neverToRun.set(index, 1);
                }
            }
        }

        /** Has a future told of the end of a task. */
        private void watch(int index) {
            futures.incrementAndGet(index);
            task(index).toCompletableFuture().whenComplete((result, thrown) -> futuresTold.incrementAndGet(index));
        }

        // ---- Drawing it ---------------------------------------------------------------------------------------------

        /** One task, or one region of some steps. */
        private void step(Place place, int depth) throws Exception {
            int kind = depth == 0 ? 9 : random.nextInt(10);
            if (kind == 0) {
                bulk(place, depth - 1);
            } else if (kind == 1) {
                sequential(place, depth - 1);
            } else {
                spawn(place);
            }
        }

        private void steps(Place place, int depth) throws Exception {
            for (int left = random.nextInt(30); left > 0 && spawned < TASKS; left--) {
                step(place, depth);
            }
        }

        private void bulk(Place place, int depth) throws Exception {
            int from = spawned;
            boolean isGivenUp = random.nextInt(20) == 0;
            try {
                Regions.bulk(() -> {
                    steps(new Place(place.chain, false, true), depth);
                    if (isGivenUp) {
                        throw new GivenUpException();
                    }
                });
            } catch (GivenUpException expected) {
                givenUp.set(from, spawned);
            }
            int[] handedOn =
                    IntStream.range(from, spawned).filter(i -> !givenUp.get(i)).toArray();
            if (place.isStep && handedOn.length > 0) {
                Objects.requireNonNull(place.chain).previous = handedOn;
            }
        }

        private void sequential(Place place, int depth) throws Exception {
            if (place.isStep) { // the same chain, continued
                Regions.sequential(Objects.requireNonNull(place.chain).policy, () -> steps(place, depth));
            } else {
                ChainPolicy policy = random.nextInt(3) == 0 ? ChainPolicy.SKIP_REST : ChainPolicy.CONTINUE;
                Chain chain = new Chain(policy, place.chain);
                Regions.sequential(policy, () -> steps(new Place(chain, true, place.isHeld), depth));
            }
        }

        private void spawn(Place place) {
            int index = spawned++;
            deeds[index] = index == 0 ? Deed.WAIT_FOR_THE_GATE : drawDeed();
            targets[index] = index == 0 ? 0 : index - 1 - random.nextInt(Math.min(index, REACH));
            attempts[index] = 1;
            if (deeds[index] == Deed.THROW_HOSTILE || deeds[index] == Deed.FAIL_A_REGION) {
                hostile[index] = drawHostile();
            }
            int[] arguments = drawPredecessors(index, 3);
            int[] others = drawPredecessors(index, 1);
            if (gate.getCount() > 0 && index > 0 && random.nextInt(20) == 0) {
                others = new int[] {0};
            }
            required[index] = IntStream.concat(IntStream.of(arguments), IntStream.of(others))
                    .toArray();
            before[index] = drawPredecessors(index, 2);
            requiredByRegion[index] = previousSteps(place, ChainPolicy.SKIP_REST);
            beforeByRegion[index] = previousSteps(place, ChainPolicy.CONTINUE);
            if (place.isStep) {
                Objects.requireNonNull(place.chain).previous = new int[] {index};
            }

            TaskBuilder builder = dress(Tasks.builder(), random, index, this);
            if (others.length > 0) {
                builder = builder.requires(tasksAt(others));
            }
            if (before[index].length > 0) {
                builder = builder.after(tasksAt(before[index]));
            }
            tasks.set(index, spawn(builder, index, tasksAt(arguments)));
            published.set(index + 1);
            if (random.nextInt(100) == 0) {
                watch(index);
            }
            if (place.isHeld && random.nextInt(50) == 0) {
                cancel(index, random);
                if (cancelsWon.get(index) > 0 && task(index).isDone()) {
                    neverToRun.set(index, 1);
                }
            }
        }

        private Task<Integer> spawn(TaskBuilder builder, int index, List<Task<Integer>> arguments) {
            return switch (arguments.size()) {
                case 0 -> builder.spawn(() -> body(index, List.of()));
                case 1 -> builder.spawn(arguments.get(0), a -> body(index, List.of(a)));
                case 2 -> builder.spawn(arguments.get(0), arguments.get(1), (a, b) -> body(index, List.of(a, b)));
                default -> builder.spawn(arguments, all -> body(index, all));
            };
        }

        private Deed drawDeed() {
            int drawn = random.nextInt(mostDeeds.length + Deed.values().length - 1);
            Deed deed = drawn < mostDeeds.length ? mostDeeds[drawn] : Deed.values()[1 + drawn - mostDeeds.length];
            return deed == Deed.RUN_OUT_OF_STACK && withoutStack++ >= MOST_WITHOUT_STACK ? Deed.SUCCEED : deed;
        }

        private Throwable drawHostile() {
            return switch (random.nextInt(8)) {
                case 0 -> new HostileException(true);
                case 1 -> new HostileException(false);
                case 2 -> new TextlessException(random.nextInt(3));
                case 3 -> new CancellationException("of the body's own");
                case 4 -> new CompletionException(null, null);
                case 5 -> circle();
                case 6 -> shared;
                default -> sharedHostile;
            };
        }

        /** Makes exceptions that are the causes of each other, and suppressed by each other. */
        private static Throwable circle() {
            RuntimeException one = new IllegalStateException("one of a circle");
            Error other = new Error("the other of a circle", one);
            one.initCause(other);
            one.addSuppressed(other);
            other.addSuppressed(one);
            return one;
        }

        /** Draws some of the tasks spawned shortly before. Most tasks have few. */
        private int[] drawPredecessors(int index, int atMost) {
            int count = index == 0 || random.nextInt(3) != 0 ? 0 : 1 + random.nextInt(atMost);
            int[] drawn = new int[count];
            for (int i = 0; i < count; i++) {
                drawn[i] = index - 1 - random.nextInt(Math.min(index, REACH));
            }
            return drawn;
        }

        private static int[] previousSteps(Place place, ChainPolicy policy) {
            IntStream previous = IntStream.empty();
            for (Chain chain = place.chain; chain != null; chain = chain.around) {
                if (chain.policy == policy) {
                    previous = IntStream.concat(previous, IntStream.of(chain.previous));
                }
            }
            return previous.toArray();
        }

        private List<Task<Integer>> tasksAt(int[] indices) {
            return IntStream.of(indices).mapToObj(this::task).toList();
        }

        // ---- What the tasks do --------------------------------------------------------------------------------------

        private Integer body(int index, List<Integer> arguments) throws Exception {
            note(runs.incrementAndGet(index) > attempts[index], index, "ran more often than it may");
            started.compareAndSet(index, 0, clock.incrementAndGet());
            try {
                Task<Integer> self = tasks.get(index);
                note(self != null && self.isDone(), index, "ran although it was final");
                note(
                        Thread.currentThread().isInterrupted()
                                && cancelTries.get(index) == 0
                                && !mayEndEarly.get(index),
                        index,
                        "began interrupted");
                for (int i = 0; i < arguments.size(); i++) {
                    note(arguments.get(i) != required[index][i], index, "got a wrong argument");
                }
                act(index);
                return index;
            } catch (InterruptedException e) {
                boolean isMeant = deeds[index] == Deed.THROW_INTERRUPTED || cancelTries.get(index) > 0;
                note(!isMeant && !mayEndEarly.get(index), index, "was interrupted by nobody");
                throw e;
            } finally {
                ended.set(index, clock.incrementAndGet());
            }
        }

        private void act(int index) throws Exception {
            switch (deeds[index]) {
                case SUCCEED -> {}
                case THROW_EXCEPTION -> throw new OnPurposeException(index);
                case THROW_ERROR -> throw new OnPurposeError(index);
                case THROW_INTERRUPTED -> throw new InterruptedException("on purpose");
                case INTERRUPT_ITSELF -> Thread.currentThread().interrupt();
                case INTERRUPT_ITSELF_AND_THROW -> {
                    Thread.currentThread().interrupt();
                    throw new OnPurposeException(index);
                }
                case YIELD -> Thread.yield();
                case WAIT_FOR_THE_GATE -> await(gate);
                case WAIT_UNTIL_ALL_ARE_SPAWNED -> await(allSpawned);
                case JOIN_ANOTHER -> joinAnyhow(task(targets[index]));
                case SPAWN_AND_JOIN -> joinAnyhow(Tasks.spawn(Tasks.spawn(() -> index), x -> x));
                case CANCEL_ANOTHER -> cancel(targets[index], new SplittableRandom(index));
                case CANCEL_ITSELF -> {
                    if (tasks.get(index) != null) {
                        cancel(index, new SplittableRandom(index));
                    }
                }
                case LEAVE_A_SCOPE_OPEN -> Regions.bulk().fork(() -> index);
                case THROW_HOSTILE -> throwHostile(index);
                case FAIL_A_REGION -> failRegion(index);
                case RUN_OUT_OF_STACK -> runOutOfStack(index, new SplittableRandom(index));
                case LOOK_AT_ANOTHER -> {
                    Task<Integer> other = task(targets[index]);
                    note(other.toString().isEmpty() || other.name().isEmpty(), index, "sees a task without a text");
                    if (other.isDone()) {
                        note(other.explain().isEmpty(), index, "sees a task that explains nothing");
                    }
                }
            }
        }

        private @Nullable Void actOnSmallStack(SplittableRandom random) throws Exception {
            for (int left = SMALL_STACK_ROUNDS; left > 0; left--) {
                int upTo = published.get();
                if (upTo > 0) {
                    runOutOfStack(random.nextInt(upTo), random);
                }
            }
            return null;
        }

        /** Recurses until the stack gives out, and some frames above spawns, joins, cancels or completes tasks. */
        private void runOutOfStack(int index, SplittableRandom random) throws Exception {
            DeepDeed deed = DeepDeed.values()[random.nextInt(DeepDeed.values().length)];
            new Descent(index, deed, 1 + random.nextInt(30)).run();
        }

        private final class Descent {
            private final int index;
            private final DeepDeed deed;
            private final int framesApart;
            private final CompletableTask<Integer> external = Tasks.completable();
            private int actsLeft = 10;
            private @Nullable Throwable unexpected;
            private boolean isInterrupted;

            Descent(int index, DeepDeed deed, int framesApart) {
                this.index = index;
                this.deed = deed;
                this.framesApart = framesApart;
            }

            void link() throws Exception {
                act();
                external.complete(index);
            }

            void run() throws InterruptedException {
                deep.add(external.task());
                try {
                    descend();
                } finally {
                    external.complete(index); // unless that was done below
                }
                note(unexpected != null, index, "met something else at the bottom of the stack: " + unexpected);
                if (isInterrupted) {
                    throw new InterruptedException("at the bottom of the stack");
                }
            }

            /** Returns how many frames there are below. */
            private int descend() {
                int below;
                try {
                    below = 1 + descend();
                } catch (StackOverflowError expected) {
                    below = 0;
                }
                if (actsLeft > 0 && below % framesApart == 0) {
                    actsLeft--;
                    try {
                        act();
                    } catch (StackOverflowError expected) {
                        // again some frames above
                    } catch (InterruptedException e) {
                        isInterrupted = true;
                        actsLeft = 0;
                    } catch (Throwable other) {
                        unexpected = other;
                    }
                }
                return below;
            }

            private void act() throws Exception {
                switch (deed) {
                    case SPAWN -> {
                        Task<Integer> one = kept(Tasks.spawn(() -> index));
                        kept(Tasks.spawn(one, kept(Tasks.spawn(external.task(), x -> x)), Integer::sum));
                    }
                    case SPAWN_AND_JOIN -> joinAnyhow(kept(Tasks.spawn(kept(Tasks.spawn(() -> index)), x -> x)));
                    case CANCEL -> {
                        kept(Tasks.spawn(external.task(), x -> x));
                        external.task().cancel();
                        cancelTries.incrementAndGet(targets[index]);
                        if (targets[index] > 0 && task(targets[index]).cancel()) {
                            cancelsWon.incrementAndGet(targets[index]);
                        }
                    }
                    case COMPLETE -> {
                        kept(Tasks.spawn(external.task(), x -> x));
                        external.complete(index);
                    }
                    case OPEN_A_REGION -> {
                        try {
                            Regions.joined(() -> {
                                kept(Tasks.spawn(kept(Tasks.spawn(() -> index)), x -> x));
                            });
                        } catch (RegionFailedException failed) {
                            if (!(failed.getCause() instanceof StackOverflowError)) {
                                throw failed;
                            }
                        }
                    }
                }
            }

            private Task<Integer> kept(Task<Integer> task) {
                deep.add(task);
                return task;
            }
        }

        private void throwHostile(int index) {
            Throwable thrown = hostile[index];
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) Objects.requireNonNull(thrown);
        }

        /** Opens a region in which two tasks throw the same; the region is to throw that. */
        private void failRegion(int index) throws Exception {
            RegionAction<Exception> two = () -> {
                Tasks.spawn(() -> throwHostile(index));
                Tasks.spawn(() -> throwHostile(index));
            };
            try {
                switch (index % 3) {
                    case 0 -> Regions.joined(two);
                    case 1 -> Regions.joined(Joiner.failFast(), two);
                    default -> {
                        try (var scope = Regions.bulk()) {
                            scope.fork(() -> throwHostile(index));
                            scope.fork(() -> throwHostile(index));
                            scope.join();
                        }
                    }
                }
                note(isUndisturbed(index), index, "opened a region that lost its failures");
            } catch (RegionFailedException failed) {
                note(failed.getCause() != hostile[index], index, "opened a region that threw something else");
            }
        }

        /** Returns true if nothing has cut the body short. */
        private boolean isUndisturbed(int index) {
            return cancelTries.get(index) == 0 && !mayEndEarly.get(index);
        }

        private static void joinAnyhow(Task<Integer> task) throws InterruptedException {
            try {
                task.join();
            } catch (TaskFailedException | CancellationException expected) {
                // However it ended.
            }
        }

        private void note(boolean isWrong, int index, String what) {
            if (isWrong) {
                violations.add(describe(index) + " " + what);
            }
        }

        // ---- What must hold afterwards ------------------------------------------------------------------------------

        void check() {
            awaitTrue(() -> IntStream.range(0, TASKS).allMatch(i -> futuresTold.get(i) >= futures.get(i)));
            long[] overAt = new long[TASKS];
            for (int i = 0; i < TASKS; i++) {
                checkOutcome(i);
                checkPredecessors(i, overAt);
                note(futuresTold.get(i) != futures.get(i), i, "told a future twice");
            }
            assertThat(violations.stream().limit(10))
                    .as("what went wrong, the first ten")
                    .isEmpty();
        }

        private void checkOutcome(int index) {
            Task<Integer> task = task(index);
            TaskState state = task.taskState();
            note(outcome(task) != outcome(task), index, "has two outcomes");
            note(cancelsWon.get(index) > 1, index, "was cancelled twice");
            note(
                    neverToRun.get(index) > 0 && runs.get(index) > 0 && attempts[index] == 1,
                    index,
                    "ran although it was cancelled before");
            boolean isCancelled = state == TaskState.CANCELLED;
            note(
                    isCancelled != cancelsWon.get(index) > 0 && !mayEndEarly.get(index),
                    index,
                    "broke the word of cancel()");
            boolean wasLate = state == TaskState.FAILED && mayEndEarly.get(index); // while its region held it
            note(
                    !isCancelled && !wasLate && givenUp.get(index) != (state == TaskState.ABANDONED),
                    index,
                    "mistook its region");
            boolean hasRun = runs.get(index) > 0;
            switch (state) {
                case SUCCEEDED -> {
                    note(!hasRun, index, "did not run");
                    note(!Integer.valueOf(index).equals(task.resultNow()), index, "has a wrong result");
                    note(throwsSomething(deeds[index]), index, "lost what it threw");
                }
                case FAILED -> {
                    note(!hasRun && !mayEndEarly.get(index), index, "did not run");
                    note(
                            !isMeant(task.exceptionNow(), index) && !mayEndEarly.get(index),
                            index,
                            "has a wrong failure, of " + task.exceptionNow().getClass());
                }
                case SKIPPED -> {
                    note(hasRun, index, "ran");
                    note(task.exceptionNow().getCause() == null, index, "has no root cause");
                    boolean hasReason = IntStream.concat(
                                    IntStream.of(required[index]), IntStream.of(requiredByRegion[index]))
                            .anyMatch(i -> task(i).taskState() != TaskState.SUCCEEDED);
                    note(!hasReason, index, "was skipped for no reason");
                }
                case ABANDONED -> note(hasRun, index, "ran");
                case CANCELLED -> {}
                default -> note(true, index, "is not final");
            }
        }

        private static @Nullable Object outcome(Task<Integer> task) {
            return switch (task.taskState()) {
                case SUCCEEDED -> task.resultNow();
                case FAILED -> task.exceptionNow();
                case SKIPPED -> task.exceptionNow().getCause();
                default -> task.taskState();
            };
        }

        private static boolean throwsSomething(Deed deed) {
            return switch (deed) {
                case THROW_EXCEPTION,
                        THROW_ERROR,
                        THROW_INTERRUPTED,
                        INTERRUPT_ITSELF_AND_THROW,
                        LEAVE_A_SCOPE_OPEN,
                        THROW_HOSTILE -> true;
                default -> false;
            };
        }

        private boolean isMeant(Throwable thrown, int index) {
            return switch (deeds[index]) {
                case THROW_EXCEPTION, INTERRUPT_ITSELF_AND_THROW ->
                    thrown instanceof OnPurposeException exception && exception.index == index;
                case THROW_ERROR -> thrown instanceof OnPurposeError error && error.index == index;
                case THROW_INTERRUPTED -> thrown instanceof InterruptedException;
                case THROW_HOSTILE -> thrown == hostile[index];
                case LEAVE_A_SCOPE_OPEN -> thrown instanceof IllegalStateException;
                default -> false;
            };
        }

        /**
         * Fills in when a task, and all before it, was over. One that did not run keeps the order of its neighbours.
         */
        private void checkPredecessors(int index, long[] overAt) {
            boolean hasRun = runs.get(index) > 0;
            IntStream all = IntStream.concat(IntStream.of(required[index]), IntStream.of(before[index]));
            if (!givenUp.get(index)) {
                all = IntStream.concat(all, IntStream.of(requiredByRegion[index]));
                all = IntStream.concat(all, IntStream.of(beforeByRegion[index]));
                if (hasRun) {
                    note(anyUnsuccessful(required[index]), index, "ran without what it requires");
                    note(anyUnsuccessful(requiredByRegion[index]), index, "ran in a chain that had failed");
                }
            }
            long overBefore = all.mapToLong(i -> overAt[i]).max().orElse(0);
            overAt[index] = hasRun ? ended.get(index) : overBefore;
            note(hasRun && started.get(index) < overBefore, index, "ran too early");
        }

        private boolean anyUnsuccessful(int[] predecessors) {
            return IntStream.of(predecessors).anyMatch(i -> task(i).taskState() != TaskState.SUCCEEDED);
        }

        private String describe(int index) {
            Task<Integer> task = tasks.get(index);
            return "task " + index + " (" + deeds[index] + ", " + (task == null ? "just spawned" : task.taskState())
                    + ", runs " + runs.get(index) + ", cancelled " + cancelsWon.get(index) + " of "
                    + cancelTries.get(index) + ", requires " + Arrays.toString(required[index]) + ", after "
                    + Arrays.toString(before[index]) + ")";
        }

        /** Says what a graph that does not end is waiting for. */
        String unfinished() {
            Stream<String> drawn = IntStream.range(0, spawned)
                    .filter(i -> tasks.get(i) == null || !task(i).isDone())
                    .mapToObj(this::describe);
            Stream<String> others = deep.stream().filter(task -> !task.isDone()).map(Task::explain);
            return Stream.concat(drawn.limit(10), others.limit(10))
                    .collect(Collectors.joining("\n", spawned + " spawned; unfinished:\n", ""));
        }
    }
}
