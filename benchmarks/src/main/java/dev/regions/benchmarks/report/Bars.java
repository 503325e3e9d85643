package dev.regions.benchmarks.report;

import java.util.List;

/** Horizontal bars, each with the range of what was measured. The bars are drawings, the text is the page's own. */
final class Bars {
    private Bars() {}

    /**
     * One bar.
     *
     * @param peer whose, as the workloads name it
     * @param value the length
     * @param least the least that was measured
     * @param most the most that was measured
     * @param text the value, as text
     * @param note more text, such as a ratio; may be empty
     */
    record Bar(String peer, double value, double least, double most, String text, String note) {}

    static String of(List<Bar> bars) {
        // A range far to the right is cut off rather than letting all bars shrink.
        double end = bars.stream().mapToDouble(Bar::value).max().orElse(1) * 1.12;
        StringBuilder html = new StringBuilder("<div class=\"bars\">\n");
        for (Bar bar : bars) {
            html.append(Text.format(
                    """
                    <div class="bar %s"><span class="name">%s</span>\
                    <svg viewBox="0 0 100 12" preserveAspectRatio="none" role="img" aria-label="%s">\
                    <title>%s, from %s to %s</title><rect class="fill" x="0" y="1" width="%.3f" height="10"/>%s</svg>\
                    <span class="value">%s</span><span class="note">%s</span></div>
                    """,
                    kind(bar.peer()),
                    Text.escape(Text.peer(bar.peer())),
                    Text.escape(Text.peer(bar.peer()) + ": " + bar.text()),
                    Text.escape(bar.text()),
                    rounded(bar.least()),
                    rounded(bar.most()),
                    share(bar.value(), end),
                    range(bar, end),
                    Text.escape(bar.text()),
                    Text.escape(bar.note())));
        }
        return html.append("</div>\n").toString();
    }

    private static String kind(String peer) {
        return peer.equals("regions")
                ? "ours"
                : Text.isOurs(peer) ? "ours variant" : peer.equals("sequential") ? "floor" : "";
    }

    private static String range(Bar bar, double end) {
        if (!(bar.least() < bar.most())) {
            return "";
        }
        double from = share(bar.least(), end);
        double to = share(bar.most(), end);
        return Text.format(
                "<path class=\"range\" d=\"M%1$.3f 3.5V8.5M%1$.3f 6H%2$.3f%3$s\"/>",
                from, to, bar.most() <= end ? Text.format("M%.3f 3.5V8.5", to) : "");
    }

    private static double share(double value, double end) {
        return Math.min(100, 100 * value / end);
    }

    private static String rounded(double value) {
        return Text.format(value < 100 ? "%.1f" : "%.0f", value);
    }
}
