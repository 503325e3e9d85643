package dev.regions.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.regions.benchmarks.latency.Latencies;
import dev.regions.benchmarks.memory.RetainedBytes;
import dev.regions.benchmarks.taskbench.Curve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run has found so far. Immutable; each step of a run makes a new one, and saves it.
 *
 * @param machine where it was measured
 * @param began when, as an ISO 8601 date and time
 * @param settings what was asked for
 * @param steps the steps that are done
 * @param timings of the workloads
 * @param curves of Task Bench, one for each run of each round
 * @param latencies one for each turn of each round
 * @param retained one for each turn of each round
 */
public record Results(
        Machine machine,
        String began,
        String settings,
        List<String> steps,
        List<Timing> timings,
        List<Curve> curves,
        List<Latencies> latencies,
        List<RetainedBytes> retained) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Returns results without any. */
    public static Results none(Machine machine, String began, String settings) {
        return new Results(machine, began, settings, List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /** What a step has found. */
    public record Found(
            List<Timing> timings, List<Curve> curves, List<Latencies> latencies, List<RetainedBytes> retained) {
        /** Returns what a step of the workloads found. */
        public static Found ofWorkload(List<Timing> timings) {
            return new Found(timings, List.of(), List.of(), List.of());
        }
    }

    /** Returns these results with those of one more step. */
    public Results with(String step, Found found) {
        List<Timing> all = new ArrayList<>(timings);
        for (Timing more : found.timings()) {
            int place = 0;
            while (place < all.size() && !all.get(place).isOfSame(more)) {
                place++;
            }
            if (place < all.size()) {
                all.set(place, all.get(place).and(more));
            } else {
                all.add(more);
            }
        }
        return new Results(
                machine,
                began,
                settings,
                joined(steps, List.of(step)),
                List.copyOf(all),
                joined(curves, found.curves()),
                joined(latencies, found.latencies()),
                joined(retained, found.retained()));
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    /** Reads results from a file. */
    public static Results read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Results.class);
    }

    /** Writes these to a file, whole or not at all. */
    public void write(Path file) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        JSON.writeValue(unfinished.toFile(), this);
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
