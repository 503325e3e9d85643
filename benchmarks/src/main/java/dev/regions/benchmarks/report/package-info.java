/** What a run of the benchmarks has found, as JSON and as a page. */
@NullMarked
package dev.regions.benchmarks.report;

import org.jspecify.annotations.NullMarked;
