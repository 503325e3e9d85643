/**
 * What a runtime has done and is doing, in numbers: {@link dev.regions.metrics.TaskMetrics} counts, and
 * {@link dev.regions.metrics.TaskMeterBinder} shows it to Micrometer.
 */
@NullMarked
package dev.regions.metrics;

import org.jspecify.annotations.NullMarked;
