package dev.regions.benchmarks;

import dev.regions.benchmarks.report.Results.Found;

/**
 * A part of a run that is done as a whole or not at all.
 *
 * @param name tells it from the others of the run
 * @param action measures
 */
record RunStep(String name, Action action) {
    /** Measures something. */
    @FunctionalInterface
    interface Action {
        Found run() throws Exception;
    }

    Found run() throws Exception {
        return action.run();
    }
}
