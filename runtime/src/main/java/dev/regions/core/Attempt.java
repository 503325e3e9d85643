package dev.regions.core;

import dev.regions.internal.Suppressed;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One run of the body of a task with {@link TaskAttributes}: its time limit, and what comes after a failure. Used by the worker that
 * runs the body.
 *
 * <p>The time limit interrupts the body in the way of a cancellation, but leaves no request behind: a task that is to be
 * tried again must not be found to be cancelled.
 */
final class Attempt {
    private final Node node;
    private final int worker;
    private final TaskAttributes terms;
    private final InterruptHandshake interruption = new InterruptHandshake();
    private @Nullable Timer timeout;
    /** When the time began to count, by {@link System#nanoTime()}. */
    private long startedAt;

    /** Begins an attempt; the calling worker has claimed the task. */
    Attempt(Node node, int worker) {
        this.node = node;
        this.worker = worker;
        this.terms = node.terms();
        terms.attempts++;
    }

    /** Has the time count from now on. If this throws, because there is no thread for the alarm, the attempt has failed. */
    void start() {
        if (terms.timeoutNanos == 0) {
            return;
        }
        startedAt = System.nanoTime();
        Timer alarm = node.core().timers().prepare(terms.timeoutNanos, new TimeUp());
        terms.timeoutAlarm = alarm;
        timeout = alarm; // first: if there is no thread for it, end() calls it off
        node.core().timers().start(alarm);
    }

    private final class TimeUp implements Runnable {
        @Override
        public void run() {
            node.interrupt(worker, interruption);
        }
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
        if (timeout != null && isTimeUp(timeout)) {
            why = new TimeoutException("task '" + node.displayName() + "' ran for longer than its timeout of "
                    + Duration.ofNanos(terms.timeoutNanos));
            if (thrown != null && !(thrown instanceof InterruptedException)) {
                why.addSuppressed(thrown);
            }
        }
        terms.leaveLimits(node);
        return why;
    }

    /** The timer may come late: what counts is how long the body has run. */
    private boolean isTimeUp(Timer alarm) {
        boolean late = System.nanoTime() - startedAt >= terms.timeoutNanos;
        if (alarm.callOff()) {
            return late;
        }
        interruption.awaitDelivered();
        return true;
    }

    /** Returns true if the deadline of the task has passed, whether or not the timer has said so. */
    boolean isPastDeadline() {
        return terms.hasDeadline && System.nanoTime() - terms.deadline >= 0;
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
        if (backoff < 0) {
            return false;
        }
        try {
            return node.rescheduleAfterFailure(worker, backoff);
        } catch (Throwable noThread) { // for the alarm: the task fails of what it would have been repeated for
            Suppressed.add(thrown, noThread);
            return false;
        }
    }
}
