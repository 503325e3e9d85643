package dev.regions.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.regions.queue.Dependency.Kind;
import dev.regions.queue.testing.FakeTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DependencyTest {
    private final FakeTask predecessor = new FakeTask("predecessor");

    @Test
    @DisplayName("An edge is its predecessor and its kind")
    void isPredecessorAndKind() {
        assertThat(new Dependency(predecessor, Kind.HARD))
                .isEqualTo(new Dependency(predecessor, Kind.HARD))
                .isNotEqualTo(new Dependency(predecessor, Kind.SOFT))
                .isNotEqualTo(new Dependency(new FakeTask("predecessor"), Kind.HARD));
    }

    @Test
    @DisplayName("Neither may be null")
    void nulls() {
        assertThatNullPointerException().isThrownBy(() -> new Dependency(null, Kind.HARD));
        assertThatNullPointerException().isThrownBy(() -> new Dependency(predecessor, null));
    }

    @Test
    @DisplayName("A chain that a failure ends is made of hard edges, one that goes on of soft ones")
    void kindOfPolicy() {
        assertThat(ChainPolicy.SKIP_REST.edge()).isEqualTo(Kind.HARD);
        assertThat(ChainPolicy.CONTINUE.edge()).isEqualTo(Kind.SOFT);
    }
}
