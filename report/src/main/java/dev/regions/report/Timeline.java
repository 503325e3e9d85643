package dev.regions.report;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a run as a timeline that {@code ui.perfetto.dev} and {@code chrome://tracing} open: the JSON of the <a
 * href="https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU">Trace Event Format</a>.
 *
 * <p>There is a lane for each worker, with a slice for each task; of more than 64 workers, those that follow each other
 * share one. An arrow, from the end of one slice to the beginning of another, is an edge. Regions are nested spans
 * above, in a process of their own; each lasts until the last of its tasks is completed. Barriers, and marks for tasks
 * that never ran, have a lane each.
 *
 * <p>Times in the file are in microseconds, as the format requires, with three decimals. An empty slice is shown as one
 * nanosecond long. The file is written as a stream, and takes some bytes of memory for each task and edge besides the
 * recording. A task that has one edge takes about 400 bytes of the file. Files that end in {@code .gz} are compressed,
 * and can be opened as they are.
 *
 * <p>Immutable.
 */
public final class Timeline {
    private static final int WORKERS = 1;
    private static final int REGIONS = 2;
    private static final int NEVER_RAN = 0;
    private static final int BARRIERS = 1;
    private static final int FIRST_WORKER = 2;
    private static final JsonFactory JSON = new JsonFactory();

    private final RunRecording recording;
    private final Placement placement;

    private Timeline(RunRecording recording) {
        this.recording = recording;
        this.placement = new Placement(recording);
    }

    /** Creates a timeline of a run. */
    public static Timeline of(RunRecording recording) {
        return new Timeline(Objects.requireNonNull(recording, "recording"));
    }

    /**
     * Writes the timeline to a file, replacing its content.
     *
     * @param file its name should end in {@code .json}, or in {@code .json.gz} to have it compressed
     * @throws IOException if it cannot be written
     */
    public void writeTo(Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            if (file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".gz")) {
                try (OutputStream compressed = new GZIPOutputStream(out, 1 << 16)) {
                    writeTo(compressed);
                }
            } else {
                writeTo(out);
            }
        }
    }

    /**
     * Writes the timeline to a stream, which stays open.
     *
     * @throws IOException if the stream throws
     */
    public void writeTo(OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out, JsonEncoding.UTF8)) {
            json.disable(StreamWriteFeature.AUTO_CLOSE_TARGET.mappedFeature());
            json.writeStartObject();
            json.writeStringField("displayTimeUnit", "ns");
            json.writeObjectFieldStart("otherData");
            json.writeStringField("runtime", recording.name());
            json.writeStringField("startedAt", recording.startedAt().toString());
            json.writeNumberField("droppedTasks", recording.droppedTasks());
            json.writeEndObject();
            json.writeArrayFieldStart("traceEvents");
            writeNames(json);
            writeRegions(json);
            for (int task = 0; task < recording.taskCount(); task++) {
                writeTask(json, task);
            }
            for (int edge = 0; edge < recording.edgeCount(); edge++) {
                writeEdge(json, edge);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private void writeNames(JsonGenerator json) throws IOException {
        writeName(json, "process_name", WORKERS, null, "workers of " + recording.name());
        writeSortIndex(json, "process_sort_index", WORKERS, null, 2);
        writeName(json, "process_name", REGIONS, null, "regions of " + recording.name());
        writeSortIndex(json, "process_sort_index", REGIONS, null, 1);
        writeLane(json, WORKERS, NEVER_RAN, "never ran");
        writeLane(json, WORKERS, BARRIERS, "barriers");
        List<String> lanes = placement.laneNames();
        for (int lane = 0; lane < lanes.size(); lane++) {
            writeLane(json, WORKERS, lane + FIRST_WORKER, lanes.get(lane));
        }
        for (int lane = 0; lane < placement.regionLanes(); lane++) {
            writeLane(json, REGIONS, lane + 1, "regions");
        }
    }

    private static void writeLane(JsonGenerator json, int process, int lane, String name) throws IOException {
        writeName(json, "thread_name", process, lane, name);
        writeSortIndex(json, "thread_sort_index", process, lane, lane);
    }

    private static void writeName(JsonGenerator json, String what, int process, @Nullable Integer lane, String name)
            throws IOException {
        beginMetadata(json, what, process, lane);
        json.writeStringField("name", name);
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeSortIndex(JsonGenerator json, String what, int process, @Nullable Integer lane, int index)
            throws IOException {
        beginMetadata(json, what, process, lane);
        json.writeNumberField("sort_index", index);
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void beginMetadata(JsonGenerator json, String what, int process, @Nullable Integer lane)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("ph", "M");
        json.writeStringField("name", what);
        json.writeNumberField("pid", process);
        if (lane != null) {
            json.writeNumberField("tid", lane);
        }
        json.writeObjectFieldStart("args");
    }

    private void writeRegions(JsonGenerator json) throws IOException {
        for (RecordedRegion region : recording.regions()) {
            long begin = region.opened();
            beginEvent(json, "X", REGIONS, placement.regionLane(region.id()) + 1, begin);
            writeTime(json, "dur", Math.max(1, placement.regionEnd(region.id()) - begin));
            json.writeStringField("name", region.name());
            json.writeStringField("cat", "region");
            json.writeObjectFieldStart("args");
            json.writeStringField("kind", region.kind());
            if (region.launched() != RecordedTask.NEVER) {
                writeTime(json, "launched after us", region.launched() - begin);
            }
            if (region.ended() != RecordedTask.NEVER) {
                writeTime(json, "code ended after us", region.ended() - begin);
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private void writeTask(JsonGenerator json, int task) throws IOException {
        if (isSlice(task)) {
            beginEvent(json, "X", WORKERS, lane(task), placement.begin(task));
            writeTime(json, "dur", placement.end(task) - placement.begin(task));
        } else {
            beginEvent(json, "i", WORKERS, NEVER_RAN, recording.finishedOrNow(task));
            json.writeStringField("s", "t");
        }
        json.writeStringField("name", recording.name(task));
        json.writeStringField("cat", recording.barrier(task) ? "barrier" : "task");
        json.writeObjectFieldStart("args");
        json.writeNumberField("id", task);
        json.writeStringField("state", recording.state(task).name());
        if (placement.isPlaced(task)) {
            RecordedTask seen = recording.task(task);
            writeTime(json, "waited for tasks us", seen.waitedForTasks());
            writeTime(json, "waited for thread us", seen.waitedForThread());
        }
        writeRegion(json, task);
        json.writeEndObject();
        json.writeEndObject();
    }

    private boolean isSlice(int task) {
        return placement.isPlaced(task) || recording.barrier(task) && recording.finished(task) != RecordedTask.NEVER;
    }

    private int lane(int task) {
        return placement.isPlaced(task) ? placement.lane(task) + FIRST_WORKER : BARRIERS;
    }

    private void writeRegion(JsonGenerator json, int task) throws IOException {
        int region = recording.region(task);
        if (region != RecordedRegion.NONE) {
            json.writeStringField("region", recording.regions().get(region).name());
        }
    }

    /**
     * Writes an edge as an arrow. It begins within the slice that it comes from, just before the end, because at the
     * end the slice is over.
     */
    private void writeEdge(JsonGenerator json, int edge) throws IOException {
        int from = recording.predecessor(edge);
        int to = recording.successor(edge);
        if (!isSlice(from) || !isSlice(to)) {
            return;
        }
        String reason = recording.reason(edge).name().toLowerCase(Locale.ROOT);
        long arrives = placement.begin(to);
        long leaves = Math.max(placement.begin(from), Math.min(placement.end(from) - 1, arrives));
        if (leaves > arrives) {
            return; // recorded in the wrong order, by clocks of two threads: an arrow cannot point back in time
        }
        beginEvent(json, "s", WORKERS, lane(from), leaves);
        json.writeNumberField("id", edge);
        json.writeStringField("name", reason);
        json.writeStringField("cat", "edge");
        json.writeEndObject();
        beginEvent(json, "f", WORKERS, lane(to), arrives);
        json.writeStringField("bp", "e");
        json.writeNumberField("id", edge);
        json.writeStringField("name", reason);
        json.writeStringField("cat", "edge");
        json.writeEndObject();
    }

    private static void beginEvent(JsonGenerator json, String phase, int process, int lane, long nanos)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("ph", phase);
        json.writeNumberField("pid", process);
        json.writeNumberField("tid", lane);
        writeTime(json, "ts", nanos);
    }

    /** Writes nanoseconds as microseconds, exactly. */
    private static void writeTime(JsonGenerator json, String field, long nanos) throws IOException {
        json.writeFieldName(field);
        json.writeNumber(micros(nanos));
    }

    private static String micros(long nanos) {
        long fraction = nanos % 1000;
        if (fraction == 0) {
            return Long.toString(nanos / 1000);
        }
        return nanos / 1000 + "." + (char) ('0' + fraction / 100) + (char) ('0' + fraction / 10 % 10)
                + (char) ('0' + fraction % 10);
    }
}
