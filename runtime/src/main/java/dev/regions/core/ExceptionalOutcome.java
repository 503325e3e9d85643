package dev.regions.core;

import dev.regions.internal.SafeToString;
import dev.regions.task.TaskState;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a task that did not succeed. Immutable, and shared where it can be: a million tasks that are skipped for
 * one reason have one outcome, unless they have names to tell of.
 */
abstract sealed class ExceptionalOutcome {

    /** Returns the final state that this outcome stands for. */
    abstract TaskState state();

    /** Returns what a task that is skipped because of this one names as its root cause. */
    abstract Throwable rootCause();

    /** Returns the outcome that this one goes back to: of the task that failed or was cancelled, however many were skipped since. */
    ExceptionalOutcome source() {
        return this;
    }

    /** Tells whether something has gone wrong, other than that something was cancelled or given up. */
    abstract boolean isFailure();

    private @Nullable String words;

    /** Says in one sentence what happened. For observers: a million tasks skipped for one reason share the sentence. */
    final String describe() {
        String said = words;
        if (said == null) {
            said = toSentence();
            words = said; // a race only makes it twice
        }
        return said;
    }

    abstract String toSentence();

    /** Returns the text of what went wrong, for messages. */
    String quote() {
        return SafeToString.ofFailure(rootCause());
    }

    /** Notes that somebody was told, so that the failure need not be reported as uncaught. */
    void markSeen() {}

    /**
     * Returns the outcome of a task skipped because of this.
     *
     * @param name the name of the task with this outcome, null if it was given none
     */
    Skipped skip(@Nullable String name) {
        return new Skipped(this, name);
    }

    /** The body threw. */
    static final class Failed extends ExceptionalOutcome {
        final Throwable thrown;
        /** Written before anybody else has this. */
        private UncaughtFailures.@Nullable Report report;

        Failed(Throwable thrown) {
            this.thrown = thrown;
        }

        void reportBy(UncaughtFailures.Report report) {
            this.report = report;
        }

        @Override
        TaskState state() {
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
        void markSeen() {
            if (report != null) {
                report.markSeen();
            }
        }
    }

    /** Something it required did not succeed. */
    static final class Skipped extends ExceptionalOutcome {
        /** How many names of tasks between a failure and those it reaches are remembered. */
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
        TaskState state() {
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
        void markSeen() {
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

        /** Says which of what it required, as far as that has names, is to blame. */
        String why() {
            String state = origin.state().name().toLowerCase(Locale.ROOT);
            String end = (origin.state() == TaskState.FAILED ? state : "was " + state) + ": " + origin.quote();
            return path == null ? "something that it requires " + end : "it requires " + path + ", which " + end;
        }
    }

    /** It was cancelled, or its region was given up. */
    static final class Cancelled extends ExceptionalOutcome {
        private final TaskState state;
        private final CancellationException cause;
        /** Why the region was given up; null if the task was cancelled. May be the user's: quoted when somebody asks. */
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

        /** Makes what a wait throws: it has the stack of the one who waits, and that of who withdrew the task as cause. */
        CancellationException toException() {
            CancellationException exception = new CancellationException(toSentence());
            exception.initCause(cause);
            return exception;
        }

        @Override
        TaskState state() {
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
