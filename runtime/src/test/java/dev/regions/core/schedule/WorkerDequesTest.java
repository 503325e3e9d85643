package dev.regions.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.core.diagnostics.Diagnostics;
import dev.regions.core.graph.BodyKind;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskNode;
import dev.regions.task.OverflowPolicy;
import dev.regions.task.TaskAction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The deques of workers")
class WorkerDequesTest {
    private static final DagCore CORE = new DagCore(
            "of the test", 1, List.of(), core -> core, failure -> {}, 0, OverflowPolicy.BLOCK, Diagnostics::new);

    private final WorkerDeques deques = new WorkerDeques();

    private static Node ready() {
        Node node = new TaskNode<>(BodyKind.ACTION, (TaskAction) () -> {}, null, null, null);
        node.launchFresh(CORE);
        return node;
    }

    @Test
    @DisplayName("are found by their own threads, and by no others")
    void here() {
        assertThat(deques.here()).isNull();

        WorkerDeque own = deques.enter(Thread.currentThread());
        for (int i = 0; i < 2 * WorkerDeques.PLACES; i++) {
            deques.enter(Thread.ofVirtual().unstarted(() -> {}));
        }

        assertThat(own).isNotNull();
        assertThat(deques.here()).isSameAs(own);
        deques.leave(Objects.requireNonNull(own));
        assertThat(deques.here()).isNull();
    }

    @Test
    @DisplayName("are given to no more workers than there are places, and again when one has left")
    void places() {
        List<WorkerDeque> entered = fill();
        for (int i = 0; i < 2 * WorkerDeques.PLACES; i++) {
            assertThat(deques.enter(Thread.ofVirtual().unstarted(() -> {}))).isNull();
        }

        WorkerDeque left = entered.getFirst();
        deques.leave(left);
        assertThat(deques.enter(left.owner)).isNotNull();
        assertThat(deques.enter(left.owner)).isNull();
    }

    /** Has workers enter until all permits are taken. */
    private List<WorkerDeque> fill() {
        List<WorkerDeque> entered = new ArrayList<>();
        while (entered.size() < WorkerDeques.PLACES) {
            WorkerDeque deque = deques.enter(Thread.ofVirtual().unstarted(() -> {}));
            if (deque != null) {
                entered.add(deque);
            }
        }
        return entered;
    }

    @Test
    @DisplayName("have their turns, whichever is looked at first")
    void turns() {
        List<WorkerDeque> entered = fill();
        for (WorkerDeque deque : entered) {
            for (int i = 0; i < 2; i++) {
                deques.push(deque, ready());
            }
        }

        Set<Integer> sizes = new HashSet<>();
        for (int from = -5; from < WorkerDeques.PLACES - 5; from++) {
            assertThat(deques.take(from)).isNotNull();
        }
        for (WorkerDeque deque : entered) {
            int[] size = new int[1];
            deque.forEach(node -> size[0]++);
            sizes.add(size[0]);
        }
        assertThat(sizes).as("one was taken from each").containsExactly(1);
    }

    @Test
    @DisplayName("are all looked at for tasks, as long as they are there")
    void take() {
        List<WorkerDeque> entered = fill();
        Set<Node> pushed = new HashSet<>();
        assertThat(deques.isEmpty()).isTrue();
        for (WorkerDeque deque : entered) {
            for (int i = 0; i < 2; i++) {
                Node node = ready();
                pushed.add(node);
                deques.push(deque, node);
            }
        }

        Set<Node> told = new HashSet<>();
        deques.forEach(told::add);
        assertThat(told).isEqualTo(pushed);
        Set<Node> taken = new HashSet<>();
        for (Node node; (node = deques.take(0)) != null; ) {
            assertThat(taken.add(node)).isTrue();
            assertThat(deques.isEmpty()).isEqualTo(taken.size() == pushed.size());
        }
        assertThat(taken).isEqualTo(pushed);
        assertThat(deques.isEmpty()).isTrue();

        entered.forEach(deques::leave);
        WorkerDeque again = deques.enter(entered.getFirst().owner);
        Node node = ready();
        deques.push(Objects.requireNonNull(again), node);
        assertThat(deques.take(0)).isSameAs(node);
    }
}
