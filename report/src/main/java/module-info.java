/** Records the tasks of a runtime, and presents them as a page, a timeline, a graph. */
module dev.regions.report {
    requires static transitive org.jspecify;
    requires transitive dev.regions.runtime;
    requires com.fasterxml.jackson.core;
    requires HdrHistogram;

    exports dev.regions.report;
}
