/**
 * {@code StructuredTaskScope} for the workloads of {@code dev.regions.benchmarks}, in classes of the same names: a
 * preview API, so compiled apart and run in JVMs of their own.
 */
@NullMarked
package dev.regions.benchmarks.structured;

import org.jspecify.annotations.NullMarked;
