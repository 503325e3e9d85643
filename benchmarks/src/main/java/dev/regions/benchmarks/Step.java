package dev.regions.benchmarks;

import dev.regions.task.TaskFunction1;
import java.util.function.Function;

/** The body of a task that takes one result, in a form that ours and every peer take as it is. */
@FunctionalInterface
public interface Step extends TaskFunction1<Object, Object>, Function<Object, Object> {
    /** Returns what it is given. */
    Step SAME = argument -> argument;

    @Override
    Object apply(Object argument);
}
