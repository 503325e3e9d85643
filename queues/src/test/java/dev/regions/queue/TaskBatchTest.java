package dev.regions.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.testing.FakeTask;
import dev.regions.queue.testing.RecordingQueue;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4095, 4096, 4097, 8192, 10_000})
    @DisplayName("However large it is, it has its tasks in order, cannot be changed, and is not copied again")
    void large(int size) {
        List<PendingTask> list = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            list.add(new FakeTask("task " + i));
        }
        TaskBatch batch = new TaskBatch(list);

        assertThat(batch.size()).isEqualTo(size);
        assertThat(batch.tasks()).isEqualTo(list).hasSize(size);
        assertThat(new TaskBatch(batch.tasks()).tasks()).isSameAs(batch.tasks());
        assertThatThrownBy(() -> batch.tasks().get(size)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> batch.tasks().add(a)).isInstanceOf(UnsupportedOperationException.class);
        list.add(null);
        assertThatNullPointerException().isThrownBy(() -> new TaskBatch(list));
    }

    @Test
    @DisplayName("A large bulk region hands on what it took in one batch, in order, batches in it included")
    void largeRegion() {
        RecordingQueue upstream = new RecordingQueue();
        BulkQueue bulk = new BulkQueue(upstream);
        List<PendingTask> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            List<PendingTask> part = new ArrayList<>();
            for (int j = 0; j < 5000; j++) {
                part.add(new FakeTask("task " + i + " " + j));
            }
            bulk.enqueue(new TaskBatch(part));
            all.addAll(part);
            bulk.enqueue(a);
            all.add(a);
        }

        bulk.close();

        assertThat(upstream.submissions()).hasSize(1);
        assertThat(upstream.tasks()).isEqualTo(all);
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
