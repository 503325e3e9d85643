package dev.regions.testing;

/**
 * What was explored without a failure.
 *
 * @param schedules how many schedules were run
 * @param redundant how many of them were found to be equivalent to an earlier one while they ran
 * @param exhaustive whether there are no others; false for seeds
 */
public record ExplorationReport(int schedules, int redundant, boolean exhaustive) {}
