package dev.regions.examples.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in a JVM of its own, its output in files, so that nobody watches. */
class ProgramTest {
    @TempDir
    Path folder;

    private int run(Path directory, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                IndexSourceTree.class.getName());
        builder.command().addAll(List.of(arguments));
        return builder.directory(directory.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start()
                .waitFor();
    }

    private String printed(String stream) throws IOException {
        return Files.readString(folder.resolve(stream));
    }

    @Test
    void indexesTheCurrentFolderWithoutAProgressLineOrAWarning() throws Exception {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Files.writeString(tree.resolve("file.txt"), "word");

        int exitCode = run(tree);

        assertThat(printed("err")).isEmpty();
        assertThat(printed("out"))
                .startsWith("Indexed 1 file of 4 bytes: 1 identifier in 1 place.")
                .doesNotContain("\r")
                .endsWith("  All of them made the same index." + System.lineSeparator());
        assertThat(exitCode).isZero();
    }

    @Test
    void endsWithOneSentenceAndExitCode2IfTheFolderIsMissing() throws Exception {
        assertRefused(run(folder, "missing"), "There is no folder missing.");
    }

    @Test
    void endsWithOneSentenceAndExitCode2IfTheDatabaseCannotBeMade() throws Exception {
        Files.writeString(folder.resolve("file"), "not a folder");

        assertRefused(run(folder, "--database", "file/below"), "The database file/below.mv.db cannot be made.");
    }

    private void assertRefused(int exitCode, String sentence) throws IOException {
        assertThat(printed("err").lines()).containsExactly(sentence);
        assertThat(printed("out")).isEmpty();
        assertThat(exitCode).isEqualTo(2);
    }
}
