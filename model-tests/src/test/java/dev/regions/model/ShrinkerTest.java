package dev.regions.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.model.Step.Body;
import dev.regions.model.Step.Spawn;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
    @Test
    @DisplayName("A program shrinks to what makes it fail")
    void shrinksToTheCause() {
        Predicate<Program> bulkAndCancel = program -> program.toString().matches(".*kind=BULK.*Cancel.*");
        Random random = new Random(1);
        Program large;
        do {
            large = ProgramGenerator.draw(random);
        } while (!bulkAndCancel.test(large) || large.tasks() < 15);

        Program small = new Shrinker(bulkAndCancel, Duration.ofMinutes(1)).shrink(large);

        assertThat(small.tasks()).isEqualTo(1); // or there would be nothing to cancel
        assertThat(small.marks()).isEqualTo(2);
        assertThat(bulkAndCancel).accepts(small);
        assertThat(small.toString())
                .contains(new Spawn(0, List.of(), List.of(), List.of(), Body.PLAIN, Set.of()).toString());
    }
}
