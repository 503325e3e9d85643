/**
 * Records of tasks and their dependencies: a {@link dev.regions.report.RunRecorder} records a run, and
 * {@link dev.regions.report.RegionReport} makes a page of it, {@link dev.regions.report.Timeline} a file for Perfetto,
 * {@link dev.regions.report.RegionGraph} a graph for Graphviz or Mermaid.
 */
@NullMarked
package dev.regions.report;

import org.jspecify.annotations.NullMarked;
