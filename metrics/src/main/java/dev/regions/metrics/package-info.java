/**
 * Metrics of a runtime: {@link dev.regions.metrics.TaskMetrics} counts, and {@link dev.regions.metrics.TaskMeterBinder}
 * registers the counts with Micrometer.
 */
@NullMarked
package dev.regions.metrics;

import org.jspecify.annotations.NullMarked;
