package dev.regions;

/**
 * What a runtime has at the moment, as far as it does not tell everybody.
 *
 * @param inFlight tasks launched and not final
 * @param workers virtual threads that run tasks, or wait for some
 * @param alarms timers set
 * @param outside tasks that wait for something that the runtime cannot end
 */
public record Gauges(long inFlight, int workers, int alarms, int outside) {
    /** Reads the gauges of a runtime. */
    public static Gauges of(TaskRuntime runtime) {
        return new Gauges(
                runtime.inFlightCount(), runtime.workerCount(), runtime.timersSet(), runtime.waitingOutside());
    }

    /** Tells whether the runtime has nothing left to do, and nothing left over. */
    public boolean isAtRest() {
        return inFlight == 0 && workers == 0 && alarms == 0 && outside == 0;
    }
}
