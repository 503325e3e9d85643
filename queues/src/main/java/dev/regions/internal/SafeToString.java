package dev.regions.internal;

import dev.regions.task.RegionFailedException;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskSkippedException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * String conversion of users' objects, for messages. Never throws because of them, and never returns more than a bounded
 * text: a message that quotes another in full, in one exception after the other, would grow with the square of their number.
 */
public final class SafeToString {
    /** How many characters of a text are quoted. */
    private static final int MAX_LENGTH = 500;

    /** How many wrappers around a failure are looked through: constant for each message, and deeper than most programs. */
    private static final int MAX_WRAPPERS = 1000;

    private SafeToString() {}

    /**
     * Returns the text of an object, shortened if it is long. If {@code toString()} throws or returns null, the text names the
     * class of the object and what happened.
     */
    public static String of(@Nullable Object said) {
        if (said == null) {
            return "null";
        }
        try {
            String words = said.toString();
            return words == null ? said.getClass().getName() + ", whose toString() returns null" : shortened(words);
        } catch (Throwable unspeakable) {
            return said.getClass().getName() + ", whose toString() throws "
                    + unspeakable.getClass().getName();
        }
    }

    /**
     * Returns the text of a failure. Of an exception that only reports another, as those thrown by waiting for a task do, this is
     * the text of the other.
     */
    public static String ofFailure(Throwable failure) {
        Throwable root = failure;
        for (int i = 0; i < MAX_WRAPPERS && isWrapper(root.getClass()); i++) {
            Throwable cause = root.getCause();
            if (cause == null) {
                break;
            }
            root = cause;
        }
        return of(root);
    }

    /** Exactly these classes: a subclass may be the user's, and say more. */
    private static boolean isWrapper(Class<?> type) {
        return type == TaskFailedException.class
                || type == TaskSkippedException.class
                || type == RegionFailedException.class
                || type == ExecutionException.class
                || type == CompletionException.class;
    }

    private static String shortened(String words) {
        if (words.length() <= MAX_LENGTH) {
            return words;
        }
        int end = Character.isHighSurrogate(words.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
        return words.substring(0, end) + "... (" + words.length() + " characters)";
    }
}
