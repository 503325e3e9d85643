package dev.regions.benchmarks.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CountingCoreTest {
    private static final Path PROJECT = Path.of("..");

    @TempDir
    Path folder;

    @Test
    @DisplayName("Every place is in the sources of the core, and with all of them counted it compiles")
    void compiles() throws IOException {
        Path classes = CountingCore.compile(PROJECT, folder);

        assertThat(classes.resolve("dev/regions/core/schedule/ReadyQueue.class"))
                .exists();
        for (Place place : Place.values()) {
            assertThat(Files.readString(folder.resolve(place.owner + ".java")))
                    .contains(".note(" + place.ordinal() + ", " + place.attempt + ")");
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    @DisplayName("A source that has moved on is refused, with what is missing")
    void movedOn(Place place) {
        assertThatIllegalStateException()
                .isThrownBy(() -> place.countIn("class " + place.owner + " {}"))
                .withMessageContaining(place.owner + ".java")
                .withMessageContaining(place.context);
        assertThatIllegalStateException().isThrownBy(() -> place.countIn(place.context + ";" + place.context));
    }

    @Test
    @DisplayName("Failures are counted, by place, and successes are not; taking the counts begins anew")
    void counts() {
        FailedAttempts.take();

        assertThat(FailedAttempts.note(Place.CLAIM.ordinal(), true)).isTrue();
        assertThat(FailedAttempts.note(Place.CLAIM.ordinal(), false)).isFalse();
        assertThat(FailedAttempts.note(Place.END.ordinal(), false)).isFalse();
        assertThat(FailedAttempts.note(Place.END.ordinal(), false)).isFalse();

        long[] counts = FailedAttempts.take();
        assertThat(counts[Place.CLAIM.ordinal()]).isEqualTo(1);
        assertThat(counts[Place.END.ordinal()]).isEqualTo(2);
        assertThat(counts).hasSize(Place.values().length);
        assertThat(FailedAttempts.take()).containsOnly(0);
    }
}
