package dev.regions.examples.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The program from its arguments to what it prints and its exit code. */
class IndexSourceTreeTest {
    @TempDir
    Path folder;

    private record Outcome(int exitCode, List<String> out, List<String> err) {}

    private static Outcome run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command =
                IndexSourceTree.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int exitCode = command.execute(
                List.of(arguments).stream().map(Object::toString).toArray(String[]::new));
        return new Outcome(
                exitCode,
                out.toString().lines().toList(),
                err.toString().lines().toList());
    }

    private void write(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** Returns the lines under a heading, down to the next empty one. */
    private static List<String> under(String heading, List<String> lines) {
        assertThat(lines).contains(heading);
        return lines.stream()
                .skip(lines.indexOf(heading) + 1)
                .takeWhile(line -> !line.isEmpty())
                .map(line -> line.strip().replaceAll(" +", " "))
                .toList();
    }

    @Test
    void printsWhatIsInASmallFolder() throws IOException {
        write("src/Point.java", "record Point(int left, int top) {\n    int area() { return left * top; }\n}\n");
        write("README.md", "The area of a Point is left times top.\n");
        Files.write(folder.resolve("logo.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 0});
        write("target/Generated.java", "left left left");

        Outcome outcome = run(folder);

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        // README.md: area Point left times top; Point.java: record Point left top area left top
        assertThat(outcome.out())
                .startsWith(
                        "Indexed 2 files of 113 bytes: 6 identifiers in 12 places.",
                        "Skipped 1: 1 binary.",
                        "  logo.png (binary)");
        assertThat(under("The most frequent identifiers", outcome.out()))
                .containsExactly(
                        "uses files", "3 2 left", "3 2 top", "2 2 Point", "2 2 area", "1 1 record", "1 1 times");
        assertThat(under("The files and lines of left", outcome.out()))
                .containsExactly("README.md: 1", "src/Point.java: 1, 2");
        assertThat(under("The files with the most identifiers", outcome.out()))
                .containsExactly("5 README.md", "5 src/Point.java");
        // Three files and two merges; one transaction of three statements and a commit.
        assertThat(under("What was spent", outcome.out()).get(0)).startsWith("2 files, 113 bytes, 9 tasks; ");
        assertThat(outcome.out().get(outcome.out().size() - 1)).isEqualTo("  All of them made the same index.");
    }

    @Test
    void countsAsAPlainLoopCounts() throws IOException {
        Random random = new Random(7);
        Map<String, Integer> uses = new TreeMap<>();
        Map<String, Map<String, List<Integer>>> lines = new TreeMap<>();
        for (int f = 0; f < 60; f++) {
            String path = "folder%d/file%d.txt".formatted(f % 7, f);
            StringBuilder text = new StringBuilder();
            for (int line = 1; line <= 1 + random.nextInt(9); line++) {
                String word = "word" + (int) Math.abs(random.nextGaussian() * 10);
                text.append("  ").append(word).append(";\n");
                uses.merge(word, 1, Integer::sum);
                lines.computeIfAbsent(word, w -> new TreeMap<>())
                        .computeIfAbsent(path, p -> new ArrayList<>())
                        .add(line);
            }
            write(path, text.toString());
        }

        Outcome outcome = run(folder, "--identifier", "word20");

        List<String> mostFrequent = uses.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(10)
                .map(entry -> "%d %d %s"
                        .formatted(entry.getValue(), lines.get(entry.getKey()).size(), entry.getKey()))
                .toList();
        assertThat(under("The most frequent identifiers", outcome.out()))
                .startsWith("uses files")
                .endsWith(mostFrequent.toArray(String[]::new))
                .hasSize(11);
        List<String> locations = lines.getOrDefault("word20", Map.of()).entrySet().stream()
                .map(entry -> entry.getKey() + ": "
                        + String.join(
                                ", ",
                                entry.getValue().stream().map(String::valueOf).toList()))
                .toList();
        assertThat(locations).isNotEmpty().hasSizeLessThan(10);
        assertThat(under("The files and lines of word20", outcome.out())).isEqualTo(locations);
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void endsLongListsInHowManyMoreThereAre() throws IOException {
        for (int f = 10; f < 23; f++) {
            write("text" + f, "word\n".repeat(15));
            Files.write(folder.resolve("binary" + f), new byte[] {0});
        }

        Outcome outcome = run(folder);

        assertThat(outcome.out()).contains("Skipped 13: 13 binary.", "  binary19 (binary)", "  and 3 more");
        assertThat(outcome.out()).doesNotContain("  binary20 (binary)");
        List<String> locations = under("The files and lines of word", outcome.out());
        assertThat(locations)
                .hasSize(11)
                .startsWith("text10: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 3 more")
                .endsWith("and 3 more");
    }

    @Test
    void namesWhatItCouldNotReadAndGoesOn() throws IOException {
        write("readable.txt", "word");
        write("locked.txt", "word");
        Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));
        Path locked = folder.resolve("locked.txt");
        assumeTrue(locked.toFile().setReadable(false) && !Files.isReadable(locked), "root may read everything");

        Outcome outcome = run(folder);

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .contains("Skipped 2: 1 unreadable, 1 not a file.", "  link (not a file)", "  locked.txt (unreadable)");
    }

    @Test
    void goesOnEvenIfThereIsNothingToRead() throws IOException {
        Files.write(folder.resolve("only.bin"), new byte[] {0});
        Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));

        Outcome outcome = run(folder);

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .contains(
                        "Indexed 0 files of 0 bytes: 0 identifiers in 0 places.",
                        "Skipped 2: 1 binary, 1 not a file.",
                        "  link (not a file)",
                        "  only.bin (binary)",
                        "  All of them made the same index.");
    }

    @Test
    void saysSoIfNoFileHasTheIdentifierThatWasAskedFor() throws IOException {
        write("file.txt", "word");

        Outcome outcome = run("--identifier", "other", folder);

        assertThat(outcome.exitCode()).isZero();
        assertThat(under("The files and lines of other", outcome.out()))
                .containsExactly("none: no file has it, or it is a word that is left out");
    }

    @Test
    void keepsTheDatabaseWhereAskedTo(@TempDir Path elsewhere) throws Exception {
        write("file.txt", "word word");
        Path database = elsewhere.resolve("index");

        assertThat(run(folder, "--database", database).exitCode()).isZero();

        try (var left = Files.list(elsewhere)) {
            assertThat(left).containsExactly(elsewhere.resolve("index.mv.db"));
        }
        try (var connection = DriverManager.getConnection("jdbc:h2:file:" + database + ";IFEXISTS=TRUE");
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT CARDINALITY(lines) FROM occurrence")) {
            row.next();
            assertThat(row.getInt(1)).isEqualTo(2);
        }
        assertRefused(
                run(folder, "--database", database),
                "There is a database " + elsewhere.resolve("index.mv.db") + " already.");
    }

    @Test
    void writesAPageAboutTheRunWhereAskedTo(@TempDir Path elsewhere) throws IOException {
        write("one.txt", "word word");
        write("src/two.txt", "other words");
        Path page = elsewhere.resolve("run.html");

        Outcome outcome = run(folder, "--report", page);

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        String text = Files.readString(page);
        assertThat(text).startsWith("<!DOCTYPE html>").endsWith("</html>\n");
        String data = text.substring(text.indexOf("id=\"data\">"), text.indexOf("</script>"));
        // Two files and their merge, the inserts into three tables, the barrier after them, and a commit.
        assertThat(data)
                .contains(
                        "\"read: one.txt\"",
                        "\"read: src/two.txt\"",
                        "\"merge: 2 files\"",
                        "\"insert: into source_file\"",
                        "\"insert: into identifier\"",
                        "\"insert: into occurrence\"",
                        "\"commit\"");
        assertRefused(
                run(folder, "--report", elsewhere.resolve("missing/run.html")),
                "The report " + elsewhere.resolve("missing/run.html") + " cannot be written.");
    }

    @Test
    void refusesWithOneSentenceAndExitCode2() throws IOException {
        write("file.txt", "word");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        Path missing = folder.resolve("missing");
        Path file = folder.resolve("file.txt");

        assertRefused(run(missing), "There is no folder " + missing + ".");
        assertRefused(run(empty), "There are no files in the folder " + empty + ".");
        assertRefused(run(file), file + " is a file, not a folder.");
        assertRefused(
                run(folder, "--database", file.resolve("below")),
                "The database " + file.resolve("below.mv.db") + " cannot be made.");
        assertRefused(run("--no-such-option"), "Unknown option: '--no-such-option'");
        assertRefused(run(folder, folder), "Unmatched argument at index 1: '" + folder + "'");
    }

    private static void assertRefused(Outcome outcome, String sentence) {
        assertThat(outcome.err()).containsExactly(sentence);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h"})
    void explainsItself(String option) {
        Outcome outcome = run(option);

        assertThat(outcome.exitCode()).isZero();
        assertThat(String.join("\n", outcome.out()))
                .contains(
                        "Usage: regions-index",
                        "FOLDER",
                        "--identifier=NAME",
                        "--database=PATH",
                        "--report=FILE",
                        "node_modules");
    }
}
