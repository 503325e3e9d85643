/**
 * Random programs against a sequential model: {@link dev.regions.model.Program} is what is drawn,
 * {@link dev.regions.model.Model} what must become of it, {@link dev.regions.model.ProgramRun} runs it on the runtime,
 * and {@link dev.regions.model.Comparison} compares the two. What differs, {@link dev.regions.model.Shrinker} makes
 * small and {@link dev.regions.model.JavaPrinter} prints.
 */
@NullMarked
package dev.regions.model;

import org.jspecify.annotations.NullMarked;
