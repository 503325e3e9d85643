/** How long one task takes, and the worst of many, where the other benchmarks measure how long a million take. */
@NullMarked
package dev.regions.benchmarks.latency;

import org.jspecify.annotations.NullMarked;
