package dev.regions.examples.index;

import java.util.Arrays;

/**
 * Where an identifier occurs in one file. Nobody changes the array.
 *
 * @param file the id of the file
 * @param lines the line of each use, from first to last: a line with two uses is there twice
 */
record Occurrences(int file, int[] lines) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Occurrences that && file == that.file && Arrays.equals(lines, that.lines);
    }

    @Override
    public int hashCode() {
        return 31 * file + Arrays.hashCode(lines);
    }

    @Override
    public String toString() {
        return "file " + file + ": " + Arrays.toString(lines);
    }
}
