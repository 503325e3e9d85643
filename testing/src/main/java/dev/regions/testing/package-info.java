/**
 * Finds missing dependencies: {@link dev.regions.testing.Schedules} runs a body that spawns tasks again and again, one task
 * at a time, in a different order each time, and says how to replay the one in which it failed.
 * {@link dev.regions.testing.ExploreSchedules} does the same for a JUnit test.
 *
 * <p>{@code ScheduledQueue} says how a schedule is forced upon a runtime, {@code SleepSets} how orders are enumerated.
 */
@NullMarked
package dev.regions.testing;

import org.jspecify.annotations.NullMarked;
