package dev.regions.observe;

import dev.regions.internal.SafeToString;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a task that nobody was told of, and nobody can ask for any more.
 *
 * @param task the name of the task
 * @param region the innermost region in which it was spawned, null if there was none
 * @param thrown what the body of the task threw
 */
public record UncaughtFailure(String task, @Nullable String region, Throwable thrown) {
    /** Names the task, its region and the failure; also where the exception's own {@code toString()} throws. */
    @Override
    public String toString() {
        return "UncaughtFailure[task=" + task + ", region=" + region + ", thrown=" + SafeToString.of(thrown) + "]";
    }
}
