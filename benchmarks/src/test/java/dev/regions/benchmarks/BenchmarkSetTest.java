package dev.regions.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BenchmarkSetTest {
    @Test
    @DisplayName("ours runs on each other core right after it runs on this one, in every round; a peer has no core")
    void coresInTurns() {
        Forks forks = new Forks(1, 1, 1, List.of(), Map.of("before", "classes"));
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
