package dev.regions.model;

import dev.regions.model.ModelTask.Hardness;
import dev.regions.model.ModelTask.ModelCancel;
import dev.regions.model.Step.Body;
import dev.regions.model.Step.Cancel;
import dev.regions.model.Step.CancelledJoiner;
import dev.regions.model.Step.Held;
import dev.regions.model.Step.Join;
import dev.regions.model.Step.Kind;
import dev.regions.model.Step.Link;
import dev.regions.model.Step.Region;
import dev.regions.model.Step.Scope;
import dev.regions.model.Step.Spawn;
import dev.regions.model.Step.Threads;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sequential model of the semantics: goes through a program once, on one thread, and notes which task comes after
 * which, who holds and who cancels it, and what each region waits for. It runs nothing, and knows nothing of the
 * runtime.
 *
 * <p>Where the semantics leaves freedom, a cancellation that races with a run for instance, the model does not choose:
 * what is allowed for a task follows from how those before it have ended ({@link ModelTask#allowed}).
 *
 * <p>Order is a graph of moments: the beginning and the end of each task, and points between the steps of each thread.
 */
final class Model {
    /** A moment. One that is not observed only passes the order on. */
    static final class Moment {
        final List<Before> before = new ArrayList<>();
    }

    /**
     * What comes before a moment.
     *
     * @param onlyIfRan if this task did not run, there is no such order; null if there always is
     * @param unlessCut if the body of this task was cut short, there is no such order; null if there always is
     */
    record Before(
            Moment moment,
            @Nullable ModelTask onlyIfRan,
            @Nullable ModelTask unlessCut) {}

    /** A region or a scope that waits for its tasks. */
    sealed interface Wait {}

    /**
     * A region that has waited for all its tasks, and throws what has failed.
     *
     * @param body the task that has it open, null for the program itself
     * @param tasks in the order of spawning
     */
    record Joined(@Nullable ModelTask body, List<ModelTask> tasks) implements Wait {}

    /**
     * A region that is given up, by an exception of its body or a missing {@code join()}, and has waited for its tasks.
     */
    record GivenUp(@Nullable ModelTask body, List<ModelTask> tasks, boolean bodyThrows) implements Wait {}

    /** A region that ends without an exception. */
    record Ends() implements Wait {}

    /** A joined region that refuses to wait, inside a bulk region. */
    record Refused() implements Wait {}

    /** A {@code join()} of a task. */
    record JoinOf(@Nullable ModelTask body, ModelTask task, boolean isRefused) implements Wait {}

    /** A task that is cancelled while it waits at its gate. */
    record CancelledAtGate(@Nullable ModelTask body, ModelTask task) implements Wait {}

    /**
     * A task that is cancelled while it waits for a task that waits for others, the innermost at a gate.
     *
     * @param tasks the outermost first
     * @param links between them
     */
    record JoinerCancelled(@Nullable ModelTask body, List<ModelTask> tasks, List<Link> links, int level)
            implements Wait {
        /**
         * Returns how a task further inside may end, if it was spawned and none of those around it was cancelled by
         * others.
         *
         * @param level greater than that of the task that is cancelled
         * @param isCancelled whether the step was taken
         */
        Set<TaskState> allowed(int level, boolean isCancelled) {
            boolean isOfRegion = isCancelled
                    && links.subList(this.level, level).stream()
                            .allMatch(link -> link.waiting().isRegion());
            return isOfRegion
                    ? EnumSet.of(TaskState.CANCELLED)
                    : EnumSet.of(
                            tasks.get(level).spawn.body().ending().succeeds() ? TaskState.SUCCEEDED : TaskState.FAILED);
        }
    }

    /** At most so many of these run at the same time. */
    record Limited(List<ModelTask> tasks, int places) {}

    final List<ModelTask> tasks = new ArrayList<>();
    final Map<Integer, Wait> waits = new HashMap<>();
    final List<Limited> limits = new ArrayList<>();
    final List<Moment> moments = new ArrayList<>();
    private final Map<ModelTask, Moment> begins = new HashMap<>();
    private final Map<ModelTask, Moment> ends = new HashMap<>();

    private final Map<Integer, ModelTask> byId = new HashMap<>();

    private Model() {}

    /** Goes through a {@linkplain WellFormed well-formed} program. */
    static Model of(Program program) {
        Model model = new Model();
        ModelThread main = model.new ModelThread(null, Map.of(), Set.of(), null);
        main.steps(program.steps(), new ModelQueue.Root());
        model.tasks.sort((a, b) -> Integer.compare(a.id(), b.id()));
        for (ModelTask task : model.tasks) {
            task.edges.forEach(
                    edge -> model.begin(task).before.add(new Before(model.end(edge.predecessor()), null, null)));
        }
        return model;
    }

    Moment begin(ModelTask task) {
        return Objects.requireNonNull(begins.get(task));
    }

    Moment end(ModelTask task) {
        return Objects.requireNonNull(ends.get(task));
    }

    /** Returns how each task may end, as far as the program alone says. */
    Map<ModelTask, Set<TaskState>> allowed() {
        Map<ModelTask, Set<TaskState>> allowed = new HashMap<>();
        Set<TaskState> any = EnumSet.range(TaskState.SUCCEEDED, TaskState.ABANDONED);
        for (ModelTask task : tasks) {
            Set<TaskState> own = EnumSet.copyOf(task.allowed(before -> allowed.getOrDefault(before, any)));
            if (task.parent != null && mayBeCut(task.parent, allowed)) {
                own.addAll(any);
            }
            allowed.put(task, own);
        }
        return allowed;
    }

    /** Tells whether the body of a task may have ended early, or not have begun. */
    static boolean mayBeCut(ModelTask task, Map<ModelTask, Set<TaskState>> allowed) {
        return !EnumSet.of(TaskState.SUCCEEDED, TaskState.FAILED).containsAll(allowed.get(task))
                || task.parent != null && mayBeCut(task.parent, allowed);
    }

    private Moment moment() {
        Moment moment = new Moment();
        moments.add(moment);
        return moment;
    }

    /** A thread of the program: the one that begins it, one that it starts, or the body of a task. */
    private final class ModelThread {
        private final @Nullable ModelTask body;
        private final Map<Integer, Integer> branches;
        private Set<ModelTask> closed;
        private Moment now = moment();

        ModelThread(
                @Nullable ModelTask body,
                Map<Integer, Integer> branches,
                Set<ModelTask> closed,
                @Nullable Moment startedAt) {
            this.body = body;
            this.branches = branches;
            this.closed = closed;
            if (startedAt != null) {
                now.before.add(new Before(startedAt, null, null));
            }
        }

        void steps(List<Step> steps, ModelQueue queue) {
            for (Step step : steps) {
                switch (step) {
                    case Spawn spawn -> spawn(spawn, queue);
                    case Region region -> region(region, queue);
                    case Scope scope -> scope(scope, queue);
                    case Cancel cancel -> cancel(cancel);
                    case Join join -> join(join);
                    case Held held -> held(held, queue);
                    case CancelledJoiner joiner -> cancelledJoiner(joiner, queue);
                    case Threads threads -> threads(threads, queue);
                }
            }
        }

        private ModelTask spawn(Spawn spawn, ModelQueue queue) {
            ModelTask task = new ModelTask(spawn, body, branches, !(queue instanceof ModelQueue.Root));
            tasks.add(task);
            byId.put(task.id(), task);
            spawn.arguments().forEach(id -> task.follows(task(id), Hardness.HARD));
            spawn.requires().forEach(id -> task.follows(task(id), Hardness.HARD));
            spawn.after().forEach(id -> task.follows(task(id), Hardness.SOFT));
            Moment begin = moment();
            Moment end = moment();
            begins.put(task, begin);
            ends.put(task, end);
            begin.before.add(new Before(now, null, null));
            end.before.add(new Before(begin, null, null));
            queue.submit(List.of(task));
            body(task, spawn.body(), begin, end);
            return task;
        }

        private void body(ModelTask task, Body body, Moment begin, Moment end) {
            if (!body.steps().isEmpty()) {
                ModelThread inside = new ModelThread(task, Map.of(), Set.of(), begin);
                inside.steps(body.steps(), new ModelQueue.Root());
                end.before.add(new Before(inside.now, task, task));
            }
        }

        private ModelTask task(int id) {
            return Objects.requireNonNull(byId.get(id), () -> "task " + id + " is not known yet");
        }

        private void region(Region region, ModelQueue queue) {
            if (region.kind() == Kind.JOINED && holderOpenOn(queue)) {
                waits.put(region.mark(), new Refused());
                return;
            }
            ModelQueue inner = queueOf(region.kind(), queue);
            steps(region.steps(), inner);
            Wait wait = region.givenUp() ? new GivenUp(body, List.of(), true) : new Ends();
            if (inner instanceof ModelQueue.Bulk bulk) {
                if (region.givenUp()) {
                    bulk.abandon();
                } else {
                    bulk.flush();
                }
            } else if (region.kind() == Kind.JOINED) {
                List<ModelTask> tasks = ((ModelQueue.Passing) inner).passed;
                if (region.givenUp()) {
                    cancelAll(tasks);
                    wait = new GivenUp(body, tasks, true);
                } else {
                    wait = new Joined(body, tasks);
                }
                waitedFor(tasks);
            }
            waits.put(region.mark(), wait);
        }

        /** Tells whether this thread has a bulk region open around. */
        private boolean holderOpenOn(ModelQueue queue) {
            for (ModelQueue at = queue; at != null; at = at.upstream) {
                if (at instanceof ModelQueue.Bulk bulk && bulk.thread == this) {
                    return true;
                }
            }
            return false;
        }

        private void scope(Scope scope, ModelQueue queue) {
            ModelQueue.Passing joined = new ModelQueue.Passing(queue);
            ModelQueue inner = scope.kind() == Kind.JOINED ? joined : queueOf(scope.kind(), joined);
            ModelQueue.@Nullable Bulk bulk = inner instanceof ModelQueue.Bulk held ? held : null;
            steps(scope.steps(), inner);
            boolean isUnfinished = bulk != null ? !bulk.isEmpty() : !joined.passed.isEmpty();
            boolean isInError = scope.end() == Step.End.THROW || scope.end() == Step.End.NEITHER && isUnfinished;
            if (isInError) {
                if (bulk != null) {
                    bulk.abandon();
                }
                cancelAll(joined.passed);
                waits.put(scope.mark(), new GivenUp(body, joined.passed, scope.end() == Step.End.THROW));
                waitedFor(joined.passed);
                return;
            }
            if (bulk != null) {
                bulk.flush();
            }
            if (scope.end() == Step.End.JOIN) {
                waits.put(scope.mark(), new Joined(body, joined.passed));
                waitedFor(joined.passed);
            } else {
                waits.put(scope.mark(), new Ends());
            }
        }

        private ModelQueue queueOf(Kind kind, ModelQueue upstream) {
            return switch (kind) {
                case BULK -> new ModelQueue.Bulk(upstream, this, body);
                case SEQUENTIAL, CONTINUING ->
                    new ModelQueue.Sequential(upstream, Objects.requireNonNull(kind.policy()));
                case JOINED, WITHIN, PASSING -> new ModelQueue.Passing(upstream);
                case LIMITED_TO_ONE, LIMITED_TO_TWO -> {
                    ModelQueue.Passing passing = new ModelQueue.Passing(upstream);
                    limits.add(new Limited(passing.passed, kind.places()));
                    yield passing;
                }
            };
        }

        private void cancel(Cancel cancel) {
            ModelTask task = task(cancel.task());
            task.cancels.add(new ModelCancel(cancel.mark(), body, isHeldHere(task), closed));
        }

        /** A region that was open when this body was spawned is not any more when the body runs. */
        private boolean isHeldHere(ModelTask task) {
            return task.holder != null && task.holder.body == body;
        }

        private void join(Join join) {
            ModelTask task = task(join.task());
            boolean isRefused = isHeldHere(task)
                    && Objects.requireNonNull(task.holder).thread == this
                    && !task.isCancelledUnlaunched(); // or there is nothing to wait for
            waits.put(join.mark(), new JoinOf(body, task, isRefused));
            if (!isRefused) {
                waitedFor(List.of(task));
            }
        }

        private void cancelAll(List<ModelTask> tasks) {
            for (ModelTask task : tasks) {
                if (isHeldHere(task)) {
                    task.cancelledUnlaunched = true;
                } else {
                    task.cancelledByRegion = true;
                }
            }
        }

        /**
         * From here on, those that ran have ended; but a task outside of regions that was cancelled may be final while
         * its body still waits for a task that runs in place.
         */
        private void waitedFor(List<ModelTask> tasks) {
            Moment after = moment();
            after.before.add(new Before(now, null, null));
            tasks.forEach(task -> after.before.add(new Before(end(task), task, task.inRegion ? null : task)));
            now = after;
        }

        private void held(Held held, ModelQueue queue) {
            ModelTask gate = spawn(held.gate(), queue);
            Set<ModelTask> before = closed;
            closed = new HashSet<>(before);
            closed.add(gate);
            steps(held.steps(), queue);
            closed = before;
            if (held.cancelled()) {
                waits.put(held.mark(), new CancelledAtGate(body, gate));
                gate.cancels.add(new ModelCancel(held.mark(), body, false, before));
            } else {
                end(gate).before.add(new Before(now, null, null));
            }
        }

        private void cancelledJoiner(CancelledJoiner joiner, ModelQueue queue) {
            ModelTask outermost = spawn(joiner.whole(), queue);
            List<ModelTask> chain = new ArrayList<>(List.of(outermost));
            joiner.links().forEach(link -> chain.add(task(link.task().id())));
            Moment opens = moment();
            Set<ModelTask> before = closed;
            closed = new HashSet<>(before);
            closed.addAll(chain);
            steps(joiner.steps(), queue);
            ModelTask cancelled = chain.get(joiner.level());
            cancelled.cancelledJoining = new ModelCancel(joiner.mark(), body, false, before);
            cancelled.cancels.add(cancelled.cancelledJoining);
            waits.put(joiner.mark(), new JoinerCancelled(body, List.copyOf(chain), joiner.links(), joiner.level()));
            closed = new HashSet<>(before); // those around the cancelled one may go on from here
            closed.addAll(chain.subList(joiner.level() + 1, chain.size()));
            steps(joiner.then(), queue);
            closed = before;
            opens.before.add(new Before(now, null, null));
            ModelTask innermost = chain.get(chain.size() - 1);
            end(innermost).before.add(new Before(opens, null, innermost));
        }

        private void threads(Threads threads, ModelQueue queue) {
            List<ModelQueue.Chain.Fork> forks = new ArrayList<>();
            queue.chains().forEach(chain -> forks.add(chain.new Fork()));
            Moment after = moment();
            int index = 0;
            for (List<Step> branch : threads.branches()) {
                forks.forEach(ModelQueue.Chain.Fork::branch);
                Map<Integer, Integer> inBranch = new HashMap<>(branches);
                inBranch.put(threads.mark(), index++);
                ModelThread thread = new ModelThread(body, inBranch, closed, now);
                thread.steps(branch, new ModelQueue.Passing(queue));
                after.before.add(new Before(thread.now, null, null));
            }
            after.before.add(new Before(now, null, null));
            now = after;
            forks.forEach(fork -> keepApart(fork.join()));
        }

        private static void keepApart(List<List<ModelQueue.Chain.Link>> branches) {
            for (List<ModelQueue.Chain.Link> branch : branches) {
                for (List<ModelQueue.Chain.Link> other : branches) {
                    if (branch != other) {
                        other.forEach(link -> branch.forEach(one -> one.keepApart(link)));
                    }
                }
            }
        }
    }
}
