package dev.regions.testing;

import java.util.List;
import java.util.SplittableRandom;

/** Chooses each next step. Used by one thread at a time. */
interface Chooser {
    /**
     * Chooses the next step.
     *
     * @param candidates at least one, in the order of their numbers
     * @return the index of one
     */
    int choose(List<Candidate> candidates);

    /**
     * Called when the chosen step has ended, before the next choice.
     *
     * @param local true if the step was exactly one body, from its beginning to its end, which neither spawned nor
     *     waited, and no other actor waited for its task
     */
    default void stepEnded(boolean local) {}

    /** Returns a chooser that draws each step from all candidates, with the same probability. */
    static Chooser random(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return candidates -> candidates.size() == 1 ? 0 : random.nextInt(candidates.size());
    }
}
