package dev.regions.testing;

/**
 * A candidate for the next step. Two runs that have made the same choices until now have the same candidates.
 *
 * @param actor the number of the actor: 0 for the explored code, the others in spawn order
 * @param name its name
 * @param goesOn whether it goes on, after a wait or a spawn; false for a task that starts
 */
record Candidate(int actor, String name, boolean goesOn) {
    @Override
    public String toString() {
        return goesOn ? name + " goes on" : name;
    }
}
