package dev.regions.benchmarks.report;

import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Lines over two axes. */
final class Plot {
    private static final double WIDTH = 380;
    private static final double HEIGHT = 240;
    private static final double LEFT = 52;
    private static final double RIGHT = 20;
    private static final double TOP = 10;
    private static final double BOTTOM = 40;

    private Plot() {}

    /** A place on an axis, and what stands there. */
    record Tick(double at, String text) {}

    /**
     * An axis.
     *
     * @param title what it shows
     * @param scale makes of a value a place between 0 and 1
     * @param ticks the values that are marked
     */
    record Axis(String title, DoubleUnaryOperator scale, List<Tick> ticks) {
        static Axis linear(String title, double from, double to, List<Tick> ticks) {
            return new Axis(title, value -> (value - from) / (to - from), ticks);
        }

        /** With a tick at each power of ten. */
        static Axis logarithmic(String title, double from, double to, DoubleFunction<String> text) {
            double first = Math.log10(from);
            double last = Math.log10(to);
            List<Tick> ticks = IntStream.rangeClosed((int) Math.ceil(first - 1e-9), (int) Math.floor(last + 1e-9))
                    .mapToDouble(exponent -> Math.pow(10, exponent))
                    .mapToObj(value -> new Tick(value, text.apply(value)))
                    .toList();
            return new Axis(title, value -> (Math.log10(value) - first) / (last - first), ticks);
        }
    }

    /** A point of a line. */
    record Point(double x, double y) {}

    /**
     * A line.
     *
     * @param peer whose, as the workloads name it: decides the colour
     * @param points from left to right
     * @param band the corners of an area around the line, the range of what was measured; none for no area
     * @param mark a point to be marked; null for none
     */
    record Line(
            String peer,
            List<Point> points,
            List<Point> band,
            @Nullable Point mark) {}

    /**
     * Returns the drawing.
     *
     * @param name for those who cannot see it
     * @param level a value of the vertical axis to draw a line at; NaN for none
     */
    static String of(String name, Axis x, Axis y, List<Line> lines, double level) {
        StringBuilder svg = new StringBuilder(Text.format(
                "<svg class=\"plot\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">\n",
                WIDTH, HEIGHT, Text.escape(name)));
        double bottom = HEIGHT - BOTTOM;
        for (Tick tick : y.ticks()) {
            double place = vertical(y, tick.at());
            svg.append(Text.format(
                    "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/><text class=\"tick\" x=\"%.1f\" y=\"%.1f\""
                            + " text-anchor=\"end\">%s</text>%n",
                    LEFT, place, WIDTH - RIGHT, LEFT - 5, place + 3.5, Text.escape(tick.text())));
        }
        for (Tick tick : x.ticks()) {
            double place = horizontal(x, tick.at());
            svg.append(Text.format(
                    "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/><text class=\"tick\" x=\"%.1f\" y=\"%.1f\""
                            + " text-anchor=\"middle\">%s</text>%n",
                    place, TOP, bottom, place, bottom + 14, Text.escape(tick.text())));
        }
        svg.append(Text.format(
                "<text class=\"axis\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>%n",
                (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, Text.escape(x.title())));
        svg.append(Text.format(
                "<text class=\"axis\" transform=\"translate(11 %.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>%n",
                (TOP + bottom) / 2, Text.escape(y.title())));
        if (!Double.isNaN(level)) {
            svg.append(Text.format(
                    "<path class=\"level\" d=\"M%.1f %.1fH%.1f\"/>%n", LEFT, vertical(y, level), WIDTH - RIGHT));
        }
        for (Line line : lines.reversed()) { // ours comes first, and is to lie on top
            svg.append(line(x, y, line));
        }
        return svg.append("</svg>\n").toString();
    }

    private static String line(Axis x, Axis y, Line line) {
        String band =
                line.band().isEmpty() ? "" : Text.format("<path class=\"band\" d=\"%sZ\"/>", path(x, y, line.band()));
        String mark = line.mark() == null
                ? ""
                : Text.format(
                        "<circle class=\"mark\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>",
                        horizontal(x, line.mark().x()), vertical(y, line.mark().y()));
        return Text.format(
                "<g class=\"line p-%s\"><title>%s</title>%s<path d=\"%s\"/>%s</g>%n",
                line.peer(), Text.escape(Text.peer(line.peer())), band, path(x, y, line.points()), mark);
    }

    private static String path(Axis x, Axis y, List<Point> points) {
        StringBuilder path = new StringBuilder();
        for (Point point : points) {
            path.append(path.isEmpty() ? 'M' : 'L')
                    .append(Text.format("%.1f %.1f", horizontal(x, point.x()), vertical(y, point.y())));
        }
        return path.toString();
    }

    private static double horizontal(Axis x, double value) {
        return LEFT + (WIDTH - LEFT - RIGHT) * Math.clamp(x.scale().applyAsDouble(value), 0, 1);
    }

    private static double vertical(Axis y, double value) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * Math.clamp(y.scale().applyAsDouble(value), 0, 1);
    }

    /** What the lines stand for. */
    static String legend(List<String> peers) {
        StringBuilder html = new StringBuilder("<ul class=\"legend\">");
        for (String peer : peers) {
            html.append(Text.format(
                    "<li class=\"line p-%s\"><svg viewBox=\"0 0 28 10\" aria-hidden=\"true\"><path d=\"M1 5H27\"/></svg>%s</li>",
                    peer, Text.escape(Text.peer(peer))));
        }
        return html.append("</ul>\n").toString();
    }
}
