/**
 * The task handle and the pre-submit task queues of Regions: what a region does to tasks before the scheduler sees
 * them. No threads, no scheduler.
 */
@SuppressWarnings("module") // the runtime is not there yet when this is compiled
module dev.regions.queues {
    requires static transitive org.jspecify;
    requires static com.google.errorprone.annotations;
    requires org.jctools.core;

    exports dev.regions.task;
    exports dev.regions.queue;
    exports dev.regions.internal to
            dev.regions.runtime;
}
