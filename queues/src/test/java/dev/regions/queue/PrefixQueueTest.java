package dev.regions.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.queue.snippets.PrefixQueue;
import dev.regions.queue.testing.RecordingQueue;
import dev.regions.queue.testing.TaskQueueContract;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The sample of a custom queue that the Javadoc of {@link TaskQueue} shows. */
class PrefixQueueTest extends TaskQueueContract {
    private final RecordingQueue root = new RecordingQueue();

    @Override
    protected TaskQueue create(TaskQueue above) {
        return new PrefixQueue(above, "import: ");
    }

    @Test
    @DisplayName("Each task, single or in a batch, goes on under its name with the prefix before it")
    void renames() {
        TaskQueue queue = create(root);

        queue.enqueue(tasks("read").get(0));
        queue.enqueue(batch(tasks("parse", "store")));

        assertThat(root.submissions()).hasToString("[import: read, [import: parse, import: store]]");
    }
}
