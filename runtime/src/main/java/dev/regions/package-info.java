/**
 * The entry points: {@link dev.regions.Tasks} spawns, {@link dev.regions.Regions} collects and orders,
 * {@link dev.regions.TaskRuntime} runs.
 */
@NullMarked
package dev.regions;

import org.jspecify.annotations.NullMarked;
