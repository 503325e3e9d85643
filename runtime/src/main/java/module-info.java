/** Tasks, regions and scopes, and the DAG core and virtual-thread workers that run them. */
module dev.regions.runtime {
    requires static transitive org.jspecify;
    requires static com.google.errorprone.annotations;
    requires transitive dev.regions.queues;
    requires org.jctools.core;
    // Optional: where they are missing, so are the events of the flight recorder and the management bean.
    requires static jdk.jfr;
    requires static java.management;

    exports dev.regions;
    exports dev.regions.observe;
}
