/**
 * The soak: {@link dev.regions.soak.Soak} is the program, {@link dev.regions.soak.Workload} what it does all the time.
 */
@NullMarked
package dev.regions.soak;

import org.jspecify.annotations.NullMarked;
