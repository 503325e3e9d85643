package dev.regions.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BenchmarkSetTest {
    private static Forks forks(Map<String, String> cores) {
        return new Forks(1, 1, 1, List.of(), List.of(), cores);
    }

    private static List<String> names(BenchmarkSet set) {
        return set.plan(List.of(), 1, forks(Map.of())).stream()
                .map(step -> step.name().replace(", round 1", ""))
                .toList();
    }

    @Test
    @DisplayName("the settings have the options of the JVMs, and differ where these do")
    void settings() {
        Forks user = new Forks(1, 1, 1, List.of("-XX:+UseParallelGC"), List.of("stack"), Map.of());

        assertThat(BenchmarkSet.QUICK.describe(List.of(), 1, user))
                .startsWith("the quick set, 1 rounds, ")
                .contains("-Xmx4g", " -XX:+UseParallelGC", "Kernel::compute", "-XX:+UseSerialGC")
                .isNotEqualTo(BenchmarkSet.QUICK.describe(List.of(), 1, forks(Map.of())));
        assertThat(BenchmarkSet.CHOSEN.describe(List.of("Skynet", "Wavefront"), 2, user))
                .isEqualTo("the workloads Skynet Wavefront, 2 rounds, 1 warm-up and 1 counted iterations of 1 s,"
                        + " workloads with -Xms4g -Xmx4g -XX:+AlwaysPreTouch -XX:+UseParallelGC, profiled by stack");
    }

    @Test
    @DisplayName("the quick set has the same work without tasks, and what has a goal")
    void quick() {
        assertThat(names(BenchmarkSet.QUICK))
                .contains(
                        "IndependentTasks.regions",
                        "JoinedTasks.regions",
                        "BlockingTasks.virtualThreadPerTask",
                        "Wavefront.regionsInBulk",
                        "Wavefront.sequential",
                        "Fibonacci.sequential",
                        "Skynet.sequential",
                        "latency",
                        "retained bytes")
                .doesNotContain("BinaryTree.regions", "Wavefront.reactor");
    }

    @Test
    @DisplayName("the full set has all workloads but the one whose methods are no peers, which is run by name")
    void full() {
        assertThat(names(BenchmarkSet.FULL))
                .contains("BinaryTree.regions", "Wavefront.reactor", "Wavefront.regionsInBulk")
                .noneMatch(name -> name.startsWith("ObservedTasks"));
        assertThat(BenchmarkSet.CHOSEN.plan(List.of("ObservedTasks"), 1, forks(Map.of())))
                .extracting(RunStep::name)
                .contains("ObservedTasks.observer, round 1");
    }

    @Test
    @DisplayName("ours runs on each other core right after it runs on this one, in every round; a peer has no core")
    void coresInTurns() {
        Forks forks = forks(Map.of("before", "classes"));
        List<RunStep> plan = BenchmarkSet.CHOSEN.plan(
                List.of("\\.Wavefront\\.(regions|regionsInBulk)$", "\\.Wavefront\\.sequential$"), 2, forks);
        assertThat(plan.stream().map(RunStep::name))
                .containsExactly(
                        "Wavefront.regions, round 1",
                        "Wavefront.regions, round 1, on before",
                        "Wavefront.regionsInBulk, round 1",
                        "Wavefront.regionsInBulk, round 1, on before",
                        "Wavefront.sequential, round 1",
                        "Wavefront.regions, round 2",
                        "Wavefront.regions, round 2, on before",
                        "Wavefront.regionsInBulk, round 2",
                        "Wavefront.regionsInBulk, round 2, on before",
                        "Wavefront.sequential, round 2");
    }
}
