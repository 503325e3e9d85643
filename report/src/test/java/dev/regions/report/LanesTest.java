package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Lanes")
class LanesTest {
    private final Lanes lanes = new Lanes();

    @Test
    @DisplayName("are used again by what begins when another is over")
    void usedAgain() {
        assertThat(lanes.place(0, 0, 10, other -> false, -1)).isEqualTo(new Lanes.Place(0, 0));
        assertThat(lanes.place(1, 5, 20, other -> false, -1)).isEqualTo(new Lanes.Place(1, 0));
        assertThat(lanes.place(2, 10, 15, other -> false, -1)).isEqualTo(new Lanes.Place(0, 0));
        assertThat(lanes.count()).isEqualTo(2);
    }

    @Test
    @DisplayName("nest what may lie within another, and nothing that reaches out of it")
    void nested() {
        lanes.place(0, 0, 100, other -> true, -1);

        assertThat(lanes.place(1, 10, 20, other -> other == 0, 0)).isEqualTo(new Lanes.Place(0, 1));
        assertThat(lanes.place(2, 12, 18, other -> other == 1, 0)).isEqualTo(new Lanes.Place(0, 2));
        assertThat(lanes.place(3, 14, 30, other -> true, 0)).isEqualTo(new Lanes.Place(1, 0));
        assertThat(lanes.place(4, 40, 50, other -> false, 0)).isEqualTo(new Lanes.Place(1, 0));
        assertThat(lanes.place(5, 60, 120, other -> true, 0)).isEqualTo(new Lanes.Place(1, 0));
    }
}
