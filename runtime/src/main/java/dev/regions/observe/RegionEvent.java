package dev.regions.observe;

/**
 * Something that happened to a region, for a {@link TaskObserver}. Immutable.
 *
 * @param region the region
 * @param tasks how many tasks were spawned in it so far, those of regions inside it not counted
 * @param failed whether the region is closed because its code threw, or forgot to join: what it held is abandoned
 * @param nanoTime when it happened, as of {@link System#nanoTime()}
 */
public record RegionEvent(RegionInfo region, long tasks, boolean failed, long nanoTime) {}
