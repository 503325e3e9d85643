package dev.regions.examples.index;

import java.nio.file.Path;

/**
 * A file to read.
 *
 * @param id its place among the files of the tree, from 0
 * @param path where it is in the tree, for people: relative, with slashes
 * @param location where it is, for opening it
 * @param bytes its size when the tree was walked
 */
record SourceFile(int id, String path, Path location, long bytes) {}
