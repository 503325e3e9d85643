package dev.regions.examples.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/**
 * What came of reading a file: its text, or the reason why there is none. Never an exception: one file ends nothing.
 */
sealed interface Reading {
    /** Larger files are data, hardly source text. */
    long MAX_BYTES = 8L << 20;

    /** The whole text of a file. */
    record Text(String text) implements Reading {}

    /** No text. */
    record NoText(Skipped.Reason reason) implements Reading {}

    /** Reads a file. */
    static Reading of(SourceFile file) {
        if (file.bytes() > MAX_BYTES) {
            return new NoText(Skipped.Reason.TOO_BIG);
        }
        try {
            byte[] bytes = Files.readAllBytes(file.location());
            if (hasZero(bytes)) {
                return new NoText(Skipped.Reason.BINARY);
            }
            // Unlike new String(bytes, UTF_8), a new decoder reports what is malformed.
            return new Text(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException malformed) {
            return new NoText(Skipped.Reason.BINARY);
        } catch (IOException refused) {
            return new NoText(Skipped.Reason.UNREADABLE);
        }
    }

    private static boolean hasZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b == 0) {
                return true;
            }
        }
        return false;
    }
}
