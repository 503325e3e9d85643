package dev.regions.observe;

/**
 * The management interface of a runtime, for JConsole or any other JMX client: see {@link TaskRuntime#registerMBean()}.
 */
public interface TaskRuntimeMXBean {
    /** Returns the name of the runtime. */
    String getName();

    /** Returns the number of launched, uncompleted tasks. */
    long getInFlightCount();

    /** Returns the number of tasks that are ready, have their permits, and wait for a worker. */
    int getReadyCount();

    /** Returns the number of workers. */
    int getWorkerCount();

    /** Returns the unfinished tasks as text; see {@link TaskRuntime#dump()}. */
    String dump();

    /** Returns the unfinished tasks as JSON. */
    String dumpJson();

    /**
     * Returns why the unfinished tasks of a name have not run yet, or where they run.
     *
     * @param task the name of one or more tasks
     */
    String explain(String task);
}
