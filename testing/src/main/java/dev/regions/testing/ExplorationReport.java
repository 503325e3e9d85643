package dev.regions.testing;

/**
 * The extent of an exploration without a failure.
 *
 * @param schedules the number of schedules that were run
 * @param redundant the number of these that were found to be equivalent to an earlier one while they ran
 * @param exhaustive whether there are no others; false for seeds
 */
public record ExplorationReport(int schedules, int redundant, boolean exhaustive) {}
