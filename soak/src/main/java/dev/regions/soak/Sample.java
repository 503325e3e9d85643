package dev.regions.soak;

import dev.regions.Gauges;
import java.util.Locale;

/**
 * What was measured at rest, between two rounds: nobody spawns, and a full collection has just been made.
 *
 * @param seconds since the beginning
 * @param heapBytes in use
 * @param threads of the JVM, virtual ones included
 * @param gauges of the runtime that all workloads share
 * @param limited tasks inside, or waiting for, the limits that all workloads share
 * @param peakInFlight the most tasks that were seen in flight since the sample before
 * @param rounds how many rounds have ended by now
 */
record Sample(long seconds, long heapBytes, int threads, Gauges gauges, int limited, long peakInFlight, long rounds) {
    static final String HEADER =
            "    time   heap KiB  threads  in flight  workers  alarms  outside  limited  peak in flight     rounds";

    boolean isAtRest() {
        return gauges.isAtRest() && limited == 0;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%6d s %10d %8d %10d %8d %7d %8d %8d %15d %10d",
                seconds,
                heapBytes / 1024,
                threads,
                gauges.inFlight(),
                gauges.workers(),
                gauges.alarms(),
                gauges.outside(),
                limited,
                peakInFlight,
                rounds);
    }
}
