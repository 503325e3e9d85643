package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.regions.task.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Timelines opened by what opens traces in Chromium itself: the trace engine of its developer tools, as their
 * performance panel uses it when it is given a file. It knows nothing of Regions. Arrows it does not show for traces of
 * other programs.
 */
@DisplayName("A timeline opened by Chromium's own trace engine")
class TimelineInChromiumTest {
    /** Not how fast it should be, but when to give up. */
    private static final Duration PATIENCE = Duration.ofMinutes(9);

    private static final String ENGINE = "devtools://devtools/bundled/models/trace/trace.js";

    @TempDir
    private static Path folder;

    private static Browser browser;

    /** A lane, as the engine has it: how many slices, and how deep they are nested. */
    record Lane(String name, long slices, long depth) {}

    /** What the engine has made of a file. Times are in nanoseconds. */
    record Imported(List<Lane> lanes, long first, long last, List<?> slices, long readMillis, long parseMillis) {
        long slicesOf(String lane) {
            return lanes.stream()
                    .filter(each -> each.name.equals(lane))
                    .mapToLong(Lane::slices)
                    .sum();
        }
    }

    @BeforeAll
    static void open() {
        browser = new Browser();
        browser.driver.manage().timeouts().scriptTimeout(PATIENCE);
        browser.driver.get("devtools://devtools/bundled/devtools_app.html");
        Object has = browser.driver.executeAsyncScript("""
                const done = arguments[1];
                import(arguments[0]).then(
                    (engine) => done(typeof engine.TraceModel?.Model?.createWithAllHandlers === 'function'),
                    () => done(false));
                """, ENGINE);
        Tools.missing(
                !Boolean.TRUE.equals(has),
                "this Chromium has no trace engine where Chromium 156 has it: see whether it has moved from " + ENGINE);
        browser.script("""
                const input = document.createElement('input');
                input.type = 'file';
                input.id = 'trace';
                input.style = 'position: fixed; top: 0; left: 0; z-index: 9999';
                document.body.append(input);
                """);
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    /** Gives a file to the engine, as a user does, and returns what it has made of it. */
    private static Imported open(Path file) {
        browser.find("#trace").clear();
        browser.find("#trace").sendKeys(file.toAbsolutePath().toString());
        Object answer = browser.driver.executeAsyncScript("""
                const [engine, done] = arguments;
                const open = async () => {
                  const start = performance.now();
                  const file = document.getElementById('trace').files[0];
                  const bytes = file.name.endsWith('.gz')
                      ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream();
                  const trace = JSON.parse(await new Response(bytes).text());
                  const read = performance.now();
                  const { TraceModel, Handlers } = await import(engine);
                  const model = TraceModel.Model.createWithAllHandlers();
                  await model.parse(trace.traceEvents, { metadata: {}, isFreshRecording: false });
                  const parsed = performance.now();
                  const data = model.parsedTrace(0).data;
                  const threads = Handlers.Threads.threadsInTrace(data);
                  const entries = threads.flatMap((thread) => thread.entries.length > 1000 ? [] : thread.entries);
                  return {
                    generic: data.Meta.traceIsGeneric,
                    lanes: threads.map((thread) => [thread.name, thread.entries.length, thread.tree.maxDepth]),
                    bounds: [data.Meta.traceBounds.min, data.Meta.traceBounds.max].map((us) => Math.round(us * 1000)),
                    slices: entries.map((entry) => [entry.name, Math.round(entry.ts * 1000), Math.round(entry.dur * 1000)]),
                    times: [read - start, parsed - read].map(Math.round),
                  };
                };
                open().then(done, (error) => done(String(error)));
                """, ENGINE);
        assertThat(answer).as("what the engine says of %s", file).isInstanceOf(Map.class);
        Map<?, ?> found = (Map<?, ?>) answer;
        assertThat(found.get("generic")).as("a trace, but none of a browser").isEqualTo(true);
        List<Lane> lanes = new ArrayList<>();
        for (Object lane : list(found.get("lanes"))) {
            List<?> fields = list(lane);
            lanes.add(new Lane((String) fields.get(0), number(fields.get(1)), number(fields.get(2))));
        }
        List<?> bounds = list(found.get("bounds"));
        List<?> times = list(found.get("times"));
        return new Imported(
                lanes,
                number(bounds.get(0)),
                number(bounds.get(1)),
                list(found.get("slices")),
                number(times.get(0)),
                number(times.get(1)));
    }

    private static List<?> list(Object value) {
        return (List<?>) Objects.requireNonNull(value);
    }

    private static long number(Object value) {
        return ((Number) Objects.requireNonNull(value)).longValue();
    }

    private static Path written(RunRecording recording, String name) throws IOException {
        Path file = folder.resolve(name);
        Timeline.of(recording).writeTo(file);
        return file;
    }

    @Test
    @DisplayName("has its lanes by name, its slices to the nanosecond, what ran in place inside, and regions nested")
    void small() throws IOException {
        RunRecording.Builder run = new RunRecording.Builder("orders", Instant.parse("2026-01-01T12:00:00Z"));
        int worker = run.worker("worker 1");
        int other = run.worker("worker 2");
        int outerRegion = run.region(RecordedRegion.NONE, "sequential", "sequential region", 1_010);
        int innerRegion = run.region(outerRegion, "bulk", "bulk region", 1_020);
        ran(run, "outer \"<é>\"", innerRegion, worker, 2_001, 9_002);
        ran(run, "inner", innerRegion, worker, 3_003, 4_004);
        ran(run, "beside", outerRegion, other, 2_500, 123_457);

        Imported imported = open(written(run.snapshot(200_000, 0, 0), "small.json"));

        assertThat(imported.lanes)
                .containsExactlyInAnyOrder(
                        new Lane("worker 1", 2, 2), new Lane("worker 2", 1, 1), new Lane("regions", 2, 2));
        assertThat(imported.slices)
                .extracting(
                        slice -> list(slice).get(0),
                        slice -> number(list(slice).get(1)),
                        slice -> number(list(slice).get(2)))
                .contains(
                        tuple("outer \"<é>\"", 2_001L, 7_001L),
                        tuple("inner", 3_003L, 1_001L),
                        tuple("beside", 2_500L, 120_957L));
        assertThat(imported.first).isEqualTo(1_010);
        assertThat(imported.last).isEqualTo(123_457);
    }

    private static void ran(RunRecording.Builder run, String name, int region, int worker, long started, long ended) {
        int task = run.task(name, false, region, started - 3);
        run.launched(task, started - 2);
        run.ready(task, started - 1);
        run.started(task, started, worker);
        run.finished(task, ended);
        run.state(task, TaskState.SUCCEEDED);
    }

    @Test
    @DisplayName("has every task of a compressed one on the lane it was written to")
    void compressed() throws IOException {
        RunRecording recording = Recordings.simulated(1, 400, 4);

        Imported imported = open(written(recording, "simulated.json.gz"));

        assertThat(imported.slicesOf("barriers")).isEqualTo(4);
        for (int worker = 0; worker < 4; worker++) {
            int number = worker;
            assertThat(imported.slicesOf("worker " + (worker + 1)))
                    .isPositive()
                    .isEqualTo(IntStream.range(0, recording.taskCount())
                            .filter(task -> !recording.barrier(task) && recording.worker(task) == number)
                            .count());
        }
        assertThat(imported.slicesOf("regions")).isEqualTo(recording.regions().size());
    }

    @Test
    @DisplayName("of 1,000,000 tasks is loaded, all of them")
    void million() throws Exception {
        Path file = folder.resolve("million.json");
        TimelineTest.Million.main(new String[] {file.toString()});

        Imported imported = open(file);

        System.out.printf(
                "a timeline of 1,000,000 tasks, %,d bytes: read by Chromium in %,d ms, understood in %,d ms%n",
                Files.size(file), imported.readMillis, imported.parseMillis);
        assertThat(imported.lanes.stream().sorted(Comparator.comparing(Lane::name)))
                .containsExactly(
                        new Lane("regions", 1, 1),
                        new Lane("worker 0", 250_000, 1),
                        new Lane("worker 1", 250_000, 1),
                        new Lane("worker 2", 250_000, 1),
                        new Lane("worker 3", 250_000, 1));
    }
}
