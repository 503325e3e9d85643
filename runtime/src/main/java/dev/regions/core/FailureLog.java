package dev.regions.core;

import dev.regions.internal.Log;
import dev.regions.internal.SafeToString;
import dev.regions.observe.UncaughtFailure;
import java.util.function.Consumer;

/**
 * Logs failures that nobody was told of, where the user has not said what else to do.
 *
 * <p>When the JVM ends, {@code java.util.logging}, which is behind {@link System.Logger} by default, takes its handlers off at the
 * same time as the last failures are logged. If there are none afterwards, the failure goes to {@link System#err}, too, rather than be lost.
 */
public final class FailureLog implements Consumer<UncaughtFailure> {
    /** Creates one. */
    public FailureLog() {}

    @Override
    public void accept(UncaughtFailure failure) {
        String region = failure.region();
        String text = "task '" + failure.task() + "'" + (region == null ? "" : " of " + region)
                + " failed, and nobody was told";
        Log.write(System.Logger.Level.ERROR, text, failure.thrown());
        if (UncaughtFailures.isExiting() && isSilenced()) {
            System.err.println("dev.regions: " + text + ": " + SafeToString.of(failure.thrown()));
        }
    }

    private static boolean isSilenced() {
        try {
            if (!System.LoggerFinder.getLoggerFinder().getClass().getName().startsWith("sun.util.logging.")) {
                return false;
            }
            Class<?> logger = Class.forName("java.util.logging.Logger");
            Object root = logger.getMethod("getLogger", String.class).invoke(null, "");
            return ((Object[]) logger.getMethod("getHandlers").invoke(root)).length == 0;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError unknown) {
            return false;
        }
    }
}
