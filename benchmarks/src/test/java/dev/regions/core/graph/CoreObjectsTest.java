package dev.regions.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Objects of the core")
class CoreObjectsTest {
    @Test
    @DisplayName("are as small as they were: one more field in a task would cost each of them eight bytes")
    void sizes() {
        assertThat(CoreObjects.sizes())
                .containsExactly(
                        entry("task", 40L),
                        entry("edge, but the first to a task", 24L),
                        entry("edge that only orders", 24L),
                        entry("thread that waits", 40L));
    }
}
