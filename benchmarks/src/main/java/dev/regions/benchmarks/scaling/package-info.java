/** What threads contend for, counted. */
@NullMarked
package dev.regions.benchmarks.scaling;

import org.jspecify.annotations.NullMarked;
