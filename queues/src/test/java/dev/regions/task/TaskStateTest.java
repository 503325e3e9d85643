package dev.regions.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TaskStateTest {
    @Test
    @DisplayName("The last five states are final, the first four are not")
    void finalStates() {
        assertThat(EnumSet.allOf(TaskState.class))
                .filteredOn(TaskState::isCompleted)
                .containsExactly(
                        TaskState.SUCCEEDED,
                        TaskState.FAILED,
                        TaskState.CANCELLED,
                        TaskState.SKIPPED,
                        TaskState.ABANDONED);
    }
}
