package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Configuration;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The flight recorder")
@Timeout(value = 3 * SECONDS, unit = TimeUnit.SECONDS)
class FlightRecorderTest {
    @TempDir
    private Path folder;

    private static TaskBuilder named(String name) {
        return Tasks.builder().name(name);
    }

    private static Configuration regions() throws Exception {
        // @start region=profile
        Configuration settings;
        try (Reader profile = new InputStreamReader(
                Objects.requireNonNull(TaskRuntime.class.getResourceAsStream("/META-INF/regions.jfc")),
                StandardCharsets.UTF_8)) {
            settings = Configuration.create(profile);
        }
        // @end
        return settings;
    }

    private static void run(TaskRuntime runtime) throws Exception {
        runtime.run(() -> {
            Regions.bulk(() -> {
                Task<Integer> a = named("a").spawn(() -> 1);
                named("b").spawn(a, x -> x + 1);
            });
            Task<?> failed = named("failed").spawn(() -> {
                throw new IllegalStateException("no");
            });
            named("skipped").requires(failed).spawn(() -> {}).await();
            named("again")
                    .retry(RetryPolicy.maxAttempts(2))
                    .spawn(() -> {
                        throw new IllegalStateException("no");
                    })
                    .await();
            Task<?>[] tasks = new Task<?>[2];
            CountDownLatch both = new CountDownLatch(1);
            tasks[0] = named("one").spawn(() -> {
                await(both);
                tasks[1].await();
            });
            tasks[1] = named("two").spawn(() -> {
                await(both);
                tasks[0].await();
            });
            both.countDown();
            tasks[0].await();
            tasks[1].await();
        });
    }

    private Path record() throws Exception {
        return record(new Recording(regions()));
    }

    private Path record(Recording made) throws Exception {
        Path file = folder.resolve("run.jfr");
        try (Recording recording = made) {
            recording.start();
            try (TaskRuntime runtime = TaskRuntime.builder()
                    .name("recorded")
                    .onUncaughtFailure(failure -> {})
                    .build()) {
                run(runtime);
            }
            recording.stop();
            recording.dump(file);
        }
        return file;
    }

    private static List<RecordedEvent> of(List<RecordedEvent> events, String type, String field, String value) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.regions." + type))
                .filter(event -> Objects.equals(event.getString(field), value))
                .toList();
    }

    @Test
    @DisplayName("has events of tasks that ran and did not run, of regions and of deadlocks")
    void events() throws Exception {
        List<RecordedEvent> events = RecordingFile.readAllEvents(record());

        RecordedEvent b = of(events, "TaskExecuted", "name", "b").get(0);
        assertThat(b.getString("state")).isEqualTo("SUCCEEDED");
        assertThat(b.getString("region")).startsWith("bulk region");
        assertThat(b.getInt("worker")).isPositive();
        assertThat(b.getInt("attempt")).isEqualTo(1);
        assertThat(b.getThread().getJavaName()).startsWith("recorded-worker");
        assertThat(b.getThread().isVirtual()).isTrue();
        assertThat(b.getDuration("waitedForEdges")).isGreaterThan(Duration.ZERO);
        assertThat(b.getDuration("waitedForThread")).isGreaterThan(Duration.ZERO);
        assertThat(b.getDuration()).isGreaterThan(Duration.ZERO);
        assertThat(of(events, "TaskExecuted", "name", "failed").get(0).getString("state"))
                .isEqualTo("FAILED");
        RecordedEvent skipped = of(events, "TaskNotRun", "name", "skipped").get(0);
        assertThat(skipped.getString("state")).isEqualTo("SKIPPED");
        assertThat(skipped.getString("reason")).contains("requires failed");
        assertThat(of(events, "TaskExecuted", "name", "again")) // of two threads, which the file has in any order
                .extracting(event -> event.getInt("attempt") + " " + event.getString("state"))
                .containsExactlyInAnyOrder("1 WAITING", "2 FAILED");
        assertThat(of(events, "RegionOpened", "kind", "bulk")).hasSize(1);
        assertThat(of(events, "RegionLaunched", "kind", "bulk").get(0).getLong("tasks"))
                .isEqualTo(2);
        assertThat(of(events, "DeadlockFound", "runtime", "recorded").get(0).getString("tasks"))
                .contains("'one'", "'two'");
    }

    @Test
    @DisplayName("file opens in the JDK's tool: jfr print, jfr summary and jfr view")
    void tool() throws Exception {
        String file = record().toString();

        assertThat(jfr("print", "--events", "dev.regions.TaskExecuted", file))
                .contains("dev.regions.TaskExecuted {", "name = \"b\"", "waitedForEdges = ", "worker = ")
                .contains("eventThread = \"recorded-worker");
        assertThat(jfr("summary", file)).contains("dev.regions.TaskExecuted", "dev.regions.DeadlockFound");
        assertThat(jfr("view", "--width", "200", "dev.regions.TaskExecuted", file))
                .contains("Task Executed")
                .contains("SUCCEEDED");
        assertThat(jfr("view", "--width", "200", "dev.regions.TaskNotRun", file))
                .contains("Task Not Run")
                .contains("SKIPPED");
    }

    private String jfr(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jfr").toString());
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(folder, "jfr", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(2 * SECONDS, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(output);
        assertThat(process.exitValue()).as("%s says %s", command, said).isZero();
        return said;
    }

    @Test
    @DisplayName("has nothing of Regions unless a recording asks for it, and nothing after that has stopped")
    void offByDefault() throws Exception {
        Path file = folder.resolve("default.jfr");
        try (TaskRuntime runtime = TaskRuntime.builder().name("unrecorded").build();
                Recording recording = new Recording(Configuration.getConfiguration("default"))) {
            recording.start();
            runtime.call(() -> named("before").spawn(() -> {})).join();
            try (Recording wanted = new Recording(regions())) {
                wanted.start();
                runtime.call(() -> named("during").spawn(() -> {})).join();
            }
            runtime.call(() -> named("after").spawn(() -> {})).join();
            recording.stop();
            recording.dump(file);
        }

        assertThat(RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().equals("dev.regions.TaskExecuted"))
                        .map(event -> event.getString("name")))
                .doesNotContain("before", "after");
    }

    @Test
    @DisplayName("does not call tasks not run that have run, where a recording wants only those that have not")
    void onlyNotRun() throws Exception {
        Recording recording = new Recording();
        recording.enable("dev.regions.TaskNotRun");

        assertThat(RecordingFile.readAllEvents(record(recording)))
                .extracting(event -> event.getString("name"))
                .containsExactly("skipped");
    }

    @Test
    @DisplayName("records the shared runtime of a program that was started with a recording")
    void startedWithRecording() throws Exception {
        Path file = folder.resolve("started.jfr");

        ForkedJvm.run(
                Program.class,
                2 * SECONDS,
                List.of("-XX:StartFlightRecording:+dev.regions.TaskExecuted#enabled=true,filename=" + file));

        assertThat(RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().equals("dev.regions.TaskExecuted"))
                        .map(event -> event.getString("name")))
                .containsExactly("recorded");
    }

    /** Started with a recording. */
    static final class Program {
        public static void main(String[] arguments) throws Exception {
            named("recorded").spawn(() -> {}).join();
        }
    }

    @Test
    @DisplayName("finds each of the events of Regions in the profile, and no others there")
    void profileNamesAllEvents() throws Exception {
        try (RecordingFile file = new RecordingFile(record())) {
            assertThat(file.readEventTypes().stream()
                            .map(EventType::getName)
                            .filter(name -> name.startsWith("dev.regions.")))
                    .containsExactlyInAnyOrderElementsOf(regions().getSettings().keySet().stream()
                            .map(setting -> setting.substring(0, setting.indexOf('#')))
                            .distinct()
                            .toList())
                    .hasSize(5);
        }
    }
}
