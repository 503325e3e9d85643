package dev.regions.model;

import dev.regions.model.Model.Before;
import dev.regions.model.Model.Moment;
import dev.regions.model.ModelTask.Edge;
import dev.regions.model.ModelTask.Hardness;
import dev.regions.model.ModelTask.ModelCancel;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskSkippedException;
import dev.regions.task.TaskState;
import dev.regions.task.UnlaunchedTaskException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Compares what was seen of a program with what the model says of it. */
final class Comparison {
    private final Model model;
    private final Observation seen;
    private final List<String> differences = new ArrayList<>();

    private Comparison(Model model, Observation seen) {
        this.model = model;
        this.seen = seen;
    }

    /** Returns the differences, in words; none if there are none. All tasks that were spawned are final. */
    static List<String> differences(Model model, Observation seen) {
        Comparison comparison = new Comparison(model, seen);
        comparison.differences.addAll(seen.violations());
        model.tasks.forEach(comparison::task);
        if (comparison.differences.isEmpty()) {
            comparison.order();
            comparison.limits();
            model.waits.forEach(comparison::wait);
        }
        return comparison.differences;
    }

    private void require(boolean holds, Object... what) {
        if (!holds) {
            StringBuilder words = new StringBuilder();
            for (Object word : what) {
                words.append(word);
            }
            differences.add(words.toString());
        }
    }

    // ---- How tasks end ----------------------------------------------------------------------------------------------

    private TaskState state(ModelTask task) {
        Task<Integer> handle = seen.task(task.id());
        return handle == null ? TaskState.UNLAUNCHED : handle.taskState();
    }

    /** Tells whether what a body does, or what it spawns, is left to chance: it, or one around it, was interrupted. */
    private boolean wasCut(@Nullable ModelTask body) {
        for (ModelTask at = body; at != null; at = at.parent) {
            if (seen.wasCut(at.id())) {
                return true;
            }
        }
        return false;
    }

    private void task(ModelTask task) {
        int id = task.id();
        if (seen.task(id) == null) {
            boolean isExpected = task.parent != null && (!seen.ran(task.parent.id()) || wasCut(task.parent));
            require(isExpected, task, " was not spawned");
            return;
        }
        TaskState state = state(task);
        if (task.parent != null && !seen.ran(task.parent.id())) {
            require(false, task, " was spawned by a body that did not run");
            return;
        }
        if (!wasCut(task.parent)) {
            Set<TaskState> allowed = task.allowed(before -> EnumSet.of(state(before)));
            require(allowed.contains(state), task, " is ", state, ", and may be ", allowed);
            cancels(task, state);
        }
        boolean hasRun = seen.ran(id);
        if (hasRun) {
            for (Edge edge : task.edges) {
                TaskState before = state(edge.predecessor());
                require(
                        edge.hardness() != Hardness.HARD || before == TaskState.SUCCEEDED,
                        task,
                        " ran, though it requires ",
                        edge.predecessor(),
                        ", which is ",
                        before);
            }
        }
        switch (state) {
            case SUCCEEDED -> succeeded(task);
            case FAILED -> failed(task);
            case CANCELLED -> {}
            case SKIPPED -> {
                require(!hasRun, task, " ran, and is ", state);
                require(rootCauseOf(task) != null, task, " was skipped for no reason");
            }
            case ABANDONED -> require(!hasRun, task, " ran, and is ", state);
            default -> require(false, task, " is not final, but ", state);
        }
    }

    private void succeeded(ModelTask task) {
        int expected = task.id();
        for (int argument : task.spawn.arguments()) {
            Task<Integer> handle = Objects.requireNonNull(seen.task(argument));
            expected += handle.state() == java.util.concurrent.Future.State.SUCCESS ? handle.resultNow() : 0;
        }
        Integer result = Objects.requireNonNull(seen.task(task.id())).resultNow();
        require(result == expected, task, " has the result ", result, ", and should have ", expected);
        int runs = task.spawn.body().ending().isRetried() ? 2 : 1;
        require(seen.runs(task.id()) == runs, task, " ran ", seen.runs(task.id()), " times");
    }

    private void failed(ModelTask task) {
        Throwable thrown = Objects.requireNonNull(seen.task(task.id())).exceptionNow();
        require(
                ("task " + task.id()).equals(thrown.getMessage()),
                task,
                " failed with what it did not throw: ",
                thrown);
        int runs = task.spawn.body().ending().isRetried() ? 2 : 1;
        require(seen.runs(task.id()) == runs, task, " ran ", seen.runs(task.id()), " times");
    }

    private @Nullable Throwable rootCauseOf(ModelTask skipped) {
        return Objects.requireNonNull(seen.task(skipped.id())).exceptionNow().getCause();
    }

    /** What {@code cancel()} has returned, and what must have come of it. */
    private void cancels(ModelTask task, TaskState state) {
        int won = 0;
        for (ModelCancel cancel : task.cancels) {
            Object returned = seen.at(cancel.mark());
            if (returned == null) {
                continue;
            }
            won += returned.equals(true) ? 1 : 0;
            require(
                    !task.cannotHaveStarted(cancel, before -> EnumSet.of(state(before))) || !seen.ran(task.id()),
                    task,
                    " ran, though it was cancelled before it could start");
        }
        require(won <= 1, task, " was cancelled ", won, " times");
        boolean isByRegion = task.cancelledByRegion || task.cancelledUnlaunched;
        require(won == 0 || state == TaskState.CANCELLED, task, " is ", state, ", and cancel() returned true");
        require(
                won == 1 || state != TaskState.CANCELLED || isByRegion,
                task,
                " is CANCELLED, and no cancel() returned true");
        require(!task.cancelledUnlaunched || !seen.ran(task.id()), task, " ran, though its region was given up");
    }

    // ---- In which order they run ------------------------------------------------------------------------------------

    private void order() {
        Map<Moment, Long> times = new HashMap<>();
        Map<Moment, String> names = new HashMap<>();
        for (ModelTask task : model.tasks) {
            if (seen.ran(task.id())) {
                times.put(model.begin(task), seen.begin(task.id()));
                times.put(model.end(task), seen.end(task.id()));
                names.put(model.begin(task), "the beginning of " + task);
                names.put(model.end(task), "the end of " + task);
            }
            for (ModelTask other : task.apart) {
                require(
                        !seen.ran(task.id())
                                || !seen.ran(other.id())
                                || seen.end(task.id()) < seen.begin(other.id())
                                || seen.end(other.id()) < seen.begin(task.id()),
                        task,
                        " and ",
                        other,
                        " of the same sequential region ran at the same time");
            }
        }
        Map<Moment, Latest> latest = new HashMap<>();
        for (Moment moment : model.moments) {
            latestBefore(moment, latest, times);
        }
        for (Moment moment : times.keySet()) {
            Latest before = Objects.requireNonNull(latest.get(moment));
            require(
                    before.time < Objects.requireNonNull(times.get(moment)),
                    names.get(moment),
                    " came before ",
                    names.get(before.moment),
                    ", and must come after");
        }
    }

    /** The latest observed moment of those that come before another. */
    private record Latest(long time, @Nullable Moment moment) {}

    /** Depth first, without recursion: programs are small, but chains of moments may be long. */
    private void latestBefore(Moment start, Map<Moment, Latest> latest, Map<Moment, Long> times) {
        Deque<Moment> stack = new ArrayDeque<>(List.of(start));
        while (!stack.isEmpty()) {
            Moment moment = stack.peek();
            if (latest.containsKey(moment)) {
                stack.pop();
                continue;
            }
            Latest found = new Latest(0, null);
            boolean isComplete = true;
            for (Before before : moment.before) {
                if (!holds(before)) {
                    continue;
                }
                Latest earlier = latest.get(before.moment());
                if (earlier == null) {
                    isComplete = false;
                    stack.push(before.moment());
                    continue;
                }
                Long time = times.get(before.moment());
                Latest self = time == null ? earlier : new Latest(time, before.moment());
                found = self.time > found.time ? self : found;
                found = earlier.time > found.time ? earlier : found;
            }
            if (isComplete) {
                latest.put(moment, found);
                stack.pop();
            }
        }
    }

    private boolean holds(Before before) {
        return (before.onlyIfRan() == null || seen.ran(before.onlyIfRan().id()))
                && (before.unlessCut() == null || !wasCut(before.unlessCut()));
    }

    private void limits() {
        for (Model.Limited limited : model.limits) {
            List<ModelTask> ran = limited.tasks().stream()
                    .filter(task -> seen.ran(task.id()))
                    .filter(task -> !task.spawn.body().ending().isRetried()) // lets others in between its attempts
                    .toList();
            for (ModelTask task : ran) {
                long at = seen.begin(task.id());
                long inside = ran.stream()
                        .filter(other -> seen.begin(other.id()) <= at && seen.end(other.id()) > at)
                        .count();
                require(
                        inside <= limited.places(),
                        inside,
                        " tasks ran where there is room for ",
                        limited.places(),
                        ", one of them ",
                        task);
            }
        }
    }

    // ---- What waits throw -------------------------------------------------------------------------------------------

    private void wait(int mark, Model.Wait wait) {
        Object outcome = seen.at(mark);
        switch (wait) {
            case Model.Ends ends -> requireOutcome(outcome, mark, Observation.PASSED);
            case Model.Refused refused -> requireThrown(outcome, mark, UnlaunchedTaskException.class);
            case Model.Joined joined -> {
                if (!wasCut(joined.body())) {
                    joined(outcome, mark, joined.tasks());
                }
            }
            case Model.GivenUp givenUp -> {
                if (!wasCut(givenUp.body())) {
                    requireThrown(
                            outcome,
                            mark,
                            givenUp.bodyThrows() ? IllegalArgumentException.class : IllegalStateException.class);
                }
            }
            case Model.JoinOf join -> {
                if (!wasCut(join.body())) {
                    join(outcome, mark, join);
                }
            }
            case Model.JoinerCancelled cancelled -> joinerCancelled(outcome, cancelled);
            case Model.CancelledAtGate cancelled ->
                require(
                        outcome == null
                                || !seen.ran(cancelled.task().id())
                                || state(cancelled.task()) == TaskState.CANCELLED,
                        cancelled.task(),
                        " was cancelled while it ran, and is ",
                        state(cancelled.task()));
        }
    }

    /** What has become of the tasks inside the one that was cancelled; the others are as any tasks. */
    private void joinerCancelled(@Nullable Object outcome, Model.JoinerCancelled cancelled) {
        ModelTask joiner = cancelled.tasks().get(cancelled.level());
        if (wasCut(joiner.parent) || outcome == null && seen.wasCut(joiner.id())) {
            return; // perhaps before it came to the tasks inside, or when the gate was open
        }
        for (int level = cancelled.level() + 1; level < cancelled.tasks().size(); level++) {
            ModelTask task = cancelled.tasks().get(level);
            Set<TaskState> allowed = cancelled.allowed(level, outcome != null);
            boolean neverLaunched =
                    state(task) == TaskState.ABANDONED // the scope was interrupted before it launched it
                            && cancelled.links().get(level - 1).waiting() == Step.Waiting.BULK_SCOPE
                            && seen.wasCut(task.parent == null ? 0 : task.parent.id());
            require(
                    seen.task(task.id()) == null || neverLaunched || allowed.contains(state(task)),
                    task,
                    " is ",
                    state(task),
                    ", and may be ",
                    allowed,
                    ", because ",
                    joiner,
                    " was cancelled while it waited");
        }
    }

    private void requireOutcome(@Nullable Object outcome, int mark, Object expected) {
        require(outcome == null || outcome.equals(expected), "mark ", mark, ": ", outcome, " instead of ", expected);
    }

    private void requireThrown(@Nullable Object outcome, int mark, Class<? extends Throwable> expected) {
        require(
                outcome == null || expected.isInstance(outcome),
                "mark ",
                mark,
                ": ",
                outcome,
                " instead of ",
                expected.getSimpleName());
    }

    private void join(@Nullable Object outcome, int mark, Model.JoinOf join) {
        if (outcome == null) {
            return;
        }
        if (join.isRefused()) {
            requireThrown(outcome, mark, UnlaunchedTaskException.class);
            return;
        }
        Task<Integer> task = Objects.requireNonNull(seen.task(join.task().id()));
        switch (task.taskState()) {
            case SUCCEEDED -> requireOutcome(outcome, mark, task.resultNow());
            case FAILED -> {
                requireThrown(outcome, mark, TaskFailedException.class);
                requireCause(outcome, mark, task.exceptionNow());
            }
            case SKIPPED -> {
                requireThrown(outcome, mark, TaskSkippedException.class);
                requireCause(outcome, mark, task.exceptionNow().getCause());
            }
            default -> requireThrown(outcome, mark, CancellationException.class);
        }
    }

    private void requireCause(Object outcome, int mark, @Nullable Throwable cause) {
        require(
                outcome instanceof Throwable thrown && thrown.getCause() == cause,
                "mark ",
                mark,
                ": ",
                outcome,
                " has not the cause ",
                cause);
    }

    private void joined(@Nullable Object outcome, int mark, List<ModelTask> tasks) {
        if (outcome == null) {
            return;
        }
        List<Throwable> found = new ArrayList<>();
        if (outcome instanceof RegionFailedException failed) {
            found.add(failed.getCause());
            found.addAll(List.of(failed.getSuppressed()));
        } else {
            requireOutcome(outcome, mark, Observation.PASSED);
        }
        List<ModelTask> failed =
                tasks.stream().filter(task -> state(task) == TaskState.FAILED).toList();
        List<Throwable> own = failed.stream()
                .map(task -> Objects.requireNonNull(seen.task(task.id())).exceptionNow())
                .toList();
        Set<Throwable> expected = Collections.newSetFromMap(new IdentityHashMap<>());
        expected.addAll(own);
        for (ModelTask task : tasks) {
            if (state(task) == TaskState.SKIPPED
                    && rootCauseOf(task) instanceof Throwable cause
                    && !(cause instanceof CancellationException)) {
                expected.add(cause);
            }
        }
        Set<Throwable> actual = Collections.newSetFromMap(new IdentityHashMap<>());
        actual.addAll(found);
        require(
                actual.equals(expected) && found.size() == expected.size(),
                "mark ",
                mark,
                ": throws ",
                found,
                " instead of ",
                expected);
        require(
                found.size() < own.size() || actual.isEmpty() || own.containsAll(found.subList(0, own.size())),
                "mark ",
                mark,
                ": failures from outside come before its own in ",
                found);
        for (int i = 0; i < failed.size(); i++) {
            for (int j = i + 1; j < failed.size(); j++) {
                require(
                        !failed.get(i).isSpawnedInOrderWith(failed.get(j))
                                || found.indexOf(own.get(i)) < found.indexOf(own.get(j)),
                        "mark ",
                        mark,
                        ": ",
                        found,
                        " are not in the order of spawning");
            }
        }
    }
}
