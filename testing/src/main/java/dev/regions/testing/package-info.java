/**
 * Finds missing dependencies: {@link dev.regions.testing.Schedules} runs a body that spawns tasks repeatedly, one task
 * at a time, in a different order each time, and reports how to replay the order in which it failed.
 * {@link dev.regions.testing.ExploreSchedules} does the same for a JUnit test.
 *
 * <p>{@code ScheduledQueue} explains how a schedule is forced upon a runtime, {@code SleepSets} how orders are
 * enumerated.
 */
@NullMarked
package dev.regions.testing;

import org.jspecify.annotations.NullMarked;
