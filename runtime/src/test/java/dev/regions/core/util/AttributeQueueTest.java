package dev.regions.core.util;

import dev.regions.queue.TaskQueue;
import dev.regions.queue.testing.TaskQueueContract;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The queue of regions with a deadline or a limit")
class AttributeQueueTest extends TaskQueueContract {
    @Override
    protected TaskQueue create(TaskQueue upstream) {
        return new AttributeQueue(upstream, "attribute", "an attribute queue", task -> {});
    }
}
