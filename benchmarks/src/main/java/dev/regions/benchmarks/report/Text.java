package dev.regions.benchmarks.report;

import dev.regions.benchmarks.taskbench.Curve;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How names and figures are written. */
final class Text {
    private static final Map<String, String> PEERS = Map.ofEntries(
            Map.entry("regions", "Regions"),
            Map.entry("regionsInBulk", "Regions, in bulk"),
            Map.entry("regionsOneByOne", "Regions, one by one"),
            Map.entry("forkJoinPool", "ForkJoinPool"),
            Map.entry("forkJoinTask", "ForkJoinTask"),
            Map.entry("recursiveTask", "RecursiveTask"),
            Map.entry("countedCompleter", "CountedCompleter"),
            Map.entry("completableFuture", "CompletableFuture"),
            Map.entry("completableFutureInBulk", "CompletableFuture, in bulk"),
            Map.entry("completableFutureThenRun", "CompletableFuture, thenRun"),
            Map.entry("virtualThreadPerTask", "Virtual thread per task"),
            Map.entry("structuredTaskScope", "StructuredTaskScope"),
            Map.entry("reactor", "Reactor"),
            Map.entry("sequential", "One thread, no tasks"));

    private Text() {}

    static String peer(String method) {
        return PEERS.getOrDefault(method, method);
    }

    static boolean isOurs(String method) {
        return method.startsWith("regions");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Formats for readers of any language, and parsers: the page is not localised. */
    static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    static String time(double nanoseconds) {
        if (Double.isNaN(nanoseconds)) {
            return "–";
        }
        if (nanoseconds < 1e3) {
            return digits(nanoseconds) + " ns";
        }
        if (nanoseconds < 1e6) {
            return digits(nanoseconds / 1e3) + " µs";
        }
        return nanoseconds < 1e9 ? digits(nanoseconds / 1e6) + " ms" : digits(nanoseconds / 1e9) + " s";
    }

    static String bytes(double bytes) {
        if (Double.isNaN(bytes)) {
            return "–";
        }
        return bytes < 10_240 ? digits(bytes) + " B" : digits(bytes / 1024) + " KiB";
    }

    /** A small one with a digit more, so that one that just misses a goal does not look like it. */
    static String ratio(double ratio) {
        return format(ratio < 0.2 ? "%.3f" : ratio < 10 ? "%.2f" : "%.0f", ratio);
    }

    /** METG(50%), or what it is at most; a dash if it was not reached. */
    static String metg(Curve curve) {
        return (curve.metgIsBound() ? "≤ " : "") + time(curve.metg());
    }

    /**
     * Times from the shortest to the longest, such as {@code 12.1–14.0 µs}; the unit comes once if it is the same.
     * Without an end if there are some that are not a number, for these were too long to be measured. Empty if there
     * are not two that differ.
     */
    static String range(List<Double> nanoseconds) {
        DoubleSummaryStatistics known = nanoseconds.stream()
                .mapToDouble(Double::doubleValue)
                .filter(value -> !Double.isNaN(value))
                .summaryStatistics();
        if (known.getCount() == 0 || nanoseconds.size() < 2) {
            return "";
        }
        String least = time(known.getMin());
        if (known.getCount() < nanoseconds.size()) {
            return "from " + least;
        }
        String most = time(known.getMax());
        String unit = most.substring(most.indexOf(' '));
        return least.equals(most)
                ? ""
                : (least.endsWith(unit) ? least.substring(0, least.length() - unit.length()) : least) + "–" + most;
    }

    /** Three digits, or all before the point. */
    private static String digits(double value) {
        return format(value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }
}
