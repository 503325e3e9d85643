package dev.regions.model;

import dev.regions.model.Step.Body;
import dev.regions.model.Step.CancelledJoiner;
import dev.regions.model.Step.Held;
import dev.regions.model.Step.Region;
import dev.regions.model.Step.Scope;
import dev.regions.model.Step.Spawn;
import dev.regions.model.Step.Threads;
import java.util.List;

/**
 * A program as data. One that was made by {@link WellFormed#of} ends, numbers its tasks and marks from 0 in the order
 * of the text, and refers only to tasks that were spawned before.
 */
record Program(List<Step> steps) {
    Program {
        steps = List.copyOf(steps);
    }

    /** Returns how many tasks there are, those spawned by bodies included. */
    int tasks() {
        return count(steps, true);
    }

    /** Returns how many marks there are. */
    int marks() {
        return count(steps, false);
    }

    private static int count(List<Step> steps, boolean tasks) {
        int count = 0;
        for (Step step : steps) {
            count += step instanceof Spawn == tasks ? 1 : 0;
            count += switch (step) {
                case Spawn spawn -> count(spawn.body(), tasks);
                case Region region -> count(region.steps(), tasks);
                case Scope scope -> count(scope.steps(), tasks);
                case Held held -> (tasks ? 1 : 0) + count(held.steps(), tasks);
                case Threads threads ->
                    threads.branches().stream()
                            .mapToInt(branch -> count(branch, tasks))
                            .sum();
                case CancelledJoiner joiner ->
                    (tasks ? 1 : 0)
                            + joiner.links().size()
                            + count(joiner.steps(), tasks)
                            + count(joiner.then(), tasks);
                case Step.Cancel cancel -> 0;
                case Step.Join join -> 0;
            };
        }
        return count;
    }

    private static int count(Body body, boolean tasks) {
        return count(body.steps(), tasks);
    }
}
