package dev.regions.core;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One run of the body of a task with {@link Terms}: its time limit, and what comes after a failure. Used by the worker that
 * runs the body.
 *
 * <p>The time limit interrupts the body in the way of a cancellation, but leaves no request behind: a task that is to be
 * tried again must not be found to be cancelled.
 */
final class Attempt {
    private final Node node;
    private final int worker;
    private final Terms terms;
    private @Nullable Alarm timeout;
    private final Interruption interruption = new Interruption();

    /** Makes an attempt; the calling worker has claimed the task. */
    Attempt(Node node, int worker) {
        this.node = node;
        this.worker = worker;
        this.terms = node.terms();
        terms.attempts++;
    }

    /** Sets the alarm, if there is a limit of time. */
    void begin() {
        if (terms.timeoutNanos != 0) {
            timeout = node.core().timers().set(terms.timeoutNanos, () -> node.interrupt(worker, interruption));
        }
        terms.timeoutAlarm = timeout;
    }

    /** Tells whether the body may be interrupted because its time is up. */
    boolean isTimed() {
        return terms.timeoutNanos != 0 || terms.hasDeadline;
    }

    /**
     * Ends the attempt: gives back what the task was admitted by.
     *
     * @param thrown what the body threw
     * @return why the attempt has failed, null if it has not
     */
    @Nullable
    Throwable end(@Nullable Throwable thrown) {
        try {
            return timeout == null || timeout.callOff() ? thrown : timedOut(thrown);
        } finally {
            terms.leaveLimits(node);
        }
    }

    private Throwable timedOut(@Nullable Throwable thrown) {
        interruption.awaitDelivered();
        Throwable why = new TimeoutException("task '" + node.displayName() + "' ran for longer than its timeout of "
                + Duration.ofNanos(terms.timeoutNanos));
        if (thrown != null && !(thrown instanceof InterruptedException)) {
            why.addSuppressed(thrown);
        }
        return why;
    }

    /** Has a task that failed wait for its next attempt, if there is to be one. */
    boolean isToBeRepeated(Throwable thrown) {
        if (terms.retry == null || node.core().isStopping()) {
            return false;
        }
        long backoff;
        try {
            backoff = terms.retry.backoffNanos(terms.attempts, thrown);
        } catch (Throwable wrong) {
            if (wrong != thrown) {
                thrown.addSuppressed(wrong);
            }
            return false;
        }
        try {
            return backoff >= 0 && node.retreat(worker, backoff);
        } catch (OutOfMemoryError none) {
            return false;
        }
    }
}
