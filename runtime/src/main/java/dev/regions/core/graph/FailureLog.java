package dev.regions.core.graph;

import dev.regions.internal.Log;
import dev.regions.internal.SafeToString;
import dev.regions.observe.UncaughtFailure;
import java.util.function.Consumer;

/**
 * Logs unobserved failures: the default handler of uncaught failures.
 *
 * <p>At the end of the JVM, {@code java.util.logging}, the default backend of {@link System.Logger}, removes its
 * handlers while the last failures are logged. If it has no handlers afterwards, the failure is printed to
 * {@link System#err}, too, so that it is not lost.
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
