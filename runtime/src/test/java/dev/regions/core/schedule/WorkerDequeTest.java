package dev.regions.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.core.diagnostics.Diagnostics;
import dev.regions.core.graph.BodyKind;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskNode;
import dev.regions.task.OverflowPolicy;
import dev.regions.task.TaskAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@DisplayName("The deque of a worker")
class WorkerDequeTest {
    private static final DagCore CORE = new DagCore(
            "of the test", 1, List.of(), core -> core, failure -> {}, 0, OverflowPolicy.BLOCK, Diagnostics::new);

    private static final int OWNER = 1;
    private static final int OTHER = 2;

    private WorkerDeque deque = new WorkerDeque(Thread.currentThread());

    @BeforeEach
    void make() {
        deque = new WorkerDeque(Thread.currentThread());
    }

    private static Node ready() {
        Node node = new TaskNode<>(BodyKind.ACTION, (TaskAction) () -> {}, null, null, null);
        node.launchFresh(CORE);
        return node;
    }

    private boolean join(Node node) {
        boolean claimed = node.claim(OWNER);
        deque.remove(node);
        return claimed;
    }

    @Test
    @DisplayName("gives the oldest task first, to its owner and to others")
    void oldestFirst() {
        Node a = ready();
        Node b = ready();
        Node c = ready();
        deque.push(a);
        deque.push(b);
        deque.push(c);

        assertThat(deque.take()).isSameAs(a);
        assertThat(deque.poll()).isSameAs(b);
        assertThat(deque.take()).isSameAs(c);
        assertThat(deque.take()).isNull();
        assertThat(deque.poll()).isNull();
        assertThat(deque.isEmpty()).isTrue();
    }

    @Test
    @DisplayName("takes no more than it has room for, and none from a body that has found it full")
    void bounded() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < WorkerDeque.CAPACITY; i++) {
            nodes.add(ready());
            assertThat(deque.push(nodes.getLast())).isTrue();
        }
        assertThat(deque.overflows()).isFalse();
        assertThat(deque.push(ready())).isFalse();
        assertThat(deque.overflows()).isTrue();

        assertThat(moved()).isEqualTo(nodes);
        assertThat(deque.isEmpty()).isTrue();
        assertThat(deque.overflows()).as("the same body").isTrue();

        deque.beginBody();
        assertThat(deque.overflows()).isFalse();
        assertThat(deque.push(ready())).isTrue();
    }

    @Test
    @DisplayName("has its room back when its owner has polled all")
    void roomAgain() {
        for (int round = 0; round < 3 * WorkerDeque.CAPACITY; round++) {
            Node a = ready();
            Node b = ready();
            assertThat(deque.push(a)).isTrue();
            assertThat(deque.push(b)).isTrue();
            assertThat(round % 2 == 0 ? deque.poll() : deque.take()).isSameAs(a);
            assertThat(deque.poll()).isSameAs(b);
        }
    }

    @Test
    @DisplayName("lets go of a task that its worker joins, wherever it is among the newest")
    void joined() {
        Node a = ready();
        Node b = ready();
        Node c = ready();
        deque.push(a);
        deque.push(b);
        deque.push(c);

        assertThat(join(b)).isTrue();
        assertThat(contents()).containsExactly(a, c);
        assertThat(join(c)).isTrue();
        assertThat(contents()).containsExactly(a);
        assertThat(join(a)).isTrue();
        assertThat(contents()).isEmpty();
    }

    @Test
    @DisplayName("does not fill up where tasks are joined in the order in which they were spawned")
    void joinedInOrder() {
        Node below = ready();
        deque.push(below);
        for (int round = 0; round < WorkerDeque.CAPACITY; round++) {
            List<Node> nodes = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                nodes.add(ready());
                assertThat(deque.push(nodes.getLast())).isTrue();
            }
            for (Node node : nodes) {
                assertThat(join(node)).isTrue();
            }
            assertThat(contents()).containsExactly(below);
        }
    }

    @Test
    @DisplayName("passes over what somebody has claimed")
    void claimedElsewhere() {
        Node a = ready();
        Node b = ready();
        deque.push(a);
        deque.push(b);

        assertThat(a.claim(OTHER)).isTrue();
        assertThat(deque.isEmpty()).isFalse();
        assertThat(deque.take()).isSameAs(b);
        assertThat(contents()).isEmpty();

        Node c = ready();
        deque.push(c);
        assertThat(c.claim(OTHER)).isTrue();
        assertThat(deque.isEmpty()).as("only a spent one").isTrue();
        assertThat(moved()).isEmpty();
    }

    @RepeatedTest(200)
    @DisplayName("loses no task, in any order of pushes, joins, polls and takes")
    void losesNone() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        List<Node> left = new ArrayList<>(); // oldest first
        for (int step = 0; step < 2_000; step++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> {
                    Node node = ready();
                    if (deque.push(node)) {
                        left.add(node);
                    } else {
                        deque.beginBody();
                    }
                }
                case 4, 5 -> {
                    if (!left.isEmpty()) {
                        assertThat(join(left.removeLast())).as("seed %d", seed).isTrue();
                    }
                }
                case 6 -> {
                    if (!left.isEmpty()) {
                        Node any = left.remove(random.nextInt(left.size()));
                        assertThat(join(any)).as("seed %d", seed).isTrue();
                    }
                }
                case 7, 8 -> {
                    Node taken = random.nextBoolean() ? deque.take() : deque.poll();
                    assertThat(taken).as("seed %d", seed).isSameAs(left.isEmpty() ? null : left.removeFirst());
                    if (taken != null) {
                        taken.claim(OTHER);
                    }
                }
                default -> {
                    if (random.nextInt(50) == 0) {
                        assertThat(moved()).as("seed %d", seed).isEqualTo(left);
                        left.clear();
                    }
                }
            }
            assertThat(contents().stream().filter(Node::isReady))
                    .as("seed %d, step %d", seed, step)
                    .containsExactlyElementsOf(left);
        }
    }

    private List<Node> moved() {
        ReadyQueue queue = new ReadyQueue();
        deque.moveAll(queue);
        List<Node> moved = new ArrayList<>();
        for (Node node; (node = queue.poll()) != null; ) {
            moved.add(node);
        }
        return moved;
    }

    private List<Node> contents() {
        List<Node> contents = new ArrayList<>();
        deque.forEach(contents::add);
        return contents;
    }
}
