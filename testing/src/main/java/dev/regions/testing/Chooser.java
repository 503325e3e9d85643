package dev.regions.testing;

import java.util.List;
import java.util.SplittableRandom;

/** Decides what the next step is. Used by one thread at a time. */
interface Chooser {
    /**
     * Chooses the next step.
     *
     * @param candidates at least one, in the order of their numbers
     * @return the index of one
     */
    int choose(List<Candidate> candidates);

    /**
     * Called when the chosen step is over, before the next choice.
     *
     * @param local whether it was no more than one body, from its beginning to its end, which neither spawned nor waited, and
     *     for which nobody waited
     */
    default void stepEnded(boolean local) {}

    /** Draws each step from all candidates, with the same probability. */
    static Chooser random(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return candidates -> candidates.size() == 1 ? 0 : random.nextInt(candidates.size());
    }
}
