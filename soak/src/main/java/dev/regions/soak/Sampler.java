package dev.regions.soak;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.regions.Gauges;
import dev.regions.Limit;
import dev.regions.TaskRuntime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Measures, with everything at rest. Used by one thread. */
final class Sampler {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** The first collection finds what others clean up after, by way of references. */
    private static final int COLLECTIONS = 3;

    private final TaskRuntime runtime;
    private final List<Limit> limits;
    private final Spawners spawners;
    private final long patienceSeconds;
    private final long began = System.nanoTime();

    /**
     * Makes a sampler.
     *
     * @param patienceSeconds how long a round, and what it leaves behind, may take to end
     */
    Sampler(TaskRuntime runtime, List<Limit> limits, Spawners spawners, long patienceSeconds) {
        this.runtime = runtime;
        this.limits = limits;
        this.spawners = spawners;
        this.patienceSeconds = patienceSeconds;
    }

    /**
     * Lets the spawners go on for a time, then takes a sample. One that is not at rest says that it never came to rest.
     */
    Sample sampleAfter(Duration time) throws IOException, InterruptedException {
        long peak = watch(time);
        if (!spawners.rest(patienceSeconds)) {
            return sample(peak);
        }
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(patienceSeconds);
            while (!isAtRest() && System.nanoTime() - deadline < 0) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
            return sample(peak);
        } finally {
            spawners.goOn();
        }
    }

    /** Returns the most tasks that were in flight meanwhile. */
    private long watch(Duration time) {
        long peak = 0;
        long until = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - until < 0 && spawners.failure() == null) {
            LockSupport.parkNanos(LOOK_NANOS);
            peak = Math.max(peak, runtime.inFlightCount());
        }
        return peak;
    }

    private boolean isAtRest() {
        return Gauges.of(runtime).isAtRest() && limited() == 0;
    }

    private int limited() {
        return limits.stream()
                .mapToInt(limit -> limit.inUse() + limit.queueLength())
                .sum();
    }

    private Sample sample(long peak) throws IOException {
        return new Sample(
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began),
                heapAfterCollection(),
                threads(),
                Gauges.of(runtime),
                limited(),
                peak,
                spawners.rounds());
    }

    private static long heapAfterCollection() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            LockSupport.parkNanos(LOOK_NANOS);
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** Counts the threads, virtual ones included, which no API lists: a thread dump does. */
    private static int threads() throws IOException {
        Path folder = Files.createTempDirectory("soak");
        Path dump = folder.resolve("threads.json");
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
            try (var lines = Files.lines(dump)) {
                return (int) lines.filter(line -> line.contains("\"tid\":")).count();
            }
        } finally {
            Files.deleteIfExists(dump);
            Files.delete(folder);
        }
    }
}
