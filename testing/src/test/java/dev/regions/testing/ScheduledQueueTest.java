package dev.regions.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.observe.RuntimeDump;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ScheduledQueueTest {
    @Test
    @DisplayName("A dump finds the tasks that the schedule holds")
    void tellsOfHeld() {
        AtomicReference<ScheduledQueue> queue = new AtomicReference<>();
        try (TaskRuntime runtime = TaskRuntime.builder()
                .root(core -> {
                    queue.set(new ScheduledQueue(core, Interleaving.BODIES));
                    return queue.get();
                })
                .build()) {
            runtime.run(() -> Tasks.builder().name("held").spawn(() -> {}));

            assertThat(runtime.dump().tasks())
                    .extracting(RuntimeDump.Entry::name)
                    .containsExactly("held");
            assertThat(runtime.dump().tasks().get(0).reason()).contains("is held by the schedule");
            queue.get().giveUp();
            assertThat(runtime.dump().tasks()).isEmpty();
        }
    }
}
