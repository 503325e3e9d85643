package dev.regions.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.observe.RuntimeDump;
import dev.regions.queue.BulkQueue;
import dev.regions.queue.TaskQueue;
import dev.regions.queue.testing.RecordingQueue;
import dev.regions.queue.testing.TaskQueueContract;
import io.micrometer.context.ContextRegistry;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The queue that captures the context")
class ContextQueueTest extends TaskQueueContract {
    @Override
    protected TaskQueue create(TaskQueue upstream) {
        return ContextPropagation.of(new ContextRegistry()).apply(upstream);
    }

    @Test
    @DisplayName("The upstream queue is told of a failure that this one is told of")
    void passesFailuresOn() {
        RecordingQueue upstream = new RecordingQueue();

        create(upstream).onTaskFailed();

        assertThat(upstream.failures()).isEqualTo(1);
    }

    @Test
    @DisplayName("As a root in front of a queue that holds, it lets a dump find what that holds")
    void asksQueueBehind() {
        AtomicReference<BulkQueue> behind = new AtomicReference<>();
        try (TaskRuntime runtime = TaskRuntime.builder()
                .root(core -> {
                    behind.set(new BulkQueue(core));
                    return create(behind.get());
                })
                .build()) {
            runtime.run(() -> Tasks.builder().name("held").spawn(() -> {}));

            assertThat(runtime.dump().tasks())
                    .extracting(RuntimeDump.Entry::name)
                    .containsExactly("held");
            behind.get().flush();
        }
    }
}
