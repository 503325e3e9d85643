package dev.regions.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.queue.TaskQueue;
import dev.regions.queue.testing.RecordingQueue;
import dev.regions.queue.testing.TaskQueueContract;
import io.micrometer.context.ContextRegistry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The queue that captures the context")
class ContextQueueTest extends TaskQueueContract {
    @Override
    protected TaskQueue create(TaskQueue above) {
        return ContextPropagation.of(new ContextRegistry()).apply(above);
    }

    @Test
    @DisplayName("The queue above is told of a failure that this one is told of")
    void passesFailuresOn() {
        RecordingQueue above = new RecordingQueue();

        create(above).taskFailed();

        assertThat(above.failures()).isEqualTo(1);
    }
}
