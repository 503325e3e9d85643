package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

@Label("A timeline")
class TimelinePropertyTest {
    @Property(tries = 60)
    @Label("of any run keeps to the format, with each edge bound to its tasks")
    void anyRun(
            @ForAll @IntRange(max = 400) int tasks, @ForAll @IntRange(min = 1, max = 9) int workers, @ForAll long seed)
            throws IOException {
        RunRecording recording = Recordings.simulated(seed, tasks, workers);

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Timeline.of(recording).writeTo(out);
        TraceEvents trace = TraceEvents.check(out.toByteArray());

        assertThat(trace.wrong).isEmpty();
        assertThat(trace.arrows).hasSize(recording.edgeCount());
        Map<List<String>, Integer> expected = new HashMap<>();
        for (int i = 0; i < recording.edgeCount(); i++) {
            RecordedEdge edge = recording.edge(i);
            expected.merge(
                    List.of(recording.name(edge.predecessor()), recording.name(edge.successor())), 1, Integer::sum);
        }
        Map<List<String>, Integer> found = new HashMap<>();
        trace.arrows.forEach(
                arrow -> found.merge(List.of(arrow.from().name(), arrow.to().name()), 1, Integer::sum));
        assertThat(found).isEqualTo(expected);
    }
}
