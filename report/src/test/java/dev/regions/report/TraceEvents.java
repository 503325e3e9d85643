package dev.regions.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Checks a file against the Trace Event Format
 * (docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU), as far as a timeline uses it:
 *
 * <ul>
 *   <li>JSON Object Format: an object with the array {@code traceEvents}.
 *   <li>Complete events, X: name, ts, dur, pid, tid; on one thread they nest or do not touch.
 *   <li>Instant events, i: name, ts, pid, tid, and the scope s, which is g, p or t.
 *   <li>Flow events, s and f: name, cat, id, ts, pid, tid; each id of a category has one s and one f, of the same name,
 *       and the f is not the earlier one. An s is bound to the slice around it, an f with {@code bp: e} likewise: there
 *       must be one, on the same thread.
 *   <li>Metadata events, M: process_name and thread_name with args.name, the sort indices with args.sort_index; each
 *       thread and process that has events has a name.
 *   <li>Times are microseconds; a fraction is allowed.
 * </ul>
 *
 * A small file is checked whole; of a large one, {@link #stream} tells each event.
 */
final class TraceEvents {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    /** A slice, in nanoseconds. */
    record Slice(String name, String lane, long begin, long end, JsonNode args) {}

    /** An arrow, with the slices that its ends are bound to: the innermost around them. */
    record Arrow(String reason, Slice from, Slice to) {}

    final List<Slice> slices = new ArrayList<>();
    final List<Arrow> arrows = new ArrayList<>();
    final List<JsonNode> instants = new ArrayList<>();
    final Map<String, String> laneNames = new TreeMap<>();
    final List<String> wrong = new ArrayList<>();
    JsonNode otherData;

    static TraceEvents check(byte[] file) throws IOException {
        TraceEvents checked = new TraceEvents();
        JsonNode root = JSON.readTree(file);
        checked.otherData = root.path("otherData");
        if (!root.path("traceEvents").isArray()) {
            checked.wrong.add("no array traceEvents");
        }
        if (!Set.of("ms", "ns").contains(root.path("displayTimeUnit").asText())) {
            checked.wrong.add("displayTimeUnit is neither ms nor ns");
        }
        checked.events(root.path("traceEvents"));
        return checked;
    }

    /** Calls for each event, having one of them in memory at a time. Returns how many there were. */
    static long stream(InputStream file, Consumer<JsonNode> each) throws IOException {
        long count = 0;
        try (JsonParser parser = new JsonFactory().setCodec(JSON).createParser(file)) {
            while (!"traceEvents".equals(parser.currentName())) {
                if (parser.nextToken() == null) {
                    throw new IOException("no traceEvents");
                }
            }
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new IOException("traceEvents is no array");
            }
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                each.accept(parser.readValueAsTree());
                count++;
            }
            while (parser.nextToken() != null) {
                // what follows must be JSON, too
            }
        }
        return count;
    }

    /** Says what is wrong with the fields of one event, by itself. */
    static List<String> fieldsOf(JsonNode event) {
        List<String> wrong = new ArrayList<>();
        String phase = event.path("ph").asText();
        Consumer<String> number = field -> {
            if (!event.path(field).isNumber()) {
                wrong.add(field + " is no number in " + event);
            }
        };
        if (!event.path("name").isTextual()) {
            wrong.add("no name in " + event);
        }
        number.accept("pid");
        if (!phase.equals("M")) {
            number.accept("ts");
            number.accept("tid");
            if (event.path("ts").decimalValue().signum() < 0) {
                wrong.add("ts is negative in " + event);
            }
        }
        switch (phase) {
            case "X" -> {
                number.accept("dur");
                if (event.path("dur").decimalValue().signum() <= 0) {
                    wrong.add("dur is not positive in " + event);
                }
            }
            case "i" -> {
                if (!Set.of("g", "p", "t").contains(event.path("s").asText())) {
                    wrong.add("no scope in " + event);
                }
            }
            case "s", "f" -> {
                number.accept("id");
                if (!event.path("cat").isTextual()) {
                    wrong.add("no category in " + event);
                }
                if (phase.equals("f") && !event.path("bp").asText().equals("e")) {
                    wrong.add("not bound to the slice around it: " + event);
                }
            }
            case "M" -> {
                String what = event.path("name").asText();
                boolean isName = Set.of("process_name", "thread_name").contains(what);
                boolean isIndex =
                        Set.of("process_sort_index", "thread_sort_index").contains(what);
                JsonNode args = event.path("args");
                if (!(isName && args.path("name").isTextual()
                        || isIndex && args.path("sort_index").isInt())) {
                    wrong.add("metadata " + event);
                }
                if (what.startsWith("thread") && !event.path("tid").isInt()) {
                    wrong.add("no thread in " + event);
                }
            }
            default -> wrong.add("phase " + phase);
        }
        return wrong;
    }

    private static long nanos(JsonNode event, String field) {
        return event.path(field)
                .decimalValue()
                .multiply(BigDecimal.valueOf(1000))
                .longValueExact();
    }

    private static String lane(JsonNode event) {
        return event.path("pid").asText() + "/" + event.path("tid").asText();
    }

    private void events(JsonNode events) {
        Map<String, List<Slice>> byLane = new TreeMap<>();
        Map<String, JsonNode> starts = new HashMap<>();
        Map<String, JsonNode> ends = new HashMap<>();
        Set<String> processes = new HashSet<>();
        for (JsonNode event : events) {
            List<String> fields = fieldsOf(event);
            wrong.addAll(fields);
            if (!fields.isEmpty()) {
                continue;
            }
            String id = event.path("cat").asText() + event.path("id").asText();
            switch (event.path("ph").asText()) {
                case "X" -> {
                    long begin = nanos(event, "ts");
                    Slice slice = new Slice(
                            event.path("name").asText(),
                            lane(event),
                            begin,
                            begin + nanos(event, "dur"),
                            event.path("args"));
                    slices.add(slice);
                    byLane.computeIfAbsent(lane(event), lane -> new ArrayList<>())
                            .add(slice);
                }
                case "i" -> instants.add(event);
                case "s" -> {
                    if (starts.put(id, event) != null) {
                        wrong.add("begins twice: " + event);
                    }
                }
                case "f" -> {
                    if (ends.put(id, event) != null) {
                        wrong.add("ends twice: " + event);
                    }
                }
                default -> {
                    if (event.path("name").asText().equals("thread_name")) {
                        laneNames.put(
                                lane(event), event.path("args").path("name").asText());
                    } else if (event.path("name").asText().equals("process_name")) {
                        processes.add(event.path("pid").asText());
                    }
                }
            }
        }
        byLane.forEach((lane, on) -> {
            nesting(on);
            if (!laneNames.containsKey(lane)) {
                wrong.add("lane " + lane + " has no name");
            }
            if (!processes.contains(lane.substring(0, lane.indexOf('/')))) {
                wrong.add("the process of lane " + lane + " has no name");
            }
        });
        if (!starts.keySet().equals(ends.keySet())) {
            wrong.add("arrows with one end only");
        }
        starts.forEach((id, start) -> arrow(start, ends.get(id), byLane));
    }

    private void nesting(List<Slice> lane) {
        Deque<Slice> open = new ArrayDeque<>();
        lane.stream()
                .sorted(Comparator.comparingLong(Slice::begin)
                        .thenComparing(Comparator.comparingLong(Slice::end).reversed()))
                .forEach(slice -> {
                    while (!open.isEmpty() && open.peek().end() <= slice.begin()) {
                        open.pop();
                    }
                    if (!open.isEmpty() && open.peek().end() < slice.end()) {
                        wrong.add(slice + " reaches out of " + open.peek());
                    }
                    open.push(slice);
                });
    }

    private void arrow(JsonNode start, JsonNode end, Map<String, List<Slice>> byLane) {
        if (end == null) {
            return;
        }
        if (!start.path("name").equals(end.path("name"))) {
            wrong.add("two names: " + start + " and " + end);
        }
        if (nanos(start, "ts") > nanos(end, "ts")) {
            wrong.add("ends before it begins: " + start + " and " + end);
        }
        Slice from = around(start, byLane);
        Slice to = around(end, byLane);
        if (from == null || to == null) {
            wrong.add("bound to nothing: " + start + " and " + end);
        } else {
            arrows.add(new Arrow(start.path("name").asText(), from, to));
        }
    }

    /** The innermost slice around the end of an arrow: of those that contain it, the shortest. */
    private static Slice around(JsonNode end, Map<String, List<Slice>> byLane) {
        long at = nanos(end, "ts");
        return byLane.getOrDefault(lane(end), List.of()).stream()
                .filter(slice -> slice.begin() <= at && at < slice.end())
                .min(Comparator.comparingLong(slice -> slice.end() - slice.begin()))
                .orElse(null);
    }
}
