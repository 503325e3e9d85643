package dev.regions.testing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Enumerates schedules depth first, each by running the body anew, and leaves out those that differ from an earlier one
 * only in the order of independent steps.
 *
 * <h2>Implementation overview</h2>
 *
 * <p>{@code path} has the choices of the current schedule. A new schedule repeats them up to the deepest one that has
 * an alternative left, takes that, and from there on always the first candidate. This is stateless search, as in
 * VeriSoft (Godefroid, "Model checking for programming languages using VeriSoft", POPL 1997).
 *
 * <p><b>Sleep sets</b> (Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", LNCS 1032, 1996,
 * chapter 5). When all schedules that begin with step <i>t</i> at some point have been explored, and another step
 * <i>u</i> is tried there, then <i>t</i> sleeps from there on, until a step is made that depends on it: a schedule that
 * makes <i>t</i> before that could make <i>t</i> first, and was explored. A sleeping candidate is not chosen. Of every
 * class of schedules that can be turned into each other by swapping neighbouring independent steps, this explores
 * exactly one to its end; no schedule is pruned without an explored one that is equivalent to it.
 *
 * <p><b>Independence.</b> Two steps are independent if both were <em>local</em> and the user has declared their tasks
 * independent. A local step is the start of one task: its body ran to its end in it, without spawning or waiting, and
 * no actor waited for that end. Therefore the effects of the step are those of the body, to which the declaration
 * applies. Every other step depends on all steps. Whether a step is local shows when it is made. It stays local while
 * it sleeps, because only a step that is not local, and hence wakes all, could make another actor wait for the task.
 * Tasks that are ordered by edges are never candidates at the same point, and need no declaration.
 *
 * <p>If all candidates sleep, the rest of the schedule is known. It is run nevertheless, because a body cannot be
 * stopped halfway, but counts as redundant, and no alternatives to its choices are taken. (Persistent sets would avoid
 * such runs; they require knowledge of the steps of a task before it is run.)
 */
final class SleepSets implements Chooser {
    private record Step(Candidate candidate, boolean local) {}

    private static final class Point {
        final List<Candidate> candidates;
        final List<Step> asleep;
        final List<Step> explored = new ArrayList<>();
        boolean redundant;
        int chosen;
        boolean local;

        Point(List<Candidate> candidates, List<Step> asleep, boolean redundant) {
            this.candidates = candidates;
            this.asleep = asleep;
            int awake = firstAwake();
            this.redundant = redundant || awake < 0;
            this.chosen = this.redundant ? 0 : awake;
        }

        Candidate choice() {
            return candidates.get(chosen);
        }

        /** Returns the first candidate that neither sleeps nor is explored, -1 if there is none. */
        int firstAwake() {
            for (int i = 0; i < candidates.size(); i++) {
                if (!contains(asleep, candidates.get(i)) && !contains(explored, candidates.get(i))) {
                    return i;
                }
            }
            return -1;
        }

        private static boolean contains(List<Step> steps, Candidate candidate) {
            return steps.stream().anyMatch(step -> step.candidate.equals(candidate));
        }
    }

    private final Independence independence;
    private final List<Point> path = new ArrayList<>();
    private int depth;

    SleepSets(Independence independence) {
        this.independence = independence;
    }

    @Override
    public int choose(List<Candidate> candidates) {
        if (depth == path.size()) {
            Point before = depth == 0 ? null : path.get(depth - 1);
            path.add(new Point(List.copyOf(candidates), asleepAfter(before), before != null && before.redundant));
        }
        Point point = path.get(depth++);
        if (!point.candidates.equals(candidates)) {
            throw differs("step " + depth + " was one of " + point.candidates + ", and now is one of " + candidates);
        }
        return point.chosen;
    }

    @Override
    public void stepEnded(boolean local) {
        path.get(depth - 1).local = local;
    }

    private List<Step> asleepAfter(@Nullable Point before) {
        List<Step> asleep = new ArrayList<>();
        if (before != null && before.local) {
            addIndependent(before.asleep, before.choice(), asleep);
            addIndependent(before.explored, before.choice(), asleep);
        }
        return asleep;
    }

    private void addIndependent(List<Step> from, Candidate step, List<Step> to) {
        for (Step sleeping : from) {
            if (sleeping.local && independence.areIndependent(sleeping.candidate.name(), step.name())) {
                to.add(sleeping);
            }
        }
    }

    /** Returns true if the schedule that was just run is equivalent to an earlier one. */
    boolean wasRedundant() {
        return !path.isEmpty() && path.get(path.size() - 1).redundant;
    }

    /** Advances to the next schedule; returns false if there is none. */
    boolean next() {
        if (depth != path.size()) {
            throw differs("it took " + path.size() + " steps, and now takes " + depth);
        }
        depth = 0;
        while (!path.isEmpty()) {
            Point last = path.get(path.size() - 1);
            if (!last.redundant) {
                last.explored.add(new Step(last.choice(), last.local));
                int another = last.firstAwake();
                if (another >= 0) {
                    last.chosen = another;
                    return true;
                }
            }
            path.remove(path.size() - 1);
        }
        return false;
    }

    private static IllegalStateException differs(String how) {
        return new IllegalStateException(
                "the body does not do the same each time it is run, and so cannot be explored systematically: " + how);
    }
}
