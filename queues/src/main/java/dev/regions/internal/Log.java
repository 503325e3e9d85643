package dev.regions.internal;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** The log of Regions, in a form that does not throw: a logger that prints an exception calls methods of the user's. */
public final class Log {
    private Log() {}

    /**
     * Logs a message with an exception. If the logger throws, because of the exception or for another reason, logs the message
     * with the exception's text alone; if that throws, too, does nothing.
     */
    public static void write(Level level, String message, @Nullable Throwable thrown) {
        try {
            System.getLogger("dev.regions").log(level, message, thrown);
        } catch (Throwable unloggable) {
            writePlain(level, message + " (" + SafeToString.of(thrown) + ")");
        }
    }

    private static void writePlain(Level level, String message) {
        try {
            System.getLogger("dev.regions").log(level, message);
        } catch (Throwable unloggable) {
            // there is no other place to say it
        }
    }
}
