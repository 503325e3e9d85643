package dev.regions;

import dev.regions.queue.TaskQueue;
import dev.regions.queue.testing.TaskQueueContract;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The queue of regions with a deadline or a limit")
class MarkingQueueTest extends TaskQueueContract {
    @Override
    protected TaskQueue create(TaskQueue above) {
        return new MarkingQueue(above, "marking", "a marking queue", task -> {});
    }
}
