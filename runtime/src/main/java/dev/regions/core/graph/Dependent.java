package dev.regions.core.graph;

/**
 * An entry of a task's Treiber stack of dependents, which are notified when the task completes: a {@link Link} or, at
 * the bottom, a task. A task there stands for its own edge: it requires the task that owns the stack, and was the first
 * dependent to arrive. Most tasks have at most one successor; therefore most edges need no object, and the completing
 * thread follows them without reading one. A link of a chain thus took 20.7 ns and 40 bytes, instead of 26.8 and 76
 * (docs/internals/before-and-after.md, {@code ChainOfTasks}).
 *
 * <p>A class, not an interface, so that a type test is a single comparison.
 */
public abstract sealed class Dependent permits Link, DependentStack {}
