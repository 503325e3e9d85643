package dev.regions.examples.index;

import java.util.Locale;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import javax.lang.model.SourceVersion;

/**
 * Finds the identifiers of a text, in any language: runs of letters, digits, {@code _} and {@code $} that do not begin
 * with a digit and have {@value #MIN_LENGTH} to {@value #MAX_LENGTH} characters. Comments and strings are text like any
 * other.
 *
 * <p>What is left out so that names come to the top, not grammar: the keywords of Java, and, in whatever case, the
 * English words that Apache Lucene's {@code EnglishAnalyzer} leaves out.
 */
final class Tokenizer {
    static final int MIN_LENGTH = 2;
    static final int MAX_LENGTH = 100;

    private static final Set<String> ENGLISH =
            Set.of(("a an and are as at be but by for if in into is it no not of on or"
                            + " such that the their then there these they this to was will with")
                    .split(" "));

    private Tokenizer() {}

    /**
     * Tells of each identifier, in the order of the text.
     *
     * @param found gets the identifier and its line; lines count from 1
     */
    static void tokenize(String text, ObjIntConsumer<String> found) {
        int line = 1;
        int at = 0;
        while (at < text.length()) {
            int character = text.codePointAt(at);
            if (isPart(character)) {
                int end = endOfRun(text, at);
                if (isIdentifier(text, at, end)) {
                    found.accept(text.substring(at, end), line);
                }
                at = end;
            } else {
                if (endsLine(text, at)) {
                    line++;
                }
                at += Character.charCount(character);
            }
        }
    }

    private static int endOfRun(String text, int from) {
        int end = from;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            if (!isPart(character)) {
                break;
            }
            end += Character.charCount(character);
        }
        return end;
    }

    private static boolean isPart(int character) {
        return Character.isLetterOrDigit(character) || character == '_' || character == '$';
    }

    private static boolean isIdentifier(String text, int from, int to) {
        int length = to - from;
        if (length < MIN_LENGTH || length > MAX_LENGTH || Character.isDigit(text.codePointAt(from))) {
            return false;
        }
        String word = text.substring(from, to);
        return !ENGLISH.contains(word.toLowerCase(Locale.ROOT)) && !SourceVersion.isKeyword(word);
    }

    /** Of the two characters of a Windows line end, the second ends it. */
    private static boolean endsLine(String text, int at) {
        return switch (text.charAt(at)) {
            case '\n' -> true;
            case '\r' -> at + 1 == text.length() || text.charAt(at + 1) != '\n';
            default -> false;
        };
    }
}
