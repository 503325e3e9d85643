package dev.regions.benchmarks.memory;

/**
 * How much of the heap each of many tasks kept.
 *
 * @param kind what the tasks did, as {@link Retained} names it
 * @param peer as the workloads name it
 * @param bytes per task
 */
public record RetainedBytes(String kind, String peer, double bytes) {}
