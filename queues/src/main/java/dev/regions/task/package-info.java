/**
 * The handle of a task, its states and options, the functional interfaces of task bodies, and the exceptions of
 * waiting.
 */
@NullMarked
package dev.regions.task;

import org.jspecify.annotations.NullMarked;
