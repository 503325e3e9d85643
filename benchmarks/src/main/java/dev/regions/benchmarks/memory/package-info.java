/** How much of the heap a task that waits keeps. What a task allocates is measured with the workloads, by JMH. */
@NullMarked
package dev.regions.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
