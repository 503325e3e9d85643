package dev.regions.observe;

import dev.regions.TaskRuntime;

/**
 * What a running process can be asked about a runtime by JMX, with JConsole or any other client: see
 * {@link TaskRuntime#registerMBean()}.
 */
public interface TaskRuntimeMXBean {
    /** Returns the name of the runtime. */
    String getName();

    /** Returns how many tasks are launched and not final. */
    long getInFlightCount();

    /** Returns how many tasks are ready, have passed their limits, and wait for a worker. */
    int getReadyCount();

    /** Returns how many workers there are. */
    int getWorkerCount();

    /** Lists the unfinished tasks as text; see {@link TaskRuntime#dump()}. */
    String dump();

    /** Lists the unfinished tasks as JSON. */
    String dumpJson();

    /**
     * Says why the unfinished tasks of a name have not run yet, or where they run.
     *
     * @param task the name of one or more tasks
     */
    String explain(String task);
}
