package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.task.Priority;
import dev.regions.task.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Priority")
@Timeout(60)
class PriorityTest {

    /**
     * Makes so many tasks of each priority ready while all carriers are busy, and returns the order in which they run.
     */
    private static List<Priority> orderOf(int each) throws Exception {
        List<Priority> order = Collections.synchronizedList(new ArrayList<>());
        try (TaskRuntime runtime = TaskRuntime.builder().parallelism(1).build()) {
            CountDownLatch release = new CountDownLatch(1);
            int processors = Runtime.getRuntime().availableProcessors();
            CountDownLatch busy = new CountDownLatch(processors);
            runtime.run(() -> {
                for (int i = 0; i < processors; i++) { // spinning on every carrier, so that nothing else starts
                    Tasks.spawn(() -> {
                        busy.countDown();
                        while (release.getCount() > 0) {
                            Thread.onSpinWait();
                        }
                    });
                }
                Handshakes.await(busy);
                List<Task<?>> tasks = new ArrayList<>();
                for (Priority priority : new Priority[] {Priority.LOW, Priority.NORMAL, Priority.HIGH}) {
                    for (int i = 0; i < each; i++) {
                        tasks.add(Tasks.builder().priority(priority).spawn(() -> {
                            order.add(priority);
                        }));
                    }
                }
                release.countDown();
                for (Task<?> task : tasks) {
                    task.join();
                }
            });
        }
        return order;
    }

    @Test
    @DisplayName(
            "is honoured among ready tasks: most of the high ones run before most of the normal, these before the low")
    void honoured() throws Exception {
        List<Priority> order = orderOf(1000);

        assertThat(middle(order, Priority.HIGH)).isLessThan(middle(order, Priority.NORMAL));
        assertThat(middle(order, Priority.NORMAL)).isLessThan(middle(order, Priority.LOW));
    }

    @Test
    @DisplayName("starves nobody: while there are high tasks left, normal and low ones have run")
    void noStarvation() throws Exception {
        List<Priority> order = orderOf(1000);

        int lastHigh = order.lastIndexOf(Priority.HIGH);
        assertThat(order.subList(0, lastHigh)).contains(Priority.NORMAL, Priority.LOW);
    }

    private static int middle(List<Priority> order, Priority priority) {
        int left = (int) order.stream().filter(p -> p == priority).count() / 2;
        for (int i = 0; i < order.size(); i++) {
            if (order.get(i) == priority && left-- == 0) {
                return i;
            }
        }
        throw new AssertionError("no " + priority + " in " + order.size());
    }

    @Test
    @DisplayName("works with edges, failure and joins as ever")
    void withEdges() throws Exception {
        Task<Integer> low = Tasks.builder().priority(Priority.LOW).spawn(() -> 1);
        Task<Integer> high = Tasks.builder().priority(Priority.HIGH).spawn(low, x -> x + 1);
        Task<Integer> normal = Tasks.spawn(high, x -> x + 1);

        assertThat(normal.join()).isEqualTo(3);
    }
}
