package dev.regions.core;

import dev.regions.internal.Suppressed;
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
    private final @Nullable Alarm timeout;
    private final Interruption interruption = new Interruption();

    /** Begins an attempt; the calling worker has claimed the task. */
    Attempt(Node node, int worker) {
        this.node = node;
        this.worker = worker;
        this.terms = node.terms();
        terms.attempts++;
        this.timeout = terms.timeoutNanos == 0
                ? null
                : node.core().timers().set(terms.timeoutNanos, () -> node.interrupt(worker, interruption));
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
        Throwable why = thrown;
        if (timeout != null && !timeout.callOff()) {
            interruption.awaitDelivered();
            why = new TimeoutException("task '" + node.displayName() + "' ran for longer than its timeout of "
                    + Duration.ofNanos(terms.timeoutNanos));
            if (thrown != null && !(thrown instanceof InterruptedException)) {
                why.addSuppressed(thrown);
            }
        }
        terms.leaveLimits(node);
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
            Suppressed.add(thrown, wrong);
            return false;
        }
        return backoff >= 0 && node.retreat(worker, backoff);
    }
}
