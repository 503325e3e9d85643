package dev.regions.core.graph;

import dev.regions.internal.SafeToString;
import dev.regions.task.TaskState;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a task that did not succeed. Immutable, and shared where possible: a million tasks that are skipped
 * for one reason share one outcome, unless they have names.
 */
public abstract sealed class ExceptionalOutcome {

    /** Returns the state of a task with this outcome. */
    public abstract TaskState state();

    /** Returns the root cause that a task reports if it is skipped because of this outcome. */
    abstract Throwable rootCause();

    /** Returns the outcome at the root of a chain of skips: of the task that failed, or was cancelled or abandoned. */
    ExceptionalOutcome source() {
        return this;
    }

    /** Returns true if this goes back to a failure, not to a task that was cancelled or abandoned. */
    abstract boolean isFailure();

    private @Nullable String words;

    /** Returns a sentence for observers on what happened: a million tasks skipped for one reason share it. */
    public final String describe() {
        String said = words;
        if (said == null) {
            said = toSentence();
            words = said; // a race only creates it twice
        }
        return said;
    }

    abstract String toSentence();

    /** Returns the text of the root cause, for messages. */
    String quote() {
        return SafeToString.ofFailure(rootCause());
    }

    /** Marks the failure as observed, so that it is not reported as uncaught. */
    public void markSeen() {}

    /**
     * Returns the outcome of a task that is skipped because of this one.
     *
     * @param name the name given to the task with this outcome, null if none
     */
    Skipped skip(@Nullable String name) {
        return new Skipped(this, name);
    }

    /** The body threw. */
    public static final class Failed extends ExceptionalOutcome {
        final Throwable thrown;
        /** Written before the outcome is published. */
        private UncaughtFailures.@Nullable Report report;

        Failed(Throwable thrown) {
            this.thrown = thrown;
        }

        void reportBy(UncaughtFailures.Report report) {
            this.report = report;
        }

        @Override
        public TaskState state() {
            return TaskState.FAILED;
        }

        @Override
        Throwable rootCause() {
            return thrown;
        }

        @Override
        String toSentence() {
            return "it failed: " + quote();
        }

        @Override
        boolean isFailure() {
            return true;
        }

        @Override
        public void markSeen() {
            if (report != null) {
                report.markSeen();
            }
        }
    }

    /** A task that it required did not succeed. */
    static final class Skipped extends ExceptionalOutcome {
        /** How many names of tasks on the path from the failure are kept. */
        private static final int MAX_PATH = 8;

        private final ExceptionalOutcome origin;
        private final @Nullable String path;
        private final int named;

        private Skipped(ExceptionalOutcome origin, @Nullable String name) {
            this(origin, name, name == null ? 0 : 1);
        }

        private Skipped(ExceptionalOutcome origin, @Nullable String path, int named) {
            this.origin = origin;
            this.path = path;
            this.named = named;
        }

        @Override
        public TaskState state() {
            return TaskState.SKIPPED;
        }

        @Override
        Throwable rootCause() {
            return origin.rootCause();
        }

        @Override
        ExceptionalOutcome source() {
            return origin.source();
        }

        @Override
        String toSentence() {
            return "it was skipped: " + why();
        }

        @Override
        boolean isFailure() {
            return origin.isFailure();
        }

        @Override
        public void markSeen() {
            origin.markSeen();
        }

        @Override
        Skipped skip(@Nullable String name) {
            if (name == null || named > MAX_PATH) {
                return this;
            }
            String step = named == MAX_PATH ? "..." : name;
            return new Skipped(origin, path == null ? step : step + ", which required " + path, named + 1);
        }

        /** Describes the path from the required task back to the failure, as far as the tasks on it have names. */
        String why() {
            String state = origin.state().name().toLowerCase(Locale.ROOT);
            String end = (origin.state() == TaskState.FAILED ? state : "was " + state) + ": " + origin.quote();
            return path == null ? "something that it requires " + end : "it requires " + path + ", which " + end;
        }
    }

    /** It was cancelled, or its region was abandoned. */
    static final class Cancelled extends ExceptionalOutcome {
        private final TaskState state;
        private final CancellationException cause;
        /** Why the region was abandoned; null if the task was cancelled. May be the user's: quoted only on demand. */
        private final @Nullable Throwable reason;

        private Cancelled(TaskState state, CancellationException cause, @Nullable Throwable reason) {
            this.state = state;
            this.cause = cause;
            this.reason = reason;
        }

        static Cancelled cancelled(String why) {
            return new Cancelled(TaskState.CANCELLED, new CancellationException(why), null);
        }

        static Cancelled abandoned(String why, Throwable reason) {
            CancellationException cause = new CancellationException(why);
            cause.initCause(reason);
            return new Cancelled(TaskState.ABANDONED, cause, reason);
        }

        /**
         * Creates the exception of a wait: it has the stack of the waiting thread; its cause, that of the canceller.
         */
        CancellationException toException() {
            CancellationException exception = new CancellationException(toSentence());
            exception.initCause(cause);
            return exception;
        }

        @Override
        public TaskState state() {
            return state;
        }

        @Override
        Throwable rootCause() {
            return cause;
        }

        @Override
        String quote() {
            return cause.getClass().getName() + ": " + toSentence();
        }

        @Override
        String toSentence() {
            return reason == null ? cause.getMessage() : cause.getMessage() + ": " + SafeToString.ofFailure(reason);
        }

        @Override
        boolean isFailure() {
            return false;
        }
    }
}
