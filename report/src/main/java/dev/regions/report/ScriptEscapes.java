package dev.regions.report;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import org.jspecify.annotations.Nullable;

/** Writes JSON such that no part of it can end the script element that contains it, or begin anything in it. */
final class ScriptEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // an array of integers
    private final int[] ascii = standardAsciiEscapesForJSON();

    ScriptEscapes() {
        for (char c : new char[] {'<', '>', '&'}) {
            ascii[c] = ESCAPE_STANDARD;
        }
    }

    @Override
    public int[] getEscapeCodesForAscii() {
        return ascii;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
        return null;
    }
}
