package dev.regions;

import org.jspecify.annotations.Nullable;

/**
 * The failure of a task that nobody was told of, and nobody can ask for any more.
 *
 * @param task the name of the task
 * @param region the innermost region in which it was spawned, null if there was none
 * @param thrown what the body of the task threw
 */
public record UncaughtFailure(String task, @Nullable String region, Throwable thrown) {}
