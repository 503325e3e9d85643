package dev.regions.benchmarks;

import dev.regions.task.TaskFunction2;
import java.util.function.BiFunction;

/** The body of a task that takes two results, in a form that ours and every peer take as it is. */
@FunctionalInterface
public interface Combine extends TaskFunction2<Object, Object, Object>, BiFunction<Object, Object, Object> {
    /** Returns the first of the two. */
    Combine FIRST = (first, second) -> first;

    @Override
    Object apply(Object first, Object second);
}
