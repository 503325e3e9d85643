package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.task.Task;
import dev.regions.task.TaskSkippedException;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A dependency")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class DependenciesTest {

    @RepeatedTest(20)
    @DisplayName("on a task that fails while the edge is created skips the dependent, which neither runs nor hangs")
    void failureWhileTheEdgeIsMade() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        List<Task<?>> dependents = new ArrayList<>();

        for (int i = 0; i < 500; i++) {
            AtomicBoolean go = new AtomicBoolean();
            Task<Integer> failing = Tasks.spawn(() -> {
                while (!go.get()) {
                    Thread.onSpinWait();
                }
                throw new IllegalStateException("on purpose");
            });
            go.set(true);
            for (int spins = i % 50; spins > 0; spins--) {
                Thread.onSpinWait();
            }
            dependents.add(Tasks.spawn(failing, x -> ran.incrementAndGet()));
            dependents.add(Tasks.builder().requires(failing).spawn(() -> ran.incrementAndGet()));
        }
        for (Task<?> dependent : dependents) {
            assertThatThrownBy(dependent::join)
                    .isInstanceOf(TaskSkippedException.class)
                    .hasRootCauseMessage("on purpose");
            assertThat(dependent.taskState()).isEqualTo(TaskState.SKIPPED);
        }
        assertThat(ran).hasValue(0);
    }

    @Test
    @DisplayName("is copied from the collection that names it: later changes of the collection have no effect")
    void edgesAreCopied() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Task<Integer> first = Tasks.spawn(() -> {
            await(release);
            return 1;
        });
        List<Task<Integer>> arguments = new ArrayList<>(List.of(first));
        List<Task<?>> edges = new ArrayList<>(List.of(first));

        Task<Integer> sum =
                Tasks.spawn(arguments, ones -> ones.stream().mapToInt(x -> x).sum());
        Task<?> required = Tasks.builder().requires(edges).spawn(() -> {});
        Task<?> after = Tasks.builder().after(edges).spawn(() -> {});
        arguments.clear();
        edges.clear();
        edges.add(Tasks.spawn(() -> {
            throw new IllegalStateException("nobody depends on this");
        }));
        assertThat(List.of(sum, required, after)).allMatch(task -> task.taskState() == TaskState.WAITING);
        release.countDown();

        assertThat(sum.join()).isEqualTo(1);
        required.await();
        after.await();
        assertThat(List.of(required, after)).allMatch(task -> task.taskState() == TaskState.SUCCEEDED);
        edges.get(0).cancel();
        edges.get(0).toCompletableFuture();
    }
}
