package dev.regions.benchmarks.taskbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.benchmarks.taskbench.TaskGraph.Plan;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@DisplayName("Systems that run graphs")
class TaskSystemTest {
    @TestFactory
    @DisplayName("Each runs all tasks of each pattern once, after those that they depend on")
    Stream<DynamicTest> runs() {
        return TaskSystem.NAMES.stream().flatMap(system -> Stream.of(Pattern.values())
                .map(pattern -> DynamicTest.dynamicTest(
                        system + " runs " + pattern.label(), () -> run(TaskSystem.of(system), pattern))));
    }

    private static void run(TaskSystem system, Pattern pattern) throws Exception {
        Plan plan = new TaskGraph(pattern, 9, 30).plan();
        AtomicIntegerArray runs = new AtomicIntegerArray(30 * 9);
        AtomicInteger tooEarly = new AtomicInteger();
        Kernel kernel = (step, point) -> {
            for (int predecessor : plan.predecessors()[step][point]) {
                if (runs.get((step - 1) * 9 + predecessor) == 0) {
                    tooEarly.incrementAndGet();
                }
            }
            Thread.yield();
            runs.incrementAndGet(step * 9 + point);
        };

        try (system) {
            system.run(plan, kernel);
        }

        assertThat(tooEarly.get()).as("tasks that ran too early").isZero();
        for (int step = 0; step < 30; step++) {
            for (int point = 0; point < 9; point++) {
                assertThat(runs.get(step * 9 + point))
                        .as("runs of point %d of step %d", point, step)
                        .isEqualTo(plan.graph().has(step, point) ? 1 : 0);
            }
        }
    }

    @Test
    @DisplayName("One that there is not is refused, and those that there are are named")
    void unknown() {
        assertThatThrownBy(() -> TaskSystem.of("taskflow"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("taskflow")
                .hasMessageContaining("regions, forkJoinPool");
    }
}
