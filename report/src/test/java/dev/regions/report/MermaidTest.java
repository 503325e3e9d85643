package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Graphs drawn by Mermaid itself, from its npm package, in a browser. The package is fetched once, into {@code target}.
 */
@DisplayName("A graph for Mermaid")
class MermaidTest {
    private static final Path PACKAGE = Path.of("target", "mermaid-" + System.getProperty("mermaid.version"));

    private static Browser browser;

    @BeforeAll
    static void open() throws Exception {
        fetch();
        browser = new Browser();
        Path page = PACKAGE.resolve("test.html");
        Files.writeString(
                page,
                "<!DOCTYPE html><meta charset=utf-8><link rel=icon href=data:,><div id=drawing></div>"
                        + "<script src=package/dist/mermaid.min.js></script>");
        browser.open(page.toAbsolutePath());
        browser.await("window.mermaid");
        browser.script("mermaid.initialize({ startOnLoad: false, maxEdges: 2000 })");
    }

    private static void fetch() throws IOException, InterruptedException {
        if (Files.exists(PACKAGE.resolve("package/dist/mermaid.min.js"))) {
            return;
        }
        Path npm = Tools.npm();
        Files.createDirectories(PACKAGE);
        boolean packed = run(npm.toString(), "pack", "--silent", "mermaid@" + System.getProperty("mermaid.version"));
        Tools.missing(!packed, "npm cannot fetch mermaid " + System.getProperty("mermaid.version"));
        assertThat(run("tar", "xzf", "mermaid-" + System.getProperty("mermaid.version") + ".tgz"))
                .isTrue();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(PACKAGE.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return false;
        }
        return process.exitValue() == 0;
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    private static void draw(RegionGraph graph) {
        Object outcome = browser.driver.executeAsyncScript("""
                const [text, done] = [arguments[0], arguments[arguments.length - 1]];
                mermaid.render('drawn', text)
                    .then(({ svg }) => { document.getElementById('drawing').innerHTML = svg; done('drawn'); })
                    .catch((error) => done(String(error)));
                """, graph.toMermaid());
        assertThat(outcome).as(graph.toMermaid()).isEqualTo("drawn");
    }

    private static List<String> labels(String css) {
        return browser.all(css).stream()
                .map(element -> element.getText().strip())
                .toList();
    }

    @Test
    @DisplayName("of a run has its nodes, its edges with their reasons, its regions, and the classes of its states")
    void afterTheRun() {
        RunRecording recording = Recordings.simulated(3, 60, 2);

        draw(RegionGraph.of(recording));

        assertThat(browser.all("#drawing g.node")).hasSize(60);
        assertThat(labels("#drawing g.node")).anyMatch(label -> label.startsWith("parse file-7\n"));
        assertThat(labels("#drawing g.edgeLabel")).contains("argument", "sequential", "barrier");
        assertThat(labels("#drawing g.cluster")).contains("bulk region", "sequential region");
        assertThat(browser.all("#drawing g.node.succeeded")).hasSize(60);
        assertThat(browser.all("#drawing g.node.critical"))
                .hasSize(CriticalPath.of(recording).tasks().size());
    }

    @Test
    @DisplayName("that is folded can be drawn however many tasks it stands for")
    void folded() {
        RegionGraph folded = RegionGraph.of(Recordings.simulated(4, 20_000, 8)).folded(30);

        draw(folded);

        assertThat(browser.all("#drawing g.node")).hasSize(folded.nodes().size());
        assertThat(labels("#drawing g.node")).anyMatch(label -> label.startsWith("parse file-# × 6,666"));
    }

    @Test
    @DisplayName("shows names as they are, whatever is in them")
    void names() {
        String name = "end \"it\" `c` --> [x]{y}(z) <b>&amp; #35; ; %% | \\ é 日本";
        RunRecording.Builder run = new RunRecording.Builder("run", Instant.EPOCH);
        int region = run.region(RecordedRegion.NONE, "bulk", "end \"bulk\" ]", 0);
        run.task(name, false, region, 0);
        run.task("end", true, RecordedRegion.NONE, 0);

        draw(RegionGraph.of(run.snapshot(0, 0, 0)));

        assertThat(labels("#drawing g.node")).containsExactlyInAnyOrder(name, "end");
        assertThat(labels("#drawing g.cluster")).containsExactly("end \"bulk\" ]");
    }
}
