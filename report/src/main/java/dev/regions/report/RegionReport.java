package dev.regions.report;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Writes a run as a page: one HTML file, which a browser opens without a server or a network. It has a timeline that
 * zooms and pans, the numbers of running and waiting tasks over time, the critical path, the graph, a table of tasks to
 * sort and search, and percentiles.
 *
 * {@snippet file="ReportSnippetsTest.java" region="record"}
 *
 * <p>The file holds all of the run, about 100 bytes for a task that has an edge or two. A browser needs some hundred
 * milliseconds to open one of 50,000 tasks; past some hundred thousand, use {@link Timeline}.
 *
 * <p>The page's content security policy permits its own script alone, and no loading; task names are never interpreted
 * as markup.
 *
 * <p>Immutable.
 */
public final class RegionReport {
    private static final List<String> SCRIPTS =
            List.of("model.js", "timeline.js", "timeline-input.js", "graph.js", "table.js", "page.js");
    private static final JsonFactory JSON =
            new JsonFactoryBuilder().characterEscapes(new ScriptEscapes()).build();

    private final RunRecording recording;

    private RegionReport(RunRecording recording) {
        this.recording = recording;
    }

    /** Creates the report of a run. */
    public static RegionReport of(RunRecording recording) {
        return new RegionReport(Objects.requireNonNull(recording, "recording"));
    }

    /**
     * Writes the page to a file, replacing its content.
     *
     * @param file its name should end in {@code .html}
     * @throws IOException if it cannot be written
     */
    public void writeTo(Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            writeTo(out);
        }
    }

    /**
     * Writes the page to a stream, which stays open.
     *
     * @throws IOException if the stream throws
     */
    public void writeTo(OutputStream out) throws IOException {
        String script = SCRIPTS.stream()
                .map(RegionReport::resource)
                .collect(Collectors.joining("\n", "(() => {\n'use strict';\n", "\n})();\n"));
        String page = resource("page.html")
                .replace("@TITLE@", escaped(recording.name()))
                .replace("@STYLE@", resource("page.css"))
                .replace("@SCRIPT_HASH@", hash(script));
        int data = page.indexOf("@DATA@");
        int code = page.indexOf("@SCRIPT@");
        write(out, page.substring(0, data));
        try (JsonGenerator json = JSON.createGenerator(out, JsonEncoding.UTF8)) {
            json.disable(StreamWriteFeature.AUTO_CLOSE_TARGET.mappedFeature());
            new ReportData(recording).write(json);
        }
        write(out, page.substring(data + "@DATA@".length(), code));
        write(out, script);
        write(out, page.substring(code + "@SCRIPT@".length()));
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(RegionReport.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("@", "&#64;"); // nor may it be one of the places to fill in
    }

    /** Returns the hash of the script for the policy of the page. */
    private static String hash(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
