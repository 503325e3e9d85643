package dev.regions.observe;

/**
 * An event of a region, for a {@link TaskObserver}. Immutable.
 *
 * @param region the region
 * @param tasks the number of tasks spawned in it so far, excluding those of regions inside it
 * @param failed whether the region is closed because its code threw, or did not join: held tasks are abandoned
 * @param nanoTime the time of the event, as a {@link System#nanoTime()}
 */
public record RegionEvent(RegionInfo region, long tasks, boolean failed, long nanoTime) {}
