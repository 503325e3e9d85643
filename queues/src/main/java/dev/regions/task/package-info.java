/** The handle of a task, its states, the functions a task may run, and what waiting for one may throw. */
@NullMarked
package dev.regions.task;

import org.jspecify.annotations.NullMarked;
