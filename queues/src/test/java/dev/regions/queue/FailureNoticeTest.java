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
                Named.of("sequential", upstream -> new SequentialQueue(upstream, ChainPolicy.CONTINUE)),
                Named.of("joined", JoinedQueue::new),
                Named.of(
                        "joined, with a policy",
                        upstream -> new JoinerQueue<>(new JoinedQueue(upstream), Joiner.allCompleted())),
                Named.of(
                        "bulk in a sequential one in a joined one",
                        upstream ->
                                new BulkQueue(new SequentialQueue(new JoinedQueue(upstream), ChainPolicy.SKIP_REST))));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    @DisplayName("tells the queue upstream, once each, closed or not")
    void tellsAbove(Function<TaskQueue, TaskQueue> kind) {
        TaskQueue queue = kind.apply(root);

        queue.onTaskFailed();
        queue.close();
        queue.onTaskFailed();

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

        assertThatCode(queue::onTaskFailed).doesNotThrowAnyException();
    }
}
