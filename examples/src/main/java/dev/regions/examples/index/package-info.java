/**
 * The main example: indexes a source tree. {@link dev.regions.examples.index.IndexSourceTree} is the program,
 * {@code RegionsIndexer} is where it uses Regions: a bulk region to read and fold, a sequential one to write.
 */
package dev.regions.examples.index;
