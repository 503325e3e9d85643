package dev.regions.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.testing.FakeTask;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TaskBatchTest {
    private final FakeTask a = new FakeTask("a");
    private final FakeTask b = new FakeTask("b");

    @Test
    @DisplayName("A batch has its tasks in the order in which they were given")
    void keepsOrder() {
        TaskBatch batch = TaskBatch.of(b, a);

        assertThat(batch.tasks()).containsExactly(b, a);
        assertThat(batch.size()).isEqualTo(2);
        assertThat(batch.isEmpty()).isFalse();
        assertThat(TaskBatch.of().isEmpty()).isTrue();
    }

    @Test
    @DisplayName("The list is copied, and the copy cannot be changed")
    void copies() {
        List<PendingTask> list = new ArrayList<>(List.of(a, b));
        TaskBatch batch = new TaskBatch(list);

        list.clear();

        assertThat(batch.tasks()).containsExactly(a, b);
        assertThatThrownBy(() -> batch.tasks().add(a)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    @DisplayName("Neither the list nor a task may be null")
    void nulls() {
        assertThatNullPointerException().isThrownBy(() -> new TaskBatch(null));
        assertThatNullPointerException().isThrownBy(() -> new TaskBatch(Arrays.asList(a, null)));
        assertThatNullPointerException().isThrownBy(() -> TaskBatch.of(a, null));
    }

    @Test
    @DisplayName("abandon() abandons each task, for the reason given; one that is final stays as it is")
    void abandons() {
        Exception reason = new Exception("given up");
        b.cancel();

        TaskBatch.of(a, b).abandon(reason);

        assertThat(a.taskState()).isEqualTo(TaskState.ABANDONED);
        assertThat(a.abandonReason()).isSameAs(reason);
        assertThat(b.taskState()).isEqualTo(TaskState.CANCELLED);
    }
}
