/**
 * Task Bench: graphs of tasks in steps, with the usual patterns of dependences, and the smallest task that a runtime
 * still runs at half of the machine's speed. After Slaughter et al., <i>Task Bench: A Parameterized Benchmark for
 * Evaluating Parallel Runtime Performance</i>, SC 2020.
 */
@NullMarked
package dev.regions.benchmarks.taskbench;

import org.jspecify.annotations.NullMarked;
