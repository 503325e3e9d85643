package dev.regions.report;

import java.util.Locale;

/** What nodes and edges of a graph say, in whatever language it is drawn. */
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

    /** A frame without what tells its region from others of the same name in messages. */
    static String of(RegionGraph.Frame frame) {
        return frame.name().replaceFirst(" @[0-9a-f]+$", "");
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST ? name : name.substring(0, LONGEST - 1) + "…";
    }

    /** A time with three digits and the unit that fits. */
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
