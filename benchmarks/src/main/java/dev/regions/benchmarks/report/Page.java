package dev.regions.benchmarks.report;

import dev.regions.benchmarks.About;
import dev.regions.benchmarks.Median;
import dev.regions.benchmarks.latency.Latencies;
import dev.regions.benchmarks.report.Bars.Bar;
import dev.regions.benchmarks.report.Digest.Efficiency;
import dev.regions.benchmarks.report.Digest.Group;
import dev.regions.benchmarks.report.Digest.Turns;
import dev.regions.benchmarks.report.Goals.Goal;
import dev.regions.benchmarks.report.Plot.Axis;
import dev.regions.benchmarks.report.Plot.Line;
import dev.regions.benchmarks.report.Plot.Point;
import dev.regions.benchmarks.report.Plot.Tick;
import dev.regions.benchmarks.taskbench.Curve;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The report as one page that needs nothing else: no network, no scripts. */
public final class Page {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

    /** The columns of the overview, of those that anything was measured for. */
    private static final List<List<String>> COLUMNS = List.of(
            List.of("forkJoinPool", "forkJoinTask"),
            List.of("recursiveTask"),
            List.of("countedCompleter"),
            List.of("completableFuture", "completableFutureInBulk"),
            List.of("virtualThreadPerTask"),
            List.of("structuredTaskScope"),
            List.of("reactor"),
            List.of("sequential"));

    private final Results results;
    private final Digest digest;
    private final StringBuilder html = new StringBuilder();

    private Page(Results results) {
        this.results = results;
        this.digest = new Digest(results);
    }

    /** Returns the page, as HTML. */
    public static String of(Results results) {
        return new Page(results).build();
    }

    private String build() {
        add(
                """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <title>Regions: benchmarks</title>
                <style>
                %s</style>
                </head>
                <body>
                <header>
                <h1>Regions <span>benchmarks</span></h1>
                <p>%s · %s · revision %s</p>
                <p>%s · %d processors · %s</p>
                </header>
                <main>
                """,
                style(),
                results.began().replace('T', ' ').replace("Z", " UTC"),
                Text.escape(results.settings().replaceFirst(",.*", "")),
                Text.escape(results.machine().revision()),
                Text.escape(results.machine().processor()),
                results.machine().processors(),
                Text.escape(results.machine().jvm()));
        addOverview();
        addGoals();
        addWorkloads();
        addMetg();
        addLatencies();
        addMemory();
        addMethod();
        add("</main>\n</body>\n</html>\n");
        return html.toString();
    }

    private void add(String format, Object... values) {
        html.append(values.length == 0 ? format : Text.format(format, values));
    }

    private static String style() {
        try (InputStream in = Page.class.getResourceAsStream("report.css")) {
            return new String(Objects.requireNonNull(in, "report.css").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read report.css", e);
        }
    }

    // ---- Overview ---------------------------------------------------------------------------------------------------

    private void addOverview() {
        List<Group> groups = digest.groups();
        if (groups.isEmpty()) {
            return;
        }
        List<List<String>> columns = COLUMNS.stream()
                .filter(column -> groups.stream().anyMatch(group -> first(group, column) != null))
                .toList();
        add("<section id=\"overview\"><h2>At a glance</h2>\n");
        add("<p>The time of Regions, and that time divided by each peer’s: below 1 Regions is faster."
                + " Medians of all iterations.</p>\n");
        add("<div class=\"scroll\"><table class=\"overview\"><thead><tr><th>Workload</th><th>Regions</th>");
        columns.forEach(column -> add("<th>%s</th>", breakable(Text.peer(column.getFirst()))));
        add("</tr></thead><tbody>\n");
        for (Group group : groups) {
            Timing ours = group.of("regions");
            if (ours != null) {
                add(
                        "<tr><th><a href=\"#%s\">%s</a>%s</th><td class=\"time\">%s</td>",
                        group.workload(),
                        Text.escape(group.title()),
                        group.parameters().isEmpty() ? "" : " <small>" + Text.escape(group.parameters()) + "</small>",
                        Text.time(ours.median()));
                columns.forEach(column -> add(cell(ours, first(group, column))));
                add("</tr>\n");
            }
        }
        add("</tbody></table></div>\n");
        add(
                "<p class=\"key\"><span class=\"r f3\">≤ ¼</span><span class=\"r f2\">≤ ½</span>"
                        + "<span class=\"r f1\">faster</span><span class=\"r even\">within 5 %%</span>"
                        + "<span class=\"r s1\">slower</span><span class=\"r s2\">more than twice</span></p>\n</section>\n",
                "");
    }

    /** Returns a name that may be broken where a word of it begins, or the table would be wider than paper. */
    private static String breakable(String name) {
        return Text.escape(name).replaceAll("(?<=[a-z])(?=[A-Z])", "<wbr>");
    }

    private static @Nullable Timing first(Group group, List<String> peers) {
        return peers.stream()
                .map(group::of)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static String cell(Timing ours, @Nullable Timing peer) {
        if (peer == null) {
            return "<td></td>";
        }
        double ratio = ours.median() / peer.median();
        return Text.format("<td class=\"r %s\">%s</td>", shade(ratio), Text.ratio(ratio));
    }

    private static String shade(double ratio) {
        if (ratio <= 0.25) {
            return "f3";
        }
        if (ratio <= 0.5) {
            return "f2";
        }
        if (ratio < 0.95) {
            return "f1";
        }
        if (ratio <= 1.05) {
            return "even";
        }
        return ratio <= 2 ? "s1" : "s2";
    }

    private void addGoals() {
        List<Goal> goals = Goals.of(digest);
        if (goals.isEmpty()) {
            return;
        }
        long reached = goals.stream().filter(Goal::reached).count();
        add("<section id=\"goals\"><h2>Goals: %d of %d reached</h2>\n<ul class=\"goals\">\n", reached, goals.size());
        for (Goal goal : goals) {
            add(
                    "<li class=\"%s\"><b>%s</b><span>%s</span><span class=\"found\">%s</span></li>\n",
                    goal.reached() ? "reached" : "missed",
                    goal.reached() ? "✓ reached" : "✗ missed",
                    Text.escape(goal.text()),
                    Text.escape(goal.found()));
        }
        add("</ul>\n</section>\n");
    }

    // ---- Workloads --------------------------------------------------------------------------------------------------

    private void addWorkloads() {
        Map<String, List<Group>> workloads = new LinkedHashMap<>();
        digest.groups().forEach(group -> workloads
                .computeIfAbsent(group.workload(), name -> new ArrayList<>())
                .add(group));
        if (workloads.isEmpty()) {
            return;
        }
        add("<section id=\"workloads\"><h2>Workloads</h2>\n");
        add(
                "<p>Time per task, less is better. A bar is the median of all iterations, the line across its end reaches from"
                        + " the shortest to the longest. The last figure is the time of Regions divided by that of the peer.</p>\n");
        add("<div class=\"cards\">\n");
        workloads.forEach((workload, groups) -> {
            About about = groups.getFirst().about();
            add(
                    "<article class=\"card\" id=\"%s\"><h3>%s</h3><p>%s%s</p>\n",
                    workload,
                    Text.escape(groups.getFirst().title()),
                    about == null ? "" : Text.escape(about.text()),
                    about == null || about.per().equals("task") ? "" : " Time per " + Text.escape(about.per()) + ".");
            for (Group group : groups) {
                if (!group.parameters().isEmpty()) {
                    add("<h4>%s</h4>\n", Text.escape(group.parameters().replace("=", " = ")));
                }
                add("%s", Bars.of(bars(group)));
            }
            add("</article>\n");
        });
        add("</div>\n</section>\n");
    }

    private static List<Bar> bars(Group group) {
        Timing ours = group.of("regions");
        return group.timings().stream()
                .map(timing -> new Bar(
                        timing.peer(),
                        timing.median(),
                        timing.shortest(),
                        timing.longest(),
                        Text.time(timing.median()),
                        ours == null || ours == timing ? "" : "× " + Text.ratio(ours.median() / timing.median())))
                .toList();
    }

    // ---- Task Bench -------------------------------------------------------------------------------------------------

    private void addMetg() {
        List<Efficiency> all = digest.efficiencies();
        if (all.isEmpty()) {
            return;
        }
        Map<String, List<Efficiency>> patterns = all.stream()
                .collect(Collectors.groupingBy(Efficiency::pattern, LinkedHashMap::new, Collectors.toList()));
        List<String> systems = all.stream().map(Efficiency::system).distinct().toList();
        add("<section id=\"taskbench\"><h2>Task Bench: how small may a task be?</h2>\n");
        add(
                "<p>Graphs of %d tasks per step. The further to the left a curve stays high, the smaller are the tasks that are"
                        + " run well. METG(50%%), marked, is the smallest granularity (time by processors per task) at which half"
                        + " of the machine’s speed is used; less is better. A curve is the median of the runs of each size, the"
                        + " area around it reaches from the slowest run to the fastest; the small figures are METG(50%%) of the runs"
                        + " one by one.</p>\n",
                all.getFirst().median().width());
        add("%s", Plot.legend(systems));
        add("<div class=\"cards\">\n");
        patterns.forEach((pattern, same) -> add(
                "<article class=\"card\"><h3>%s</h3>\n%s</article>\n",
                Text.escape(pattern), efficiency(pattern, same)));
        add("</div>\n<div class=\"scroll\"><table><caption>METG(50%%)</caption><thead><tr><th>Pattern</th>", "");
        systems.forEach(system -> add("<th>%s</th>", breakable(Text.peer(system))));
        add("</tr></thead><tbody>\n");
        patterns.forEach((pattern, same) -> {
            add("<tr><th>%s</th>", Text.escape(pattern));
            for (String system : systems) {
                add(same.stream()
                        .filter(each -> each.system().equals(system))
                        .map(each -> cell(system, Text.metg(each.median()), Text.range(each.metgs())))
                        .findFirst()
                        .orElse("<td></td>"));
            }
            add("</tr>\n");
        });
        add("</tbody></table></div>\n</section>\n");
    }

    private static String cell(String peer, String text, String range) {
        return Text.format(
                "<td class=\"%s\">%s%s</td>",
                Text.isOurs(peer) ? "time" : "",
                Text.escape(text),
                range.isEmpty() ? "" : "<small>" + Text.escape(range) + "</small>");
    }

    private static String efficiency(String pattern, List<Efficiency> systems) {
        DoubleSummaryStatistics sizes = systems.stream()
                .flatMap(system -> system.runs().stream())
                .flatMap(run -> run.points().stream())
                .mapToDouble(Curve.Point::granularity)
                .summaryStatistics();
        Axis x = Axis.logarithmic("granularity", sizes.getMin(), sizes.getMax(), Page::shortTime);
        Axis y = Axis.linear(
                "efficiency",
                0,
                1,
                List.of(
                        new Tick(0, "0"),
                        new Tick(0.25, "25 %"),
                        new Tick(0.5, "50 %"),
                        new Tick(0.75, "75 %"),
                        new Tick(1, "100 %")));
        List<Line> lines = systems.stream()
                .map(system -> {
                    Curve median = system.median();
                    double metg = median.metg();
                    List<Point> points =
                            median.points().stream().map(Page::place).toList();
                    boolean known = !Double.isNaN(metg) && !median.metgIsBound();
                    return new Line(system.system(), points, band(system), known ? new Point(metg, 0.5) : null);
                })
                .toList();
        return Plot.of("Efficiency over granularity, " + pattern, x, y, lines, 0.5);
    }

    private static Point place(Curve.Point point) {
        return new Point(point.granularity(), point.efficiency());
    }

    /** From the fastest run of each size, back along the slowest. */
    private static List<Point> band(Efficiency system) {
        List<Point> fastest = new ArrayList<>();
        List<Point> slowest = new ArrayList<>();
        for (int size = 0;
                size < system.median().points().size() && system.runs().size() > 1;
                size++) {
            int place = size;
            List<Point> runs = system.runs().stream()
                    .map(run -> place(run.points().get(place)))
                    .sorted(Comparator.comparingDouble(Point::x))
                    .toList();
            fastest.add(runs.getFirst());
            slowest.add(runs.getLast());
        }
        return around(fastest, slowest);
    }

    private static List<Point> around(List<Point> there, List<Point> andBack) {
        List<Point> corners = new ArrayList<>(there);
        corners.addAll(andBack.reversed());
        return corners;
    }

    private static String shortTime(double nanoseconds) {
        return Text.time(nanoseconds).replace(".00", "").replace(".0", "");
    }

    // ---- Latency ----------------------------------------------------------------------------------------------------

    private void addLatencies() {
        List<Digest.Latency> latencies = digest.latencies();
        if (latencies.isEmpty()) {
            return;
        }
        List<String> peers = latencies.stream()
                .flatMap(latency -> latency.peers().keySet().stream())
                .distinct()
                .toList();
        add("<section id=\"latency\"><h2>Latency of single tasks</h2>\n");
        add(
                "<p>Spawns are on a schedule that does not wait for what is late, so that a stall counts for all that it held up."
                        + " Cancels have none, and follow each other; what a long one would have held up is entered, and counts as"
                        + " samples. Beside other work means that the same peer also runs tasks of 20 µs, in bursts, for a quarter"
                        + " of what the processors can do. A percentile beyond which there is no sample is left out. The area"
                        + " around a line, and the small figures, reach from the least to the most of the turns in which the peers"
                        + " were measured, as far as each of these has samples beyond. Less is better.</p>\n");
        add("%s", Plot.legend(peers));
        add("<div class=\"cards\">\n");
        for (Digest.Latency latency : latencies) {
            String title = latency.measure() + (latency.loaded() ? ", beside other work" : ", idle");
            add(
                    "<article class=\"card\"><h3>%s</h3>\n%s%s</article>\n",
                    Text.escape(Character.toUpperCase(title.charAt(0)) + title.substring(1)),
                    percentiles(title, latency),
                    percentileTable(latency));
        }
        add("</div>\n</section>\n");
    }

    private static String percentiles(String title, Digest.Latency latency) {
        double from = Double.MAX_VALUE;
        double to = 0;
        List<Line> lines = new ArrayList<>();
        for (Map.Entry<String, Turns> peer : latency.peers().entrySet()) {
            List<Point> points = new ArrayList<>();
            List<Point> least = new ArrayList<>();
            List<Point> most = new ArrayList<>();
            for (double nines = 0; nines <= 4.001; nines += 0.1) {
                double percentile = 100 - 100 * Math.pow(10, -nines);
                Histogram all = peer.getValue().all();
                if (Latencies.carries(all, percentile)) {
                    points.add(new Point(nines, Math.max(1, all.getValueAtPercentile(percentile))));
                }
                List<Double> turns = peer.getValue().percentiles(percentile);
                if (turns.size() > 1) {
                    least.add(new Point(nines, Math.max(1, Collections.min(turns))));
                    most.add(new Point(nines, Math.max(1, Collections.max(turns))));
                }
            }
            List<Point> band = around(least, most);
            for (Point point : around(points, band)) {
                from = Math.min(from, point.y());
                to = Math.max(to, point.y());
            }
            lines.add(new Line(peer.getKey(), points, band, null));
        }
        Axis x = Axis.linear(
                "percentile",
                0,
                4,
                List.of(
                        new Tick(0, "0"),
                        new Tick(1, "90"),
                        new Tick(2, "99"),
                        new Tick(3, "99.9"),
                        new Tick(4, "99.99")));
        Axis y = Axis.logarithmic(
                "latency",
                Math.pow(10, Math.floor(Math.log10(from))),
                Math.pow(10, Math.ceil(Math.log10(to))),
                Page::shortTime);
        return Plot.of("Latency by percentile, " + title, x, y, lines, Double.NaN);
    }

    private static String percentileTable(Digest.Latency latency) {
        StringBuilder table = new StringBuilder("<div class=\"scroll\"><table><thead><tr><th></th>");
        for (double percentile : PERCENTILES) {
            table.append("<th>p")
                    .append(Text.format("%s", percentile).replace(".0", ""))
                    .append("</th>");
        }
        table.append("<th>samples</th></tr></thead><tbody>\n");
        latency.peers().forEach((peer, turns) -> {
            table.append(Text.format("<tr><th>%s</th>", breakable(Text.peer(peer))));
            for (double percentile : PERCENTILES) {
                table.append(cell(
                        peer,
                        Latencies.carries(turns.all(), percentile)
                                ? Text.time(turns.all().getValueAtPercentile(percentile))
                                : "–",
                        Text.range(turns.percentiles(percentile))));
            }
            table.append(Text.format("<td>%d</td></tr>%n", turns.all().getTotalCount()));
        });
        return table.append("</tbody></table></div>\n").toString();
    }

    // ---- Memory -----------------------------------------------------------------------------------------------------

    private void addMemory() {
        List<Group> groups = digest.groups().stream()
                .filter(group -> group.parameters().isEmpty()
                        && List.of("IndependentTasks", "ChainOfTasks", "JoinedTasks", "BlockingTasks")
                                .contains(group.workload()))
                .toList();
        Map<String, Map<String, List<Double>>> retained = digest.retained();
        if (groups.isEmpty() && retained.isEmpty()) {
            return;
        }
        add(
                "<section id=\"memory\"><h2>Memory</h2>\n<p>Per task, without what the user’s own lambda takes: it is the same"
                        + " object for all tasks. Less is better.</p>\n<div class=\"cards\">\n");
        for (Group group : groups) {
            List<Bar> bars = group.timings().stream()
                    .filter(timing ->
                            !Double.isNaN(timing.bytes()) && !timing.peer().equals("sequential"))
                    .map(timing -> bytes(timing.peer(), timing.allocated()))
                    .toList();
            add(
                    "<article class=\"card\"><h3>Allocated: %s</h3>\n%s</article>\n",
                    Text.escape(group.title()), Bars.of(bars));
        }
        retained.forEach((kind, peers) -> {
            List<Bar> bars = peers.entrySet().stream()
                    .map(peer -> bytes(peer.getKey(), peer.getValue()))
                    .toList();
            add("<article class=\"card\"><h3>Retained: %s</h3>\n%s</article>\n", Text.escape(kind), Bars.of(bars));
        });
        add("</div>\n</section>\n");
    }

    private static Bar bytes(String peer, List<Double> measured) {
        double median = Median.of(measured);
        return new Bar(peer, median, Collections.min(measured), Collections.max(measured), Text.bytes(median), "");
    }

    // ---- Method -----------------------------------------------------------------------------------------------------

    private void addMethod() {
        Machine machine = results.machine();
        add("<section id=\"method\"><h2>How it was measured</h2>\n<dl>\n");
        addTerm("Processor", machine.processor() + ", " + machine.processors() + " for the JVM");
        addTerm("Memory", Text.format("%.1f GiB", machine.memory() / (double) (1L << 30)));
        addTerm("System", machine.system());
        addTerm("JVM", machine.jvm());
        addTerm("Revision", machine.revision() + (machine.revision().endsWith("+") ? ", with changes" : ""));
        addTerm("Began", results.began());
        addTerm("What", results.settings());
        add("</dl>\n");
        add(
                "<p>Each round runs everything once, and rounds follow each other, so that a machine that drifts drifts for all."
                        + " Each peer of a workload, and of a pattern of Task Bench, has a JVM of its own. Latency has one JVM, in"
                        + " which the peers take turns; what is retained is measured in another one, in three turns."
                        + " Compare what is on this page with itself: a ratio of two figures of one run. Absolute"
                        + " figures, and figures of other machines, say little. Where ranges overlap, there may be no difference.</p>\n");
        add("</section>\n");
    }

    private void addTerm(String term, String description) {
        add("<dt>%s</dt><dd>%s</dd>\n", term, Text.escape(description));
    }
}
