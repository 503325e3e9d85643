package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class TaskNumbersTest {
    @Property
    @Label("A task is found by the number that it was put in with last, and by no other")
    void likeAMap(@ForAll @Size(max = 500) List<@LongRange(min = 1, max = 2_000) Long> numbers) {
        TaskNumbers places = new TaskNumbers();
        Map<Long, Integer> expected = new HashMap<>();
        for (int place = 0; place < numbers.size(); place++) {
            places.put(numbers.get(place), place);
            expected.put(numbers.get(place), place);
        }

        for (long number = 0; number <= 2_001; number++) {
            assertThat(places.find(number)).isEqualTo(expected.getOrDefault(number, TaskNumbers.NOT_FOUND));
        }
    }
}
