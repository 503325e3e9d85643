package dev.regions.internal;

import org.jspecify.annotations.Nullable;

/** Handling of exceptions that are thrown while another one is being handled. */
public final class Suppressed {
    private Suppressed() {}

    /**
     * Adds an exception to the suppressed ones of another. Does nothing if both are the same, which
     * {@link Throwable#addSuppressed} refuses: a queue that is given a reason may throw that very object.
     *
     * @param reason the primary exception
     * @param thrown the other one; null for none
     */
    public static void add(Throwable reason, @Nullable Throwable thrown) {
        if (thrown != null && thrown != reason) {
            reason.addSuppressed(thrown);
        }
    }
}
