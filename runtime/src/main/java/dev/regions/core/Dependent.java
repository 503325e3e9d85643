package dev.regions.core;

/**
 * What may hang on a task until it is final, to be told then: a stack of {@link Link}s. At the bottom there may be a task
 * itself, which stands for the edge to it: that a successor requires the task on which it hangs, and was the first to come.
 * Most tasks have one successor, if any; so most edges need no object, and are followed without looking at one. A link
 * of a chain took 20.7 ns and 40 bytes so, instead of 26.8 and 76 (docs/internals/before-and-after.md, {@code ChainOfTasks}).
 *
 * <p>A class, for to ask what hangs there, or whether anything does, is then one comparison.
 */
abstract sealed class Dependent permits Link, Node {}
