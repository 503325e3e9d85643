/** Counts, depths and times of a runtime, as a snapshot and for Micrometer. */
@SuppressWarnings("requires-transitive-automatic") // Micrometer has a module name, but no descriptor yet
module dev.regions.metrics {
    requires static transitive org.jspecify;
    requires transitive dev.regions.runtime;
    requires HdrHistogram;
    requires static transitive micrometer.core;

    exports dev.regions.metrics;
}
