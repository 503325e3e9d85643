package dev.regions.observe;

import dev.regions.internal.SafeToString;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a task that was not observed, and cannot be observed any more.
 *
 * @param task the name of the task
 * @param region the innermost region in which it was spawned, null if there was none
 * @param thrown the exception of the task's body
 */
public record UncaughtFailure(String task, @Nullable String region, Throwable thrown) {
    /** Returns the task, its region and the failure, even if the exception's own {@code toString()} throws. */
    @Override
    public String toString() {
        return "UncaughtFailure[task=" + task + ", region=" + region + ", thrown=" + SafeToString.of(thrown) + "]";
    }
}
