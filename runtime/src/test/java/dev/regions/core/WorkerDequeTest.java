package dev.regions.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.Overflow;
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
    private static final DagCore CORE =
            new DagCore("of the test", 1, List.of(), core -> core, failure -> {}, 0, Overflow.WAIT);

    private static final int OWNER = 1;
    private static final int OTHER = 2;

    private WorkerDeque deque = new WorkerDeque();

    @BeforeEach
    void make() {
        deque = new WorkerDeque();
    }

    private static Node ready() {
        Node node = new TaskNode<>(Body.ACTION, (TaskAction) () -> {}, null, null, null);
        node.launchFresh(CORE);
        return node;
    }

    @Test
    @DisplayName("gives the oldest task first to whoever takes one")
    void oldestFirst() {
        Node a = ready();
        Node b = ready();
        deque.push(a);
        deque.push(b);

        assertThat(deque.take()).isSameAs(a);
        assertThat(deque.take()).isSameAs(b);
        assertThat(deque.take()).isNull();
        assertThat(deque.isEmpty()).isTrue();
    }

    @Test
    @DisplayName("takes no more than it has room for, and has room again when the oldest are taken")
    void bounded() {
        for (int i = 0; i < WorkerDeque.CAPACITY; i++) {
            assertThat(deque.push(ready())).isTrue();
        }
        Node more = ready();
        assertThat(deque.push(more)).isFalse();

        deque.take();

        assertThat(deque.push(more)).isTrue();
        for (int i = 1; i < WorkerDeque.CAPACITY; i++) {
            assertThat(deque.take()).isNotSameAs(more);
        }
        assertThat(deque.take()).isSameAs(more);
    }

    @Test
    @DisplayName("lets go of a task that its worker joins, if it is the newest, and of what was joined below it")
    void joined() {
        Node a = ready();
        Node b = ready();
        Node c = ready();
        deque.push(a);
        deque.push(b);
        deque.push(c);

        assertThat(deque.claim(b, OWNER)).isTrue();
        assertThat(contents()).containsExactly(a, b, c);
        assertThat(deque.claim(c, OWNER)).isTrue();
        assertThat(contents()).containsExactly(a);
        assertThat(deque.claim(a, OWNER)).isTrue();
        assertThat(deque.isEmpty()).isTrue();
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
                assertThat(deque.claim(node, OWNER)).isTrue();
            }
            assertThat(contents()).containsExactly(below);
        }
    }

    @Test
    @DisplayName("passes over what somebody has claimed, and says no to a claim that comes too late")
    void claimedElsewhere() {
        Node a = ready();
        Node b = ready();
        deque.push(a);
        deque.push(b);

        assertThat(a.claim(OTHER)).isTrue();
        assertThat(deque.claim(a, OWNER)).isFalse();
        assertThat(deque.take()).isSameAs(b);
        assertThat(deque.take()).isNull();
        assertThat(b.claim(OTHER)).isTrue();
        assertThat(deque.claim(b, OWNER)).isFalse();
        assertThat(deque.isEmpty()).isTrue();
    }

    @RepeatedTest(200)
    @DisplayName("loses no task, in any order of pushes, joins, takes and clears")
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
                    }
                }
                case 4, 5, 6 -> {
                    if (!left.isEmpty()) {
                        assertThat(deque.claim(left.removeLast(), OWNER))
                                .as("seed %d", seed)
                                .isTrue();
                    }
                }
                case 7 -> {
                    if (!left.isEmpty()) {
                        Node any = left.remove(random.nextInt(left.size()));
                        assertThat(deque.claim(any, OWNER)).as("seed %d", seed).isTrue();
                    }
                }
                case 8 -> {
                    Node taken = deque.take();
                    assertThat(taken).as("seed %d", seed).isSameAs(left.isEmpty() ? null : left.removeFirst());
                    if (taken != null) {
                        taken.claim(OTHER);
                    }
                }
                default -> {
                    if (random.nextInt(50) == 0) {
                        deque.clear();
                        left.clear();
                    }
                }
            }
            assertThat(contents().stream().filter(Node::isReady))
                    .as("seed %d, step %d", seed, step)
                    .containsExactlyElementsOf(left);
        }
    }

    private List<Node> contents() {
        List<Node> contents = new ArrayList<>();
        deque.forEach(contents::add);
        return contents;
    }
}
