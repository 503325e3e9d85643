package dev.regions.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.benchmarks.report.Digest.Group;
import dev.regions.benchmarks.report.Digest.Turns;
import dev.regions.benchmarks.report.Goals.Goal;
import dev.regions.benchmarks.report.Results.Found;
import dev.regions.benchmarks.taskbench.Curve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Results")
class ResultsTest {
    @Test
    @DisplayName("Come back from their file as they were")
    void roundTrip(@TempDir Path folder) throws IOException {
        Results results = SampleResults.make();
        Path file = folder.resolve("results.json");

        results.write(file);

        assertThat(Results.read(file)).isEqualTo(results);
        assertThat(Files.list(folder)).containsExactly(file);
    }

    @Test
    @DisplayName("Of another round are added to those of the same benchmark and parameters")
    void anotherRound() {
        Results results = SampleResults.make();
        Timing more = SampleResults.timing("SubmittingThreads", "regions", "threads=2", 100, 80);

        Results both = results.with("round 2", Found.ofWorkload(List.of(more)));

        assertThat(both.timings()).hasSameSizeAs(results.timings());
        assertThat(both.timings())
                .filteredOn(timing -> timing.isOfSame(more))
                .singleElement()
                .satisfies(timing -> assertThat(timing.nanoseconds()).hasSize(6).endsWith(90.0, 100.0, 130.0));
        assertThat(both.steps()).containsExactly("step 1", "step 2", "round 2");
    }

    @Test
    @DisplayName("Have the median of all figures, and their range")
    void median() {
        Timing timing = new Timing("W", "regions", "", List.of(4.0, 1.0, 3.0, 10.0), List.of());

        assertThat(timing.median()).isEqualTo(3.5);
        assertThat(timing.shortest()).isEqualTo(1);
        assertThat(timing.longest()).isEqualTo(10);
        assertThat(timing.bytes()).isNaN();
    }

    @Test
    @DisplayName("Are shown with ours first, peers from fast to slow, and parameters in order of their numbers")
    void groups() {
        List<Group> groups = new Digest(SampleResults.make()).groups();

        assertThat(groups)
                .extracting(group -> (group.workload() + " " + group.parameters()).strip())
                .containsExactly(
                        "IndependentTasks",
                        "SubmittingThreads threads=1",
                        "SubmittingThreads threads=2",
                        "SubmittingThreads threads=10",
                        "ChainOfTasks",
                        "Wavefront",
                        "Fibonacci",
                        "BlockingTasks",
                        "BulkHandOver",
                        "CounterCost");
        assertThat(groups.getFirst().timings())
                .extracting(Timing::peer)
                .containsExactly("regions", "completableFuture", "forkJoinPool", "virtualThreadPerTask");
    }

    @Test
    @DisplayName("Say which goals are reached and which are missed")
    void goals() {
        List<Goal> goals = Goals.of(new Digest(SampleResults.make()));

        assertThat(goals)
                .extracting(goal -> goal.text() + " | " + goal.found() + " | " + goal.reached())
                .contains(
                        "Independent tasks: at most 0.50 × ForkJoinPool | 0.33 | true",
                        "Independent tasks: at most 0.50 × CompletableFuture | 0.53 | false",
                        "Independent tasks: at most 0.100 × Virtual thread per task | 0.098 | true",
                        "Independent tasks: at most 31.0 ns per task (a quarter of the 125 ns that Taskflow takes for an"
                                + " independent silent_async, at the least) | 40.0 ns | false",
                        "Independent tasks: at most 48.0 B allocated per task (an object of 40 bytes, and its share of arrays)"
                                + " | 48.0 B | true",
                        "Wavefront (Regions, in bulk): at most 112 ns per task (what Taskflow takes to build and run a static"
                                + " graph, at the least) | 100 ns | true",
                        "Fibonacci: at most 1.20 × RecursiveTask | 2.00 | false",
                        "Tasks that sleep: at most 1.00 × Virtual thread per task | 0.92 | true",
                        "Tasks that sleep: at most 1.00 × Virtual thread per task, in bytes allocated | 2.40 | false",
                        "Bulk region: hand-over: at most 40.0 ns per task | 30.0 ns | true",
                        "Retained while it waits for the one before: at most 72.0 B | 64.4 B | true",
                        "Retained while it is blocked in join: no more than a virtual thread"
                                + " | 4600 B, a virtual thread 1200 B | false")
                .anyMatch(goal -> goal.startsWith("METG(50%) of stencil_1d") && goal.endsWith("true"))
                .anyMatch(goal -> goal.startsWith("METG(50%) of fft") && goal.endsWith("false"))
                .anyMatch(goal -> goal.startsWith("Spawn to joined, idle, p50") && goal.endsWith("true"));
    }

    @Test
    @DisplayName("Of latency have the range over turns at percentiles that all turns have enough samples for")
    void latencyRange() {
        Map<String, Turns> peers =
                new Digest(SampleResults.make()).latencies().getFirst().peers();
        Turns theirs = Objects.requireNonNull(peers.get("completableFuture"));

        assertThat(theirs.all().getTotalCount()).isEqualTo(5_000);
        assertThat(theirs.percentiles(50)).hasSize(2);
        assertThat((double) theirs.all().getValueAtPercentile(50))
                .isBetween(Collections.min(theirs.percentiles(50)), Collections.max(theirs.percentiles(50)));
        assertThat(theirs.percentiles(99.99)).isEmpty();
    }

    @Test
    @DisplayName("Have ranges with one unit if it is the same, and none if nothing differs")
    void ranges() {
        assertThat(Text.range(List.of(12_100.0, 14_000.0, 13_000.0))).isEqualTo("12.1–14.0 µs");
        assertThat(Text.range(List.of(1200.0, 480.0))).isEqualTo("480 ns–1.20 µs");
        assertThat(Text.range(List.of(480.0, Double.NaN))).isEqualTo("from 480 ns");
        assertThat(Text.range(List.of(480.0, 480.1))).isEmpty();
        assertThat(Text.range(List.of(480.0))).isEmpty();
        assertThat(Text.range(List.of(Double.NaN, Double.NaN))).isEmpty();
        assertThat(Text.range(List.of())).isEmpty();
    }

    @Test
    @DisplayName("Say that METG is missed if no size of ours reaches it, and leave out peers that do not")
    void metgNotReached() {
        Curve.Point slow = new Curve.Point(16, 1000, 0.3);
        Curve.Point fast = new Curve.Point(16, 300, 0.6);

        assertThat(metgGoal(List.of(slow), List.of(fast))).isEqualTo("not reached, the best peer ≤ 300 ns | false");
        assertThat(metgGoal(List.of(fast), List.of(slow))).isEqualTo("≤ 300 ns, by no peer | true");
        assertThat(metgGoal(List.of(slow), List.of(slow))).isEqualTo("not reached, by no peer | false");
    }

    @Test
    @DisplayName("Give METG of the median run, and its range over the runs, which has no end if some do not reach it")
    void metgRange() {
        List<Curve.Point> ours =
                List.of(new Curve.Point(16, 400, 0.52), new Curve.Point(16, 300, 0.7), new Curve.Point(16, 350, 0.6));
        List<Curve.Point> peer =
                List.of(new Curve.Point(16, 800, 0.55), new Curve.Point(16, 900, 0.49), new Curve.Point(16, 750, 0.57));

        assertThat(metgGoal(ours, peer))
                .isEqualTo("≤ 350 ns (300–400 ns), the best peer ≤ 800 ns (from 750 ns) | true");
    }

    /** The goal that is made of some runs of graphs with tasks of one size. */
    private static String metgGoal(List<Curve.Point> ours, List<Curve.Point> peer) {
        List<Curve> curves = new ArrayList<>();
        ours.forEach(run -> curves.add(new Curve("fft", "regions", 32, 4, List.of(run))));
        peer.forEach(run -> curves.add(new Curve("fft", "forkJoinPool", 32, 4, List.of(run))));
        Results results = SampleResults.none().with("step", new Found(List.of(), curves, List.of(), List.of()));
        Goal goal = Goals.of(new Digest(results)).getFirst();
        return goal.found() + " | " + goal.reached();
    }

    @Test
    @DisplayName("Are written with three decimals where a ratio is small, so that a goal that is just missed shows")
    void ratios() {
        assertThat(List.of(0.1045, 0.1, 0.2, 0.5, 9.994, 12.4))
                .extracting(Text::ratio)
                .containsExactly("0.105", "0.100", "0.20", "0.50", "9.99", "12");
    }
}
