/** JMH benchmarks, one class per workload, with what one would pick instead as methods beside ours. */
@NullMarked
package dev.regions.benchmarks;

import org.jspecify.annotations.NullMarked;
