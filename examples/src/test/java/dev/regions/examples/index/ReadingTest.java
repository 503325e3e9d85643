package dev.regions.examples.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadingTest {
    @TempDir
    Path folder;

    private Path write(byte... bytes) throws IOException {
        return Files.write(folder.resolve("file"), bytes);
    }

    private static Reading read(Path file) throws IOException {
        return Reading.of(new SourceFile(0, "file", file, Files.size(file)));
    }

    @Test
    void returnsTheTextOfAFile() throws IOException {
        assertThat(read(write("größer\n".getBytes(StandardCharsets.UTF_8)))).isEqualTo(new Reading.Text("größer\n"));
    }

    @Test
    void takesAZeroByteForBinary() throws IOException {
        assertThat(read(write((byte) 'a', (byte) 0, (byte) 'b'))).isEqualTo(new Reading.NoText(Skipped.Reason.BINARY));
    }

    @Test
    void takesWhatIsNotUtf8ForBinary() throws IOException {
        assertThat(read(write("größer".getBytes(StandardCharsets.ISO_8859_1))))
                .isEqualTo(new Reading.NoText(Skipped.Reason.BINARY));
    }

    @Test
    void readsFilesUpToTheLimitAndNoneAbove() throws IOException {
        Path file = folder.resolve("large");
        try (var content = new RandomAccessFile(file.toFile(), "rw")) {
            content.setLength(Reading.MAX_BYTES + 1);
        }
        assertThat(read(file)).isEqualTo(new Reading.NoText(Skipped.Reason.TOO_BIG));

        Files.writeString(file, " ".repeat(Math.toIntExact(Reading.MAX_BYTES)));
        assertThat(read(file)).isInstanceOf(Reading.Text.class);
    }

    @Test
    void saysUnreadableOfAFileThatHasVanishedSinceTheWalk() {
        var file = new SourceFile(0, "file", folder.resolve("vanished"), 10);

        assertThat(Reading.of(file)).isEqualTo(new Reading.NoText(Skipped.Reason.UNREADABLE));
    }

    @Test
    void saysUnreadableOfAFolderThatHasTakenThePlaceOfAFile() throws IOException {
        var file = new SourceFile(0, "file", Files.createDirectory(folder.resolve("swapped")), 10);

        assertThat(Reading.of(file)).isEqualTo(new Reading.NoText(Skipped.Reason.UNREADABLE));
    }

    @Test
    void saysUnreadableOfAFileWithoutPermission() throws IOException {
        Path file = write((byte) 'a');
        assumeTrue(file.toFile().setReadable(false) && !Files.isReadable(file), "root may read everything");

        assertThat(read(file)).isEqualTo(new Reading.NoText(Skipped.Reason.UNREADABLE));
    }
}
