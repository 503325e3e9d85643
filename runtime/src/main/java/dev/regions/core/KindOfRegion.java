package dev.regions.core;

/** A queue that says what kind of region it makes, for observers. */
public interface KindOfRegion {
    /** Returns one word. */
    String kind();
}
