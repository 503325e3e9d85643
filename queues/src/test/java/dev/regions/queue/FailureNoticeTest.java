package dev.regions.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.regions.queue.testing.RecordingQueue;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A queue that is told of a failure")
class FailureNoticeTest {
    private final RecordingQueue root = new RecordingQueue();

    static Stream<Named<Function<TaskQueue, TaskQueue>>> kinds() {
        return Stream.of(
                Named.of("bulk", BulkQueue::new),
                Named.of("sequential", above -> new SequentialQueue(above, ChainPolicy.CONTINUE)),
                Named.of("joined", JoinedQueue::new),
                Named.of(
                        "joined, with a policy",
                        above -> new PolicyQueue<>(new JoinedQueue(above), JoinPolicy.collect())),
                Named.of(
                        "bulk in a sequential one in a joined one",
                        above -> new BulkQueue(new SequentialQueue(new JoinedQueue(above), ChainPolicy.FAIL_CHAIN))));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    @DisplayName("tells the queue above, once each, closed or not")
    void tellsAbove(Function<TaskQueue, TaskQueue> kind) {
        TaskQueue queue = kind.apply(root);

        queue.taskFailed();
        queue.close();
        queue.taskFailed();

        assertThat(root.failures()).isEqualTo(2);
        assertThat(root.submissions()).isEmpty();
    }

    @Test
    @DisplayName("and does nothing about it, as is the default, throws nothing")
    void defaultDoesNothing() {
        TaskQueue queue = new TaskQueue() {
            @Override
            public void enqueue(PendingTask task) {}

            @Override
            public void enqueue(TaskBatch batch) {}
        };

        assertThatCode(queue::taskFailed).doesNotThrowAnyException();
    }
}
