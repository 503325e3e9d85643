package dev.regions.examples.index;

import java.util.List;

/**
 * Statements to execute in any order, or side by side, and to commit together.
 *
 * @param inserts the statements, at least one
 */
record Transaction(List<Insert<?>> inserts) {}
