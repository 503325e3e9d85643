package dev.regions.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.queue.snippets.PrefixQueue;
import dev.regions.queue.testing.RecordingQueue;
import dev.regions.queue.testing.TaskQueueContract;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The sample of a custom queue that the Javadoc of {@link TaskQueue} shows. */
class PrefixQueueTest extends TaskQueueContract {
    private final RecordingQueue root = new RecordingQueue();

    @Override
    protected TaskQueue create(TaskQueue upstream) {
        return new PrefixQueue(upstream);
    }

    @Test
    @DisplayName("Each task, single or in a batch, goes on under its name with the prefix before it")
    void renames() {
        TaskQueue queue = create(root);

        queue.enqueue(tasks("read").get(0));
        queue.enqueue(batch(tasks("parse", "store")));

        assertThat(root.submissions()).hasToString("[import: read, [import: parse, import: store]]");
    }

    @Test
    @DisplayName("Its base class knows the upstream queue, and has the kind and the string of its class")
    void forwards() {
        TaskQueue queue = create(root);

        assertThat(queue.upstream()).isSameAs(root);
        assertThat(queue.kind()).isEqualTo("PrefixQueue");
        assertThat(queue.toString()).startsWith("PrefixQueue region @");
    }

    @Test
    @DisplayName("The queues of regions know theirs, and their kind")
    void kinds() {
        JoinedQueue joined = new JoinedQueue(root);
        TaskQueue sequential = new SequentialQueue(joined, ChainPolicy.CONTINUE);
        TaskQueue bulk = new BulkQueue(sequential);
        TaskQueue judged = new JoinerQueue<>(joined, Joiner.allSuccessful());

        assertThat(List.of(bulk.kind(), sequential.kind(), joined.kind(), judged.kind()))
                .containsExactly("bulk", "sequential", "joined", "joined");
        assertThat(bulk.upstream()).isSameAs(sequential);
        assertThat(sequential.upstream()).isSameAs(joined);
        assertThat(judged.upstream()).isSameAs(joined);
    }
}
