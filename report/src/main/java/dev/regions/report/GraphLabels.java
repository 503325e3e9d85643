package dev.regions.report;

import java.util.Locale;

/** The labels of nodes and edges of a graph, the same for each output language. */
final class GraphLabels {
    private static final int LONGEST = 60;

    private GraphLabels() {}

    static String of(RegionGraph.Node node, String newLine) {
        StringBuilder label = new StringBuilder(shortened(node.name()));
        if (node.count() > 1) {
            label.append(" × ").append(String.format(Locale.ROOT, "%,d", node.count()));
        }
        if (node.ran() > 0) {
            label.append(newLine).append(duration(node.ran()));
            if (node.count() > 1) {
                label.append(" in all");
            }
        }
        return label.toString();
    }

    static String of(RegionGraph.Edge edge) {
        return edge.count() > 1 ? String.format(Locale.ROOT, "%s × %,d", edge.reason(), edge.count()) : edge.reason();
    }

    /** Returns the label of a frame, without the number that distinguishes regions of the same name in messages. */
    static String of(RegionGraph.Frame frame) {
        return frame.name().replaceFirst(" @[0-9a-f]+$", "");
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST ? name : name.substring(0, LONGEST - 1) + "…";
    }

    /** Returns a time with three digits and a suitable unit. */
    static String duration(long nanos) {
        double value = nanos;
        String[] units = {"ns", "µs", "ms", "s"};
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        String format = unit == 0 || value >= 99.95 ? "%,.0f %s" : value >= 9.995 ? "%.1f %s" : "%.2f %s";
        return String.format(Locale.ROOT, format, value, units[unit]);
    }
}
