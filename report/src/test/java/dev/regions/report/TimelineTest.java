package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.regions.queue.EdgeReason;
import dev.regions.task.TaskState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A timeline")
class TimelineTest {
    private final RunRecording.Builder run = new RunRecording.Builder("orders", Instant.parse("2026-01-01T12:00:00Z"));

    private static byte[] written(RunRecording recording) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Timeline.of(recording).writeTo(out);
        return out.toByteArray();
    }

    private int ran(String name, int region, int worker, long started, long finished) {
        int task = run.task(name, false, region, 0);
        run.launched(task, 1);
        run.ready(task, 2);
        run.started(task, started, worker);
        run.finished(task, finished);
        run.state(task, TaskState.SUCCEEDED);
        return task;
    }

    @Test
    @DisplayName("has a slice for each task, on the lane of its worker, to the nanosecond")
    void slices() throws IOException {
        int first = run.worker("worker 1");
        int second = run.worker("worker 2");
        ran("load \"a\\b\" <é>", RecordedRegion.NONE, first, 1_000, 2_345_678);
        ran("store", RecordedRegion.NONE, second, 1_500, 3_000);

        TraceEvents trace = TraceEvents.check(written(run.snapshot(3_000_000, 7, 0)));

        assertThat(trace.wrong).isEmpty();
        assertThat(trace.slices)
                .extracting(TraceEvents.Slice::name, TraceEvents.Slice::begin, TraceEvents.Slice::end)
                .containsExactly(tuple("load \"a\\b\" <é>", 1_000L, 2_345_678L), tuple("store", 1_500L, 3_000L));
        assertThat(trace.slices)
                .extracting(slice -> trace.laneNames.get(slice.lane()))
                .containsExactly("worker 1", "worker 2");
        assertThat(trace.slices.get(0).args().path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(trace.otherData.path("runtime").asText()).isEqualTo("orders");
        assertThat(trace.otherData.path("droppedTasks").asInt()).isEqualTo(7);
    }

    @Test
    @DisplayName(
            "has an arrow for each edge, from the end of the one slice to the beginning of the other, through barriers too")
    void arrows() throws IOException {
        int worker = run.worker("worker 1");
        int before = ran("before", RecordedRegion.NONE, worker, 100, 200);
        int barrier = run.task("barrier", true, RecordedRegion.NONE, 0);
        run.finished(barrier, 210);
        run.state(barrier, TaskState.SUCCEEDED);
        int after = ran("after", RecordedRegion.NONE, worker, 300, 300);
        run.edge(before, barrier, EdgeReason.BARRIER, false, RecordedRegion.NONE);
        run.edge(barrier, after, EdgeReason.SEQUENTIAL, false, RecordedRegion.NONE);

        TraceEvents trace = TraceEvents.check(written(run.snapshot(400, 0, 0)));

        assertThat(trace.wrong).isEmpty();
        assertThat(trace.arrows)
                .extracting(arrow -> arrow.from().name() + " " + arrow.reason() + " "
                        + arrow.to().name())
                .containsExactlyInAnyOrder("before barrier barrier", "barrier sequential after");
    }

    @Test
    @DisplayName("shows a task that ran within another, in place, within it")
    void inPlace() throws IOException {
        int worker = run.worker("worker 1");
        ran("outer", RecordedRegion.NONE, worker, 100, 900);
        ran("inner", RecordedRegion.NONE, worker, 200, 300);

        TraceEvents trace = TraceEvents.check(written(run.snapshot(1000, 0, 0)));

        assertThat(trace.wrong).isEmpty();
        assertThat(trace.slices)
                .extracting(TraceEvents.Slice::lane)
                .containsOnly(trace.slices.get(0).lane());
    }

    @Test
    @DisplayName("gives tasks of one worker that overlap, as one completed from outside may, two lanes")
    void overlapping() throws IOException {
        int worker = run.worker("worker 1");
        ran("completed later", RecordedRegion.NONE, worker, 100, 500);
        ran("meanwhile", RecordedRegion.NONE, worker, 200, 900);

        TraceEvents trace = TraceEvents.check(written(run.snapshot(1000, 0, 0)));

        assertThat(trace.wrong).isEmpty();
        assertThat(trace.slices).extracting(TraceEvents.Slice::lane).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("has a lane for workers that follow each other, if there are very many")
    void lanesAreShared() throws IOException {
        for (int i = 0; i < 100; i++) {
            ran("task " + i, RecordedRegion.NONE, run.worker("worker " + i), 100L * i, 100L * i + 50);
        }

        TraceEvents trace = TraceEvents.check(written(run.snapshot(10_000, 0, 0)));

        assertThat(trace.wrong).isEmpty();
        assertThat(trace.slices)
                .extracting(slice -> trace.laneNames.get(slice.lane()))
                .containsOnly("lane 1");
    }

    @Test
    @DisplayName("has regions as spans, nested as the regions are, as long as the last of their tasks")
    void regions() throws IOException {
        int worker = run.worker("worker 1");
        int outer = run.region(RecordedRegion.NONE, "sequential", "sequential region", 10);
        int inner = run.region(outer, "bulk", "bulk region", 20);
        run.regionLaunched(inner, 25);
        run.regionEnded(inner, 30);
        run.regionEnded(outer, 40);
        ran("task", inner, worker, 50, 90);

        TraceEvents trace = TraceEvents.check(written(run.snapshot(100, 0, 0)));

        assertThat(trace.wrong).isEmpty();
        TraceEvents.Slice bulk = slice(trace, "bulk region");
        TraceEvents.Slice sequential = slice(trace, "sequential region");
        assertThat(bulk.end()).isEqualTo(90);
        assertThat(sequential.begin()).isEqualTo(10);
        assertThat(sequential.end()).isEqualTo(90);
        assertThat(bulk.lane()).isEqualTo(sequential.lane());
    }

    private static TraceEvents.Slice slice(TraceEvents trace, String name) {
        return trace.slices.stream()
                .filter(slice -> slice.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("marks what never ran, with its state")
    void neverRan() throws IOException {
        int skipped = run.task("skipped", false, RecordedRegion.NONE, 0);
        run.finished(skipped, 10);
        run.state(skipped, TaskState.SKIPPED);

        TraceEvents trace = TraceEvents.check(written(run.snapshot(20, 0, 0)));

        assertThat(trace.wrong).isEmpty();
        assertThat(trace.slices).isEmpty();
        assertThat(trace.instants)
                .extracting(event -> event.path("args").path("state").asText())
                .containsExactly("SKIPPED");
    }

    @Test
    @DisplayName("is compressed if the name of the file says so")
    void compressed(@TempDir Path folder) throws IOException {
        RunRecording recording = Recordings.simulated(1, 50, 2);
        Path plain = folder.resolve("run.json");
        Path packed = folder.resolve("run.json.gz");

        Timeline.of(recording).writeTo(plain);
        Timeline.of(recording).writeTo(packed);

        try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
            assertThat(in.readAllBytes()).isEqualTo(Files.readAllBytes(plain));
        }
    }

    /** The JVM that writes has a small heap; the one that checks reads as a stream. */
    @Test
    @DisplayName("of 1,000,000 tasks is written with a heap of 384 MiB, and every event of it keeps to the format")
    void million(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("million.json");
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx384m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Million.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();

        assertThat(writer.waitFor()).as(() -> read(folder.resolve("out"))).isZero();

        Map<String, Integer> phases = new HashMap<>();
        try (InputStream in = Files.newInputStream(file)) {
            TraceEvents.stream(in, event -> {
                phases.merge(event.path("ph").asText(), 1, Integer::sum);
                assertThat(TraceEvents.fieldsOf(event)).isEmpty();
            });
        }
        System.out.printf(
                "a timeline of 1,000,000 tasks and %,d edges: %,d bytes%n", phases.get("s"), Files.size(file));
        assertThat(phases.get("X")).isGreaterThanOrEqualTo(Million.TASKS);
        assertThat(phases.get("s")).isEqualTo(phases.get("f")).isEqualTo(Million.TASKS - 4);
        assertThat(Files.size(file)).isLessThan(500_000_000);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Writes a timeline of 1,000,000 tasks on four workers, each but their first with one edge. */
    static final class Million {
        static final int TASKS = 1_000_000;

        private Million() {}

        public static void main(String[] args) throws IOException {
            RunRecording.Builder run = new RunRecording.Builder("million", Instant.now());
            for (int worker = 0; worker < 4; worker++) {
                run.worker("worker " + worker);
            }
            int region = run.region(RecordedRegion.NONE, "bulk", "bulk region", 0);
            for (int i = 0; i < TASKS; i++) {
                long begin = 1_000_000 + i / 4 * 1_700L;
                int task = run.task("step " + i, false, region, i);
                run.launched(task, 1_000_000);
                run.ready(task, begin - 200);
                run.started(task, begin, i % 4);
                run.finished(task, begin + 1_500);
                run.state(task, TaskState.SUCCEEDED);
                if (i >= 4) {
                    run.edge(i - 4, task, EdgeReason.ARGUMENT, false, RecordedRegion.NONE);
                }
            }
            Timeline.of(run.snapshot(1_000_000 + TASKS / 4 * 1_700L, 0, 0)).writeTo(Path.of(args[0]));
        }
    }
}
