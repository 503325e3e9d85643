package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.Regions;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.task.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the Javadoc and of docs/run-reports.md: compiled, run and checked here. */
@DisplayName("The example of")
class ReportSnippetsTest {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    private static Task<String> orders() {
        return Regions.bulk(() -> {
            Task<String> load = Tasks.builder().name("load").spawn(() -> "orders");
            Task<String> price = Tasks.builder().name("price").spawn(load, orders -> "priced " + orders);
            return Tasks.builder().name("store").spawn(price, priced -> "stored " + priced);
        });
    }

    @Test
    @DisplayName("a recorder, and what is made of its recording")
    void record() throws Exception {
        // @start region=record
        try (TaskRuntime runtime = TaskRuntime.builder().name("orders").build();
                RunRecorder recorder = RunRecorder.of(runtime)) {
            runtime.call(() -> orders()).join();

            RunRecording recording = recorder.recording();
            RegionReport.of(recording).writeTo(folder.resolve("orders.html"));
            Timeline.of(recording).writeTo(folder.resolve("orders.json.gz")); // for ui.perfetto.dev
            Files.writeString(
                    folder.resolve("orders.dot"), RegionGraph.of(recording).toDot());
        }
        // @end

        assertThat(folder).isDirectoryContaining("glob:**/orders.{html,json.gz,dot}");
        assertThat(folder.toFile().list()).hasSize(3);
        assertThat(Files.readString(folder.resolve("orders.dot"))).contains("load", "price", "argument");
    }

    @Test
    @DisplayName("a graph of each region before it is launched")
    void graph() {
        // @start region=graph
        List<RegionGraph> graphs = new CopyOnWriteArrayList<>();
        try (TaskRuntime runtime = TaskRuntime.builder()
                .pass(batch -> {
                    graphs.add(RegionGraph.of(batch));
                    return batch;
                })
                .build()) {
            runtime.run(() -> orders());
        }
        String flowchart = graphs.get(0).toMermaid(); // for a block of Markdown that says mermaid
        // @end

        assertThat(flowchart).contains("flowchart TB", "\"load\"", "\"store\"");
        assertThat(graphs).hasSize(1);
    }

    @Test
    @DisplayName("the critical path")
    void criticalPath() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().name("orders").build();
                RunRecorder recorder = RunRecorder.of(runtime)) {
            runtime.call(() -> orders()).join();
            RunRecording recording = recorder.recording();

            // @start region=path
            CriticalPath path = CriticalPath.of(recording);
            for (RecordedTask task : path.tasks()) {
                System.out.printf(
                        "%s waited %,d ns for a thread and ran %,d ns%n",
                        task.name(), task.waitedForThread(), task.ran());
            }
            System.out.printf("with threads enough it takes at least %,d ns%n", path.span());
            // @end

            assertThat(path.tasks()).extracting(RecordedTask::name).containsExactly("load", "price", "store");
        }
    }

    @Test
    @DisplayName("docs/run-reports.md is one of these")
    void page() throws IOException {
        String compiled =
                squeeze(Files.readString(Path.of("src/test/java/dev/regions/report/ReportSnippetsTest.java")));
        String page = Files.readString(Path.of("..", "docs", "run-reports.md"));

        assertThat(JAVA.matcher(page).results()).hasSize(3).allSatisfy(block -> assertThat(compiled)
                .contains(squeeze(block.group(1))));
    }

    /** Indentation and line breaks differ. */
    private static String squeeze(String text) {
        return text.replaceAll("\\s+", " ").replace("( ", "(").strip();
    }
}
