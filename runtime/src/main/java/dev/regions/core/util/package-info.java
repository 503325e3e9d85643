/**
 * What the graph and the scheduler both use, and what knows neither: timers, counters, checks of the stack, texts of
 * regions. Not exported.
 */
@NullMarked
package dev.regions.core.util;

import org.jspecify.annotations.NullMarked;
