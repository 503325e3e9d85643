package dev.regions.model;

import dev.regions.Limit;
import dev.regions.RegionScope;
import dev.regions.Regions;
import dev.regions.TaskBuilder;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.model.Step.Cancel;
import dev.regions.model.Step.CancelledJoiner;
import dev.regions.model.Step.Extra;
import dev.regions.model.Step.Held;
import dev.regions.model.Step.Join;
import dev.regions.model.Step.Kind;
import dev.regions.model.Step.Region;
import dev.regions.model.Step.Scope;
import dev.regions.model.Step.Spawn;
import dev.regions.model.Step.Threads;
import dev.regions.queue.ChainPolicy;
import dev.regions.queue.JoinedQueue;
import dev.regions.queue.RegionAction;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Priority;
import dev.regions.task.RegionFailedException;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Runs a program on the runtime that is current where it is run. */
class ProgramRun {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Program program;
    private final Observation seen;
    /** The gates of tasks that others wait for, by the number of the task. */
    private final Map<Integer, Gate> gates = new ConcurrentHashMap<>();

    /** The gates at which a task is cancelled, by the number of that task. */
    private final Map<Integer, Gate> toCancel = new ConcurrentHashMap<>();

    private final TaskQueue root = TaskRuntime.currentQueue();

    ProgramRun(Program program, Observation seen) {
        this.program = program;
        this.seen = seen;
    }

    /** Takes all steps, and waits until all tasks that were spawned are final. */
    final void run() throws Exception {
        steps(program.steps(), null);
        for (int i = 0; i < seen.tasks(); i++) { // tasks come after those whose bodies spawn them
            Task<Integer> task = seen.task(i);
            if (task != null) {
                task.await();
            }
        }
    }

    private void steps(List<Step> steps, @Nullable RegionScope scope) throws Exception {
        for (Step step : steps) {
            switch (step) {
                case Spawn spawn -> spawn(spawn, scope, null);
                case Region region -> region(region);
                case Scope inner -> scope(inner);
                case Cancel cancel ->
                    seen.passed(cancel.mark(), task(cancel.task()).cancel(cancel.interrupts()));
                case Join join -> join(join);
                case Held held -> held(held, scope);
                case CancelledJoiner joiner -> cancelledJoiner(joiner, scope);
                case Threads threads -> threads(threads);
            }
        }
    }

    private Task<Integer> task(int id) {
        return Objects.requireNonNull(seen.task(id), () -> "task " + id + " was not spawned");
    }

    // ---- Tasks ------------------------------------------------------------------------------------------------------

    private void spawn(Spawn spawn, @Nullable RegionScope scope, @Nullable Gate gate) {
        List<Task<Integer>> arguments =
                spawn.arguments().stream().map(this::task).toList();
        seen.spawned(
                spawn.id(),
                scope != null && spawn.extras().contains(Extra.FORKED)
                        ? fork(scope, spawn, arguments, gate)
                        : spawn(builder(spawn), spawn, arguments, gate));
        Gate later = toCancel.get(spawn.id());
        if (later != null) {
            later.reached.countDown();
        }
    }

    private TaskBuilder builder(Spawn spawn) {
        TaskBuilder builder = Tasks.builder();
        if (!spawn.requires().isEmpty()) {
            builder = builder.requires(spawn.requires().stream().map(this::task).toList());
        }
        if (!spawn.after().isEmpty()) {
            builder = builder.after(spawn.after().stream().map(this::task).toList());
        }
        for (Extra extra : spawn.extras()) {
            builder = switch (extra) {
                case NAMED -> builder.name("task " + spawn.id());
                case HIGH_PRIORITY -> builder.priority(Priority.HIGH);
                case LOW_PRIORITY -> builder.priority(Priority.LOW);
                case DEDICATED_THREAD -> builder.dedicatedThread();
                case DEADLINE -> builder.deadline(HOUR);
                case TIMEOUT -> builder.timeout(HOUR);
                case FORKED -> builder;
            };
        }
        return spawn.body().ending().isRetried() ? builder.retry(RetryPolicy.maxAttempts(2)) : builder;
    }

    private Task<Integer> spawn(TaskBuilder builder, Spawn spawn, List<Task<Integer>> arguments, @Nullable Gate gate) {
        boolean isPlain = spawn.requires().isEmpty()
                && spawn.after().isEmpty()
                && spawn.extras().isEmpty()
                && !spawn.body().ending().isRetried();
        return switch (arguments.size()) {
            case 0 ->
                isPlain
                        ? Tasks.spawn(() -> body(spawn, gate, List.of()))
                        : builder.spawn(() -> body(spawn, gate, List.of()));
            case 1 ->
                isPlain
                        ? Tasks.spawn(arguments.get(0), a -> body(spawn, gate, List.of(a)))
                        : builder.spawn(arguments.get(0), a -> body(spawn, gate, List.of(a)));
            case 2 -> builder.spawn(arguments.get(0), arguments.get(1), (a, b) -> body(spawn, gate, List.of(a, b)));
            case 3 ->
                builder.spawn(
                        arguments.get(0),
                        arguments.get(1),
                        arguments.get(2),
                        (a, b, c) -> body(spawn, gate, List.of(a, b, c)));
            default -> builder.spawn(arguments, all -> body(spawn, gate, all));
        };
    }

    private Task<Integer> fork(RegionScope scope, Spawn spawn, List<Task<Integer>> arguments, @Nullable Gate gate) {
        return switch (arguments.size()) {
            case 0 -> scope.fork(() -> body(spawn, gate, List.of()));
            case 1 -> scope.fork(arguments.get(0), a -> body(spawn, gate, List.of(a)));
            default -> scope.fork(arguments, all -> body(spawn, gate, all));
        };
    }

    private Integer body(Spawn spawn, @Nullable Gate own, List<Integer> arguments) throws Exception {
        Gate gate = own != null ? own : gates.get(spawn.id());
        int run = seen.begins(spawn.id());
        try {
            int expected = spawn.id();
            for (int i = 0; i < arguments.size(); i++) {
                expected += task(spawn.arguments().get(i)).resultNow();
            }
            int result = arguments.stream().reduce(spawn.id(), Integer::sum);
            if (result != expected) {
                seen.violation("task " + spawn.id() + " got wrong arguments: " + arguments);
            }
            if (gate != null) {
                gate.pass();
            }
            inBody();
            if (spawn.body().yields()) {
                Thread.yield();
            }
            steps(spawn.body().steps(), null);
            switch (spawn.body().ending()) {
                case THROW_ERROR -> throw new Error("task " + spawn.id());
                case THROW_EXCEPTION, SECOND_ATTEMPT_THROWS -> throw new IllegalStateException("task " + spawn.id());
                case SECOND_ATTEMPT_RETURNS -> {
                    if (run == 1) {
                        throw new IllegalStateException("task " + spawn.id());
                    }
                }
                case RETURN -> {}
            }
            return result;
        } finally {
            seen.ends(spawn.id());
        }
    }

    /** Called in each body, between its first and last words. */
    void inBody() {}

    private void join(Join join) throws InterruptedException {
        Task<Integer> task = task(join.task());
        try {
            seen.passed(join.mark(), task.join());
        } catch (RuntimeException thrown) {
            seen.passed(join.mark(), thrown);
        }
    }

    private static class Gate {
        /** Counted down by the task that comes to the gate, and by what else is to have happened. */
        final CountDownLatch reached;

        final CountDownLatch opens = new CountDownLatch(1);

        Gate(int awaited) {
            reached = new CountDownLatch(awaited);
        }

        /** Called by the task that waits at the gate. */
        void pass() throws InterruptedException {
            reached.countDown();
            opens.await();
        }

        void open() {
            opens.countDown();
        }
    }

    /** A gate at which, when told to, a task cancels one of those that wait for it. */
    private static final class CancellersGate extends Gate {
        final FutureTask<Boolean> cancellation;
        final CountDownLatch cancelNow = new CountDownLatch(1);
        /** Whether the task has come to the gate. */
        final AtomicBoolean isTaken = new AtomicBoolean();

        CancellersGate(int awaited, FutureTask<Boolean> cancellation) {
            super(awaited);
            this.cancellation = cancellation;
        }

        @Override
        void pass() throws InterruptedException {
            isTaken.set(true);
            reached.countDown();
            try {
                cancelNow.await();
            } finally {
                cancellation.run();
            }
            opens.await();
        }

        @Override
        void open() {
            super.open();
            cancelNow.countDown(); // the body that was to do it may have been interrupted
        }

        void letCancel() {
            cancelNow.countDown();
            if (!isTaken.get()) {
                cancellation.run();
            }
        }
    }

    private void held(Held held, @Nullable RegionScope scope) throws Exception {
        Gate gate = new Gate(1);
        spawn(held.gate(), scope, gate);
        try {
            steps(held.steps(), scope);
            if (held.cancelled()) {
                Task<Integer> task = task(held.gate().id());
                task.toCompletableFuture().whenComplete((result, thrown) -> gate.reached.countDown());
                gate.reached.await();
                seen.passed(held.mark(), task.cancel());
            }
        } finally {
            gate.opens.countDown();
        }
    }

    private void cancelledJoiner(CancelledJoiner step, @Nullable RegionScope scope) throws Exception {
        int joiner = step.at(step.level()).id();
        FutureTask<Boolean> cancellation = new FutureTask<>(() -> {
            Task<Integer> task = seen.task(joiner);
            if (task == null) { // one around it was cancelled by others before
                return null;
            }
            boolean first = step.twice() && task.cancel(false);
            return cancel(task) | first;
        });
        Gate gate = step.canceller() == Step.Canceller.INNERMOST ? new CancellersGate(2, cancellation) : new Gate(2);
        gates.put(step.innermost().id(), gate);
        toCancel.put(joiner, gate);
        spawn(step.whole(), scope, null);
        try {
            task(step.outermost().id()).toCompletableFuture().whenComplete((result, thrown) -> {
                gate.reached.countDown();
                gate.reached.countDown();
            });
            gate.reached.await();
            steps(step.steps(), scope);
            switch (step.canceller()) {
                case THREAD -> cancellation.run();
                case TASK -> Regions.withQueue(upstream -> new JoinedQueue(root), () -> Tasks.spawn(cancellation::run));
                case INNERMOST -> ((CancellersGate) gate).letCancel();
            }
            Boolean returned = cancellation.get();
            if (returned != null) {
                awaitFinal(joiner);
                seen.passed(step.mark(), returned);
                awaitOfRegions(step);
            }
            steps(step.then(), scope);
        } finally {
            gate.open();
        }
    }

    /** Cancels a task that joins another one. */
    boolean cancel(Task<Integer> joiner) {
        return joiner.cancel();
    }

    /** How long a cancelled task may take to become final. */
    Duration patience() {
        return Duration.ofSeconds(20);
    }

    private void awaitFinal(int joiner) throws InterruptedException {
        try {
            task(joiner).get(patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | CancellationException expected) {
            // it is final
        } catch (TimeoutException late) {
            seen.violation("task " + joiner + " was cancelled, and is not final while a task that it joins goes on");
        }
    }

    /** The tasks of the regions that the cancelled task waited for are final before it is. */
    private void awaitOfRegions(CancelledJoiner step) {
        for (int level = step.level(); step.links().get(level).waiting().isRegion(); level++) {
            Task<Integer> task = seen.task(step.at(level + 1).id());
            if (task != null && !task.isDone()) {
                seen.violation("task " + step.at(level + 1).id() + " goes on, and task "
                        + step.at(step.level()).id() + ", which joins its region, is final");
            }
            if (level + 1 == step.links().size()) {
                return;
            }
        }
    }

    // ---- Regions ----------------------------------------------------------------------------------------------------

    private void region(Region region) throws Exception {
        Limit limit = Limit.of("limit", region.kind().places());
        RegionAction<Exception> body = () -> {
            steps(region.steps(), null);
            if (region.givenUp()) {
                throw new IllegalArgumentException("region " + region.mark());
            }
        };
        try {
            open(region.kind(), limit, body);
            seen.passed(region.mark(), Observation.PASSED);
        } catch (RegionFailedException | IllegalArgumentException | IllegalStateException thrown) {
            seen.passed(region.mark(), thrown);
        }
    }

    /** Opens a region in block form. */
    void open(Kind kind, Limit limit, RegionAction<Exception> body) throws Exception {
        switch (kind) {
            case BULK -> Regions.bulk(body);
            case SEQUENTIAL -> Regions.sequential(body);
            case CONTINUING -> Regions.sequential(ChainPolicy.CONTINUE, body);
            case JOINED -> Regions.joined(body);
            case WITHIN -> Regions.withDeadline(HOUR, body);
            case LIMITED_TO_ONE, LIMITED_TO_TWO -> Regions.withLimit(limit, body);
            case PASSING -> Regions.withQueue(JoinedQueue::new, body);
        }
    }

    private void scope(Scope step) throws Exception {
        try (RegionScope scope = open(step.kind())) {
            steps(step.steps(), scope);
            switch (step.end()) {
                case JOIN -> scope.join();
                case LAUNCH -> scope.launch();
                case NEITHER -> {}
                case THROW -> throw new IllegalArgumentException("region " + step.mark());
            }
            seen.passed(step.mark(), Observation.PASSED);
        } catch (RegionFailedException | IllegalArgumentException | IllegalStateException thrown) {
            seen.passed(step.mark(), thrown);
        }
    }

    private static RegionScope open(Kind kind) {
        return switch (kind) {
            case BULK -> Regions.bulk();
            case SEQUENTIAL -> Regions.sequential();
            case CONTINUING -> Regions.sequential(ChainPolicy.CONTINUE);
            case JOINED -> Regions.joined();
            case WITHIN -> Regions.withDeadline(HOUR);
            case LIMITED_TO_ONE, LIMITED_TO_TWO -> Regions.withLimit(Limit.of("limit", kind.places()));
            case PASSING -> Regions.withQueue(JoinedQueue::new);
        };
    }

    private void threads(Threads threads) {
        TaskQueue around = TaskRuntime.currentQueue();
        List<FutureTask<@Nullable Void>> running = new ArrayList<>();
        for (List<Step> branch : threads.branches()) {
            FutureTask<@Nullable Void> thread = new FutureTask<>(() -> {
                Regions.withQueue(upstream -> new JoinedQueue(around), () -> steps(branch, null));
                return null;
            });
            running.add(thread);
            Thread.ofVirtual().name("model-spawner").start(thread);
        }
        boolean interrupted = false;
        for (FutureTask<@Nullable Void> thread : running) {
            interrupted |= awaitEnd(thread);
        }
        seen.passed(threads.mark(), Observation.PASSED);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits for a thread whatever happens: it spawns into a region that is open here. Returns whether it was
     * interrupted.
     */
    private boolean awaitEnd(FutureTask<@Nullable Void> thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.get();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException failed) {
                seen.violation("a spawning thread failed: " + failed.getCause());
                return interrupted;
            }
        }
    }
}
