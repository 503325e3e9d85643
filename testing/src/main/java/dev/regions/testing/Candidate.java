package dev.regions.testing;

/**
 * What the next step may be. Two runs that have made the same choices until now have the same candidates.
 *
 * @param actor the number of the actor: 0 for the explored code, the others in the order in which they were spawned
 * @param name its name
 * @param goesOn whether it goes on, after a wait or a spawn; false for a task that starts
 */
record Candidate(int actor, String name, boolean goesOn) {
    @Override
    public String toString() {
        return goesOn ? name + " goes on" : name;
    }
}
