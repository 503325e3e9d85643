/**
 * Observation of a runtime: observers that are notified of what tasks and regions do, descriptions of tasks and regions, dumps of
 * unfinished tasks, and uncaught failures. All types are immutable or interfaces; this package depends on the task handle alone.
 */
@NullMarked
package dev.regions.observe;

import org.jspecify.annotations.NullMarked;
