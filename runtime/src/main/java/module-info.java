/** Tasks, regions and scopes, and the DAG core and virtual-thread workers that run them. */
module dev.regions.runtime {
    requires static transitive org.jspecify;
    requires transitive dev.regions.queues;
    requires org.jctools.core;

    exports dev.regions;
}
