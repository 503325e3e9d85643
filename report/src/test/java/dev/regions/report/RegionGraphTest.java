package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.Regions;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.queue.EdgeReason;
import dev.regions.queue.RegionAction;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

@DisplayName("A graph")
class RegionGraphTest {
    @TempDir
    Path folder;

    /** What Graphviz has drawn: SVG, where a node or an edge is a group with a title, the texts, and the shape. */
    private static final class Drawing {
        final Document svg;

        Drawing(String svg) throws Exception {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            this.svg = factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        }

        List<Element> groups(String kind) {
            List<Element> found = new ArrayList<>();
            NodeList all = svg.getElementsByTagName("g");
            for (int i = 0; i < all.getLength(); i++) {
                Element group = (Element) all.item(i);
                if (group.getAttribute("class").equals(kind)) {
                    found.add(group);
                }
            }
            return found;
        }

        Element node(String label) {
            return groups("node").stream()
                    .filter(group -> texts(group).contains(label))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no node " + label));
        }

        static List<String> texts(Element group) {
            List<String> found = new ArrayList<>();
            NodeList all = group.getElementsByTagName("text");
            for (int i = 0; i < all.getLength(); i++) {
                found.add(all.item(i).getTextContent());
            }
            return found;
        }

        static String shape(Element group, String attribute) {
            for (String kind : List.of("path", "polygon", "ellipse")) {
                NodeList all = group.getElementsByTagName(kind);
                if (all.getLength() > 0) {
                    return ((Element) all.item(0)).getAttribute(attribute);
                }
            }
            throw new AssertionError("nothing drawn in " + group.getTextContent());
        }
    }

    private Drawing drawn(RegionGraph graph) throws Exception {
        Path dot = folder.resolve("graph.dot");
        Path svg = folder.resolve("graph.svg");
        Path errors = folder.resolve("errors");
        Files.writeString(dot, graph.toDot());
        Process graphviz = new ProcessBuilder(Tools.dot().toString(), "-Tsvg", "-o", svg.toString(), dot.toString())
                .redirectError(errors.toFile())
                .start();
        int exitCode = graphviz.waitFor();
        assertThat(Files.readString(errors)).isEmpty();
        assertThat(exitCode).isZero();
        return new Drawing(Files.readString(svg, StandardCharsets.UTF_8));
    }

    private static List<RegionGraph> launchedBy(RegionAction<RuntimeException> body) {
        List<RegionGraph> graphs = new ArrayList<>();
        try (TaskRuntime runtime = TaskRuntime.builder()
                .pass(batch -> {
                    graphs.add(RegionGraph.of(batch));
                    return batch;
                })
                .build()) {
            runtime.run(body);
        }
        return graphs;
    }

    @Test
    @DisplayName("of a region before launch is drawn by Graphviz, with its barrier, and with what it waits for outside")
    void beforeLaunch() throws Exception {
        List<RegionGraph> graphs = launchedBy(() -> {
            Task<String> outside = Tasks.builder().name("outside").spawn(() -> "done");
            Regions.bulk(() -> {
                Task<String> load = Tasks.builder().name("load \"all\"").spawn(() -> "rows");
                Tasks.builder().name("check").requires(load).after(outside).spawn(() -> {});
                Regions.sequential(() -> {
                    Regions.bulk(() -> {
                        Tasks.builder().name("copy 1").spawn(() -> {});
                        Tasks.builder().name("copy 2").spawn(() -> {});
                    });
                    Tasks.builder().name("add").spawn(() -> {});
                });
            });
        });

        assertThat(graphs).hasSize(1);
        RegionGraph graph = graphs.get(0);
        assertThat(graph.nodes()).extracting(RegionGraph.Node::state).contains(TaskState.UNLAUNCHED);
        Drawing drawing = drawn(graph);
        assertThat(drawing.groups("node")).hasSize(7);
        assertThat(drawing.groups("edge")).hasSize(graph.edges().size());
        drawing.node("load \"all\"");
        drawing.node("outside");
        assertThat(graph.nodes()).filteredOn(RegionGraph.Node::barrier).hasSize(1);
        assertThat(graph.nodes())
                .filteredOn(RegionGraph.Node::outside)
                .extracting(RegionGraph.Node::name)
                .containsExactly("outside");
        RegionGraph.Edge soft = graph.edges().stream()
                .filter(RegionGraph.Edge::soft)
                .findFirst()
                .orElseThrow();
        assertThat(graph.nodes().get(soft.from()).name()).isEqualTo("outside");
        assertThat(graph.nodes().get(soft.to()).name()).isEqualTo("check");
        // A step of a sequence that is two tasks is: both, before the barrier, before the next step.
        RegionGraph.Node barrier = graph.nodes().stream()
                .filter(RegionGraph.Node::barrier)
                .findFirst()
                .orElseThrow();
        assertThat(graph.edges())
                .filteredOn(edge -> edge.to() == barrier.id())
                .extracting(edge -> graph.nodes().get(edge.from()).name())
                .containsExactlyInAnyOrder("copy 1", "copy 2");
        assertThat(graph.edges())
                .filteredOn(edge -> edge.from() == barrier.id())
                .extracting(edge -> graph.nodes().get(edge.to()).name())
                .containsExactly("add");
    }

    private static RunRecording afterRun() {
        RunRecording.Builder run = new RunRecording.Builder("run", Instant.EPOCH);
        int worker = run.worker("worker 1");
        int outer = run.region(RecordedRegion.NONE, "sequential", "sequential region", 0);
        int inner = run.region(outer, "bulk", "bulk region", 1);
        String[] names = {"load", "parse", "store", "cleanup"};
        long[] ends = {2_000, 3_000_000, 3_000_700, 3_100_000};
        TaskState[] states = {TaskState.SUCCEEDED, TaskState.FAILED, TaskState.SKIPPED, TaskState.SUCCEEDED};
        long before = 0;
        for (int i = 0; i < names.length; i++) {
            int task = run.task(names[i], false, i == 0 ? RecordedRegion.NONE : i == 3 ? outer : inner, 0);
            run.launched(task, 0);
            if (states[i] != TaskState.SKIPPED) {
                run.ready(task, before);
                run.started(task, before, worker);
            }
            run.finished(task, ends[i]);
            run.state(task, states[i]);
            before = ends[i];
            if (i > 0) {
                EdgeReason reason = i == 3 ? EdgeReason.AFTER : EdgeReason.ARGUMENT;
                run.edge(i - 1, i, reason, i == 3, RecordedRegion.NONE);
            }
        }
        int aside = run.task("aside", false, RecordedRegion.NONE, 0);
        run.launched(aside, 0);
        run.ready(aside, 0);
        run.started(aside, 10, worker);
        run.finished(aside, 20);
        run.state(aside, TaskState.SUCCEEDED);
        return run.snapshot(3_100_000, 0, 0);
    }

    @Test
    @DisplayName(
            "after the run has states as colours, the critical path marked, edges with a reason, and regions as frames")
    void afterTheRun() throws Exception {
        RegionGraph graph = RegionGraph.of(afterRun());

        Drawing drawing = drawn(graph);

        assertThat(Drawing.texts(drawing.node("parse"))).containsExactly("parse", "3.00 ms");
        String succeeded = Drawing.shape(drawing.node("load"), "fill");
        String failed = Drawing.shape(drawing.node("parse"), "fill");
        String skipped = Drawing.shape(drawing.node("store"), "fill");
        assertThat(List.of(succeeded, failed, skipped)).doesNotHaveDuplicates();
        assertThat(Drawing.shape(drawing.node("cleanup"), "fill")).isEqualTo(succeeded);
        assertThat(Drawing.shape(drawing.node("parse"), "stroke-width")).isEqualTo("2.5");
        assertThat(Drawing.shape(drawing.node("aside"), "stroke-width")).isEmpty();
        assertThat(drawing.groups("edge"))
                .extracting(edge -> Drawing.texts(edge).get(0))
                .containsExactlyInAnyOrder("argument", "argument", "after");
        assertThat(drawing.groups("cluster"))
                .extracting(frame -> Drawing.texts(frame).get(0))
                .containsExactlyInAnyOrder("sequential region", "bulk region");
    }

    @Test
    @DisplayName("of one region of a run has the tasks of it, of those within it, and what these wait for")
    void withinARegion() {
        RunRecording recording = afterRun();

        RegionGraph bulk = RegionGraph.of(recording).within(recording.regions().get(1));
        RegionGraph sequential =
                RegionGraph.of(recording).within(recording.regions().get(0));

        assertThat(bulk.nodes()).extracting(RegionGraph.Node::name).containsExactly("load", "parse", "store");
        assertThat(bulk.nodes()).extracting(RegionGraph.Node::outside).containsExactly(true, false, false);
        assertThat(bulk.edges()).hasSize(2);
        assertThat(sequential.nodes())
                .extracting(RegionGraph.Node::name)
                .containsExactly("load", "parse", "store", "cleanup");
    }

    @Test
    @DisplayName("that is folded has alike tasks as one node, which says how many they are")
    void folded() throws Exception {
        RegionGraph graph = RegionGraph.of(Recordings.simulated(7, 3_000, 4));

        RegionGraph folded = graph.folded(40);

        assertThat(folded.nodes()).hasSizeLessThanOrEqualTo(40);
        assertThat(folded.nodes().stream().mapToInt(RegionGraph.Node::count).sum())
                .isEqualTo(graph.nodes().size());
        assertThat(folded.edges().stream().mapToInt(RegionGraph.Edge::count).sum())
                .isEqualTo(graph.edges().size());
        assertThat(folded.nodes().stream().mapToLong(RegionGraph.Node::ran).sum())
                .isEqualTo(
                        graph.nodes().stream().mapToLong(RegionGraph.Node::ran).sum());
        Drawing drawing = drawn(folded);
        drawing.node("parse file-# × 1,000");
        assertThat(drawing.groups("node")).hasSize(folded.nodes().size());
    }

    @Test
    @DisplayName("is folded finely if there is room, coarsely if not, and never to more nodes than allowed")
    void coarseness() {
        RegionGraph graph = RegionGraph.of(Recordings.simulated(7, 3_000, 4));

        assertThat(graph.folded(5_000)).isSameAs(graph);
        int before = Integer.MAX_VALUE;
        for (int most : new int[] {1_000, 200, 30, 8, 3, 2, 1}) {
            RegionGraph folded = graph.folded(most);
            assertThat(folded.nodes()).hasSizeBetween(1, most);
            assertThat(folded.nodes().size()).isLessThanOrEqualTo(before);
            before = folded.nodes().size();
        }
        // Parsing, the ten levels of merging and the regions of inserts: told apart where there is room for them.
        assertThat(graph.folded(200).nodes())
                .filteredOn(node -> node.name().startsWith("merge"))
                .hasSize(10);
        assertThat(graph.folded(3).nodes()).extracting(RegionGraph.Node::name).contains("others");
        assertThatThrownBy(() -> graph.folded(0)).hasMessageContaining("at least 1 node");
    }

    @Test
    @DisplayName(
            "folds names that differ in their numbers, decimal or as of tasks without a name, or after a colon, and no others")
    void patterns() {
        assertThat(Fold.patternOf("parse file-17 of 20")).isEqualTo("parse file-# of #");
        assertThat(Fold.patternOf("task-3f1a09bc")).isEqualTo("task-#");
        assertThat(Fold.patternOf("task-deadbeef")).isEqualTo("task-deadbeef");
        assertThat(Fold.patternOf("load h2 feed")).isEqualTo("load h# feed");
        assertThat(Fold.patternOf("merge")).isEqualTo("merge");
        assertThat(Fold.patternOf("read 7: src/Point.java")).isEqualTo("read #: …");
        assertThat(Fold.patternOf(": odd")).isEqualTo(": odd");
    }

    @Test
    @DisplayName("of nothing is nothing, and can be drawn")
    void empty() throws Exception {
        RegionGraph graph = RegionGraph.of(new RunRecording.Builder("run", Instant.EPOCH).snapshot(0, 0, 0));

        assertThat(drawn(graph).groups("node")).isEmpty();
        assertThat(graph.toMermaid()).isEqualTo("flowchart TB\n");
    }
}
