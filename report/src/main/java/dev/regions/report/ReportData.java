package dev.regions.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.regions.queue.EdgeReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * The run in the form that the page reads: columns of numbers, which are smaller and read faster than objects. The
 * times of a task are relative to the preceding known time of the task, and the first to that of the task before,
 * because small numbers are short.
 */
final class ReportData {
    private static final int GRAPH_NODES = 40;
    private static final int KINDS_LISTED = 40;

    private final RunRecording recording;
    private final CriticalPath path;
    private final Placement placement;
    private final Map<String, Integer> names = new LinkedHashMap<>();
    private final Map<String, Integer> kinds = new LinkedHashMap<>();
    private final List<Integer> kindOfName = new ArrayList<>();

    ReportData(RunRecording recording) {
        this.recording = recording;
        this.path = CriticalPath.of(recording);
        this.placement = new Placement(recording);
        for (int task = 0; task < recording.taskCount(); task++) {
            String name = recording.name(task);
            if (names.putIfAbsent(name, names.size()) == null) {
                kindOfName.add(kinds.computeIfAbsent(Fold.patternOf(name), kind -> kinds.size()));
            }
        }
    }

    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("startedAt", recording.startedAt().toString());
        json.writeNumberField("nanos", recording.nanos());
        json.writeNumberField("droppedTasks", recording.droppedTasks());
        json.writeNumberField("droppedEvents", recording.droppedEvents());
        writeStrings(json, "names", names.keySet());
        writeStrings(json, "kinds", kinds.keySet());
        writeNumbers(json, "nameKind", kindOfName.size(), kindOfName::get);
        writeStrings(json, "lanes", placement.laneNames());
        writeStrings(json, "workers", recording.workers());
        writeStrings(
                json,
                "reasons",
                IntStream.range(0, EdgeReason.values().length)
                        .mapToObj(i -> EdgeReason.values()[i].name().toLowerCase(Locale.ROOT))
                        .toList());
        writeTasks(json);
        writeEdges(json);
        writeRegions(json);
        writeCriticalPath(json);
        writeGraph(json);
        writePercentiles(json);
        json.writeEndObject();
    }

    private void writeTasks(JsonGenerator json) throws IOException {
        int count = recording.taskCount();
        json.writeObjectFieldStart("tasks");
        writeNumbers(json, "name", count, task -> names.get(recording.name(task)));
        writeNumbers(json, "state", count, task -> recording.state(task).ordinal());
        writeNumbers(json, "region", count, recording::region);
        writeNumbers(json, "worker", count, recording::worker);
        writeNumbers(json, "lane", count, placement::lane);
        writeNumbers(json, "depth", count, placement::depth);
        writeNumbers(json, "slack", count, path::slack);
        writeNumbers(json, "spawnedBy", count, recording::spawnedBy);
        writeNumbers(
                json,
                "spawned",
                count,
                task -> recording.spawned(task) - (task == 0 ? 0 : recording.spawned(task - 1)));
        writeNumbers(json, "launched", count, task -> sinceKnown(task, 1));
        writeNumbers(json, "ready", count, task -> sinceKnown(task, 2));
        writeNumbers(json, "started", count, task -> sinceKnown(task, 3));
        writeNumbers(json, "finished", count, task -> sinceKnown(task, 4));
        json.writeArrayFieldStart("barriers");
        for (int task = 0; task < count; task++) {
            if (recording.barrier(task)) {
                json.writeNumber(task);
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private long time(int task, int which) {
        return switch (which) {
            case 0 -> recording.spawned(task);
            case 1 -> recording.launched(task);
            case 2 -> recording.ready(task);
            case 3 -> recording.started(task);
            default -> recording.finished(task);
        };
    }

    /**
     * Returns the time of an event of a task since its preceding known event; 0 if the clock of another thread recorded
     * it a little too early.
     */
    private long sinceKnown(int task, int which) {
        long time = time(task, which);
        if (time == RecordedTask.NEVER) {
            return RecordedTask.NEVER;
        }
        long known = time(task, 0);
        for (int earlier = 1; earlier < which; earlier++) {
            known = Math.max(known, time(task, earlier));
        }
        return Math.max(0, time - known);
    }

    private void writeEdges(JsonGenerator json) throws IOException {
        int count = recording.edgeCount();
        json.writeObjectFieldStart("edges");
        writeNumbers(json, "from", count, recording::predecessor);
        writeNumbers(json, "to", count, recording::successor);
        writeNumbers(json, "reason", count, edge -> recording.reason(edge).ordinal());
        writeNumbers(json, "soft", count, edge -> recording.soft(edge) ? 1 : 0);
        json.writeEndObject();
    }

    private void writeRegions(JsonGenerator json) throws IOException {
        List<RecordedRegion> regions = recording.regions();
        int count = regions.size();
        json.writeObjectFieldStart("regions");
        writeStrings(json, "name", regions.stream().map(RecordedRegion::name).toList());
        writeNumbers(json, "parent", count, id -> regions.get(id).parent());
        writeNumbers(json, "opened", count, id -> regions.get(id).opened());
        writeNumbers(json, "ended", count, id -> regions.get(id).ended());
        writeNumbers(json, "end", count, placement::regionEnd);
        writeNumbers(json, "lane", count, placement::regionLane);
        writeNumbers(json, "depth", count, placement::regionDepth);
        json.writeEndObject();
    }

    private void writeCriticalPath(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("critical");
        json.writeNumberField("nanos", path.nanos());
        json.writeNumberField("untilLaunched", path.untilLaunched());
        json.writeNumberField("running", path.running());
        json.writeNumberField("work", path.work());
        json.writeNumberField("span", path.span());
        writeNumbers(
                json, "tasks", path.tasks().size(), i -> path.tasks().get(i).id());
        json.writeEndObject();
    }

    private void writeGraph(JsonGenerator json) throws IOException {
        Fold fold = new Fold(RegionGraph.of(recording, path));
        RegionGraph graph = fold.atMost(GRAPH_NODES);
        json.writeObjectFieldStart("graph");
        json.writeArrayFieldStart("nodes");
        for (RegionGraph.Node node : graph.nodes()) {
            json.writeStartArray();
            json.writeString(node.name());
            json.writeNumber(node.count());
            json.writeNumber(node.state().ordinal());
            json.writeNumber(node.barrier() ? 1 : 0);
            json.writeNumber(node.outside() ? 1 : 0);
            json.writeNumber(node.region());
            json.writeNumber(node.ran());
            json.writeNumber(node.critical() ? 1 : 0);
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("edges");
        for (RegionGraph.Edge edge : graph.edges()) {
            json.writeStartArray();
            json.writeNumber(edge.from());
            json.writeNumber(edge.to());
            json.writeString(edge.reason());
            json.writeNumber(edge.count());
            json.writeNumber(edge.soft() ? 1 : 0);
            json.writeNumber(edge.critical() ? 1 : 0);
            json.writeEndArray();
        }
        json.writeEndArray();
        int[] nodeOf = fold.nodeOf();
        writeNumbers(json, "nodeOf", nodeOf.length, task -> nodeOf[task]);
        json.writeEndObject();
    }

    /** The times of the tasks whose names differ only in their numbers. */
    private static final class OfKind {
        final Percentiles ran = new Percentiles();
        final Percentiles forThread = new Percentiles();
        long sum;
    }

    private void writePercentiles(JsonGenerator json) throws IOException {
        Percentiles forTasks = new Percentiles();
        Percentiles forThread = new Percentiles();
        Percentiles running = new Percentiles();
        Map<Integer, OfKind> ofKinds = new HashMap<>();
        for (int id = 0; id < recording.taskCount(); id++) {
            RecordedTask task = recording.task(id);
            if (task.barrier()) {
                continue;
            }
            if (task.launched() != RecordedTask.NEVER && task.ready() != RecordedTask.NEVER) {
                forTasks.add(task.waitedForTasks());
            }
            if (task.started() != RecordedTask.NEVER && task.finished() != RecordedTask.NEVER) {
                forThread.add(task.waitedForThread());
                running.add(task.ran());
                OfKind ofKind = ofKinds.computeIfAbsent(kindOfName.get(names.get(task.name())), kind -> new OfKind());
                ofKind.ran.add(task.ran());
                ofKind.forThread.add(task.waitedForThread());
                ofKind.sum += task.ran();
            }
        }
        json.writeArrayFieldStart("percentiles");
        writePercentiles(json, "Waiting for tasks", forTasks);
        writePercentiles(json, "Waiting for a thread", forThread);
        writePercentiles(json, "Running", running);
        json.writeEndArray();
        json.writeArrayFieldStart("byKind");
        List<Map.Entry<Integer, OfKind>> largest = ofKinds.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<Integer, OfKind> entry) -> entry.getValue().sum)
                        .reversed())
                .limit(KINDS_LISTED)
                .toList();
        for (Map.Entry<Integer, OfKind> entry : largest) {
            OfKind times = entry.getValue();
            json.writeStartObject();
            json.writeNumberField("kind", entry.getKey());
            json.writeNumberField("of", times.ran.count());
            json.writeNumberField("ran", times.sum);
            List<Long> values = List.of(
                    times.ran.at(50),
                    times.ran.at(99),
                    times.ran.most(),
                    times.forThread.at(50),
                    times.forThread.at(99));
            writeNumbers(json, "values", values.size(), values::get);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writePercentiles(JsonGenerator json, String what, Percentiles times) throws IOException {
        json.writeStartObject();
        json.writeStringField("what", what);
        json.writeNumberField("of", times.count());
        List<Long> summary = times.summary();
        writeNumbers(json, "values", summary.size(), summary::get);
        json.writeArrayFieldStart("curve");
        for (Percentiles.Point point : times.curve()) {
            json.writeStartArray();
            json.writeNumber(Math.round(point.nines() * 1000) / 1000.0);
            json.writeNumber(point.value());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeStrings(JsonGenerator json, String field, Iterable<String> strings) throws IOException {
        json.writeArrayFieldStart(field);
        for (String string : strings) {
            json.writeString(string);
        }
        json.writeEndArray();
    }

    private static void writeNumbers(JsonGenerator json, String field, int count, IntToLongFunction number)
            throws IOException {
        json.writeArrayFieldStart(field);
        for (int i = 0; i < count; i++) {
            json.writeNumber(number.applyAsLong(i));
        }
        json.writeEndArray();
    }
}
