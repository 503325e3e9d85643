package dev.regions.examples.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceTreeTest {
    @TempDir
    Path folder;

    private void write(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void findsFilesOfAllDepthsSortedByPathAndNumbersThem() throws Exception {
        write("b/deep/er/file.txt", "12345");
        write("a.txt", "1");
        write("b.txt", "");

        SourceTree tree = SourceTree.walk(folder);

        Path real = folder.toRealPath();
        assertThat(tree.files())
                .containsExactly(
                        new SourceFile(0, "a.txt", real.resolve("a.txt"), 1),
                        new SourceFile(1, "b.txt", real.resolve("b.txt"), 0),
                        new SourceFile(2, "b/deep/er/file.txt", real.resolve("b/deep/er/file.txt"), 5));
        assertThat(tree.skipped()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {".git", ".hg", ".svn", "target", "node_modules"})
    void leavesOutVersionControlAndBuildOutput(String name) throws Exception {
        write("src/" + name + "/left.out", "x");
        write("kept.txt", "x");

        SourceTree tree = SourceTree.walk(folder);

        assertThat(tree.files()).extracting(SourceFile::path).containsExactly("kept.txt");
        assertThat(tree.skipped()).isEmpty();
    }

    @Test
    void walksAFolderThatIsGivenWhateverItsName() throws Exception {
        write("target/classes.txt", "x");

        SourceTree tree = SourceTree.walk(folder.resolve("target"));

        assertThat(tree.files()).extracting(SourceFile::path).containsExactly("classes.txt");
    }

    @Test
    void namesSymbolicLinksAndFollowsNoneSoThatALoopEnds() throws Exception {
        write("folder/file.txt", "x");
        Files.createSymbolicLink(folder.resolve("folder/up"), folder);
        Files.createSymbolicLink(folder.resolve("dangling"), Path.of("nowhere"));
        Files.createSymbolicLink(folder.resolve("to-file"), folder.resolve("folder/file.txt"));

        SourceTree tree = SourceTree.walk(folder);

        assertThat(tree.files()).extracting(SourceFile::path).containsExactly("folder/file.txt");
        assertThat(tree.skipped())
                .containsExactly(
                        new Skipped("dangling", Skipped.Reason.NOT_A_FILE),
                        new Skipped("folder/up", Skipped.Reason.NOT_A_FILE),
                        new Skipped("to-file", Skipped.Reason.NOT_A_FILE));
    }

    @Test
    void walksAFolderGivenByALink() throws Exception {
        write("real/file.txt", "x");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));

        assertThat(SourceTree.walk(link).files()).extracting(SourceFile::path).containsExactly("file.txt");
    }

    @Test
    void refusesAMissingFolderAFileAndAnEmptyFolder() throws Exception {
        write("file.txt", "x");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        write("only-left-out/.git/config", "x");

        assertRefused(folder.resolve("missing"), "There is no folder " + folder.resolve("missing") + ".");
        assertRefused(folder.resolve("file.txt"), folder.resolve("file.txt") + " is a file, not a folder.");
        assertRefused(empty, "There are no files in the folder " + empty + ".");
        assertRefused(
                folder.resolve("only-left-out"),
                "There are no files in the folder " + folder.resolve("only-left-out") + ".");
    }

    private static void assertRefused(Path folder, String sentence) {
        assertThatExceptionOfType(CannotIndexException.class)
                .isThrownBy(() -> SourceTree.walk(folder))
                .withMessage(sentence);
    }
}
