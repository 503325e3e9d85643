package dev.regions.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.core.graph.Node;
import dev.regions.task.OverflowPolicy;
import dev.regions.task.TooManyTasksException;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("InFlightLimiter for tasks notes what waits for it")
@Timeout(60)
class InFlightLimiterTest {
    private final InFlightLimiter inFlightLimiter = new InFlightLimiter("runtime 'test'", 2, OverflowPolicy.BLOCK);
    private final Node a = node();
    private final Node b = node();

    private static Node node() {
        return (Node) TaskRuntime.shared().call(() -> Tasks.spawn(() -> 1));
    }

    private List<Node> waiting() {
        List<Node> waiting = new ArrayList<>();
        inFlightLimiter.forEachWaiting(waiting::add);
        return waiting;
    }

    private Thread parked(Runnable taking) {
        Thread thread = Thread.ofPlatform().daemon().start(taking);
        Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
        return thread;
    }

    @Test
    @DisplayName("until it gets in, a single task or several")
    void untilIn() throws Exception {
        inFlightLimiter.take(1, false, a);
        inFlightLimiter.take(1, false, b);
        assertThat(waiting()).isEmpty();
        Thread single = parked(() -> inFlightLimiter.take(1, false, a));
        assertThat(waiting()).containsExactly(a);
        Thread both = parked(() -> inFlightLimiter.take(2, false, new Node[] {a, b}));
        assertThat(waiting()).containsExactlyInAnyOrder(a, a, b);

        inFlightLimiter.giveBack(1);
        single.join();
        assertThat(waiting()).containsExactly(a, b);
        inFlightLimiter.giveBack(2);
        both.join();
        assertThat(waiting()).isEmpty();
    }

    @Test
    @DisplayName("without what was wired while somebody was being told")
    void wiredMeanwhile() throws Exception {
        inFlightLimiter.take(2, false, new Node[] {a, b});
        Node[] batch = {a, b};
        Thread both = parked(() -> inFlightLimiter.take(2, false, batch));
        List<Node> told = new ArrayList<>();

        inFlightLimiter.forEachWaiting(node -> {
            told.add(node);
            batch[1] = null; // as the intake does
        });

        assertThat(told).containsExactly(a);
        inFlightLimiter.giveBack(2);
        both.join();
    }

    @Test
    @DisplayName("until it is interrupted, and nothing that is refused or goes past")
    void untilInterrupted() throws Exception {
        inFlightLimiter.take(2, false, new Node[] {a, b});
        Thread interrupted = parked(() ->
                assertThatThrownBy(() -> inFlightLimiter.take(1, false, a)).isInstanceOf(TooManyTasksException.class));
        assertThat(waiting()).containsExactly(a);

        interrupted.interrupt();
        interrupted.join();
        inFlightLimiter.take(1, true, b);
        assertThatThrownBy(() -> inFlightLimiter.take(3, false, new Node[] {a, a, a}))
                .isInstanceOf(TooManyTasksException.class);

        assertThat(waiting()).isEmpty();
    }
}
