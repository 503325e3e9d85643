package dev.regions.model;

import dev.regions.model.Step.Spawn;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the model knows of a task. */
final class ModelTask {
    /** What it means to a task that a predecessor does not succeed. */
    enum Hardness {
        SOFT,
        /** It may be skipped, or not: that depends on the interleaving of threads. */
        PERHAPS,
        /** It is skipped. */
        HARD
    }

    /** An edge. That the predecessor comes first is certain. */
    record Edge(ModelTask predecessor, Hardness hardness) {}

    final Spawn spawn;
    /** The task whose body spawns it, null for the program itself. */
    final @Nullable ModelTask parent;
    /** In which branch of which threads it is spawned. */
    final Map<Integer, Integer> branches;

    final List<Edge> edges = new ArrayList<>();
    /**
     * Other threads put these into the same sequential region: they run before or after this, but not at the same time.
     */
    final List<ModelTask> apart = new ArrayList<>();
    /** Those of them that this requires if they happen to come before. */
    final List<ModelTask> perhapsRequires = new ArrayList<>();

    /**
     * Whether it is spawned in a region, whose end waits for bodies, also of tasks that were cancelled while they join.
     */
    final boolean inRegion;

    /** The bulk region that holds it at this point of the program. */
    ModelQueue.@Nullable Bulk holder;

    /** Its bulk region is given up. */
    boolean abandoned;
    /** A region that is given up cancels it before it can have started. */
    boolean cancelledUnlaunched;
    /** A region that is given up cancels it at some moment. */
    boolean cancelledByRegion;
    /** The steps that cancel it. */
    final List<ModelCancel> cancels = new ArrayList<>();

    /** The step that cancels it while it waits for a task at a gate, null for none. */
    @Nullable
    ModelCancel cancelledJoining;

    ModelTask(Spawn spawn, @Nullable ModelTask parent, Map<Integer, Integer> branches, boolean inRegion) {
        this.spawn = spawn;
        this.parent = parent;
        this.branches = new HashMap<>(branches);
        this.inRegion = inRegion;
    }

    /**
     * A step that cancels.
     *
     * @param body the task that takes the step, null for the program itself
     * @param isHeld whether a bulk region holds what is cancelled then
     * @param closed tasks that wait at a gate then
     */
    record ModelCancel(int mark, @Nullable ModelTask body, boolean isHeld, Set<ModelTask> closed) {}

    int id() {
        return spawn.id();
    }

    void follows(ModelTask predecessor, Hardness hardness) {
        edges.add(new Edge(predecessor, hardness));
    }

    /** Tells whether two tasks are spawned in an order that the program says. */
    boolean isSpawnedInOrderWith(ModelTask other) {
        return branches.entrySet().stream().allMatch(entry -> other.branches
                .getOrDefault(entry.getKey(), entry.getValue())
                .equals(entry.getValue()));
    }

    /** Tells whether it is cancelled while a bulk region holds it. */
    boolean isCancelledUnlaunched() {
        return cancelledUnlaunched || cancels.stream().anyMatch(cancel -> cancel.isHeld && cancel.body == parent);
    }

    /**
     * Tells whether it cannot have started when a step cancels it: it is held, or comes after a task that waits at its
     * gate then. One that never ran, or was interrupted there, did not wait.
     */
    boolean cannotHaveStarted(ModelCancel cancel, Function<ModelTask, Set<TaskState>> states) {
        Set<ModelTask> waiting = cancel.closed.stream()
                .filter(gate ->
                        EnumSet.of(TaskState.SUCCEEDED, TaskState.FAILED).containsAll(states.apply(gate)))
                .collect(Collectors.toSet());
        return cancel.isHeld || comesAfterOneOf(waiting);
    }

    private boolean comesAfterOneOf(Set<ModelTask> tasks) {
        return !tasks.isEmpty()
                && edges.stream()
                        .map(Edge::predecessor)
                        .anyMatch(before -> tasks.contains(before) || before.comesAfterOneOf(tasks));
    }

    /**
     * Returns how it may end, given how those may have ended that it comes after, if it is spawned at all and the body
     * that spawns it is not cut short.
     */
    Set<TaskState> allowed(Function<ModelTask, Set<TaskState>> states) {
        if (isCancelledUnlaunched()) {
            return EnumSet.of(TaskState.CANCELLED);
        }
        Set<TaskState> allowed = EnumSet.noneOf(TaskState.class);
        boolean mayCancel = cancelledByRegion || !cancels.isEmpty();
        if (mayCancel) {
            allowed.add(TaskState.CANCELLED);
        }
        if (abandoned) {
            allowed.add(TaskState.ABANDONED);
            return allowed;
        }
        boolean mustSkip = false;
        boolean maySkip = false;
        for (Edge edge : edges) {
            if (edge.hardness != Hardness.SOFT) {
                Set<TaskState> before = states.apply(edge.predecessor);
                maySkip |= !isSuccess(before);
                mustSkip |= edge.hardness == Hardness.HARD && !before.contains(TaskState.SUCCEEDED);
            }
        }
        maySkip |= perhapsRequires.stream().anyMatch(other -> !isSuccess(states.apply(other)));
        if (maySkip) {
            allowed.add(TaskState.SKIPPED);
        }
        boolean neverStarts =
                cancels.stream().anyMatch(cancel -> cancel.body == parent && cannotHaveStarted(cancel, states));
        if (!mustSkip && !neverStarts && !isCancelledJoining(states)) {
            allowed.add(spawn.body().ending().succeeds() ? TaskState.SUCCEEDED : TaskState.FAILED);
        }
        return allowed;
    }

    /** Returns true if the step is certain to be taken that cancels this while it joins. */
    private boolean isCancelledJoining(Function<ModelTask, Set<TaskState>> states) {
        if (cancelledJoining == null) {
            return false;
        }
        for (ModelTask at = cancelledJoining.body; at != null; at = at.parent) {
            if (!EnumSet.of(TaskState.SUCCEEDED, TaskState.FAILED).containsAll(states.apply(at))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSuccess(Set<TaskState> states) {
        return states.equals(Set.of(TaskState.SUCCEEDED));
    }

    @Override
    public String toString() {
        return "task " + id();
    }
}
