package dev.regions.context;

import dev.regions.queue.TaskQueue;
import dev.regions.queue.testing.TaskQueueContract;
import io.micrometer.context.ContextRegistry;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The queue that captures the context")
class ContextQueueTest extends TaskQueueContract {
    @Override
    protected TaskQueue create(TaskQueue above) {
        return ContextPropagation.of(new ContextRegistry()).apply(above);
    }
}
