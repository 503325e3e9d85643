package dev.regions.core.schedule;

import dev.regions.core.graph.Completion;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskAttributes;
import dev.regions.core.graph.TaskProbe;
import dev.regions.core.graph.Withdrawal;
import dev.regions.core.util.Backoff;
import dev.regions.core.util.InterruptHandshake;
import dev.regions.core.util.Timer;
import dev.regions.internal.Suppressed;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One run of the body of a task with {@link TaskAttributes}: its time limit, and the consequences of a failure. Used by
 * the worker that runs the body.
 *
 * <p>The time limit interrupts the body as a cancellation does, but leaves no request behind, because a task that is to
 * be retried must not be found to be cancelled.
 */
final class Attempt {
    private final Node node;
    private final DagCore core;
    private final int worker;
    private final TaskAttributes attributes;
    private final InterruptHandshake interruption = new InterruptHandshake();
    private @Nullable Timer timeout;
    /** When the timeout began to count, by {@link System#nanoTime()}. */
    private long startedAt;

    /** Begins an attempt; the calling worker has claimed the task. */
    Attempt(Node node, DagCore core, int worker) {
        this.node = node;
        this.core = core;
        this.worker = worker;
        this.attributes = node.attributes();
        attributes.attempts++;
    }

    /** Starts the timeout. If this throws, because there is no thread for the timer, the attempt has failed. */
    void start() {
        if (attributes.timeoutNanos == 0) {
            return;
        }
        startedAt = System.nanoTime();
        Timer timer = core.timers().prepare(attributes.timeoutNanos, new TimeUp());
        attributes.timeoutTimer = timer;
        timeout = timer; // first: if there is no thread for it, end() calls it off
        core.timers().start(timer);
    }

    private final class TimeUp implements Runnable {
        @Override
        public void run() {
            Withdrawal.interrupt(node, worker, interruption);
        }
    }

    /** Returns true if the body may be interrupted because its time is up. */
    boolean isTimed() {
        return attributes.timeoutNanos != 0 || attributes.hasDeadline;
    }

    /**
     * Ends the attempt and releases the task's permits.
     *
     * @param thrown the throwable of the body, null if there is none
     * @return why the attempt has failed, null if it has not
     */
    @Nullable
    Throwable end(@Nullable Throwable thrown) {
        Throwable why = thrown;
        if (timeout != null && isTimeUp(timeout)) {
            why = new TimeoutException("task '" + node.displayName() + "' ran for longer than its timeout of "
                    + Duration.ofNanos(attributes.timeoutNanos));
            if (thrown != null && !(thrown instanceof InterruptedException)) {
                why.addSuppressed(thrown);
            }
        }
        attributes.leaveLimits(node.asTask());
        return why;
    }

    /** Returns true if the timeout has passed. The timer may be late; the run time of the body decides. */
    private boolean isTimeUp(Timer timer) {
        boolean late = System.nanoTime() - startedAt >= attributes.timeoutNanos;
        if (timer.callOff()) {
            return late;
        }
        interruption.awaitDelivered();
        return true;
    }

    /** Returns true if the deadline of the task has passed, whether or not the timer has gone off. */
    boolean isPastDeadline() {
        return attributes.hasDeadline && System.nanoTime() - attributes.deadline >= 0;
    }

    /** Schedules the next attempt of a failed task; returns false if there is to be none. */
    boolean isToBeRepeated(Throwable thrown) {
        if (attributes.retry == null || core.isStopping()) {
            return false;
        }
        long backoff;
        try {
            backoff = attributes.retry.backoffNanos(attributes.attempts, thrown);
        } catch (Throwable wrong) {
            Suppressed.add(thrown, wrong);
            return false;
        }
        if (backoff < 0) {
            return false;
        }
        try {
            return reschedule(node, core, worker, backoff);
        } catch (Throwable noThread) { // for the timer: the task fails with the failure that was to be retried
            Suppressed.add(thrown, noThread);
            return false;
        }
    }

    /** Sends a running task back to wait for another attempt; returns false if a canceller has intervened. */
    static boolean reschedule(Node node, DagCore core, int worker, long backoffNanos) {
        Timer timer = core.timers().prepare(backoffNanos, new Retry(node, core));
        if (!node.suspend(worker)) {
            timer.callOff();
            for (int turns = 0; node.cancelRequest() == null && !node.isCompleted(); turns++) {
                Backoff.pause(turns); // otherwise the task would fail, and the cancellation would be too late
            }
            return false;
        }
        TaskProbe observed = node.observation();
        if (observed != null) {
            observed.retrying(worker);
        }
        node.attributes().backoffTimer = timer; // before it can go off, and the next attempt set another one
        try {
            core.timers().start(timer);
        } catch (Throwable noThread) {
            if (timer.callOff()) { // otherwise the timer or a canceller takes the guard off
                if (node.resume(worker)) {
                    throw noThread; // it still runs here
                }
                Completion release = new Completion();
                release.satisfied(node, 1);
                release.run();
                return true;
            }
        }
        if (node.isCompleted()) {
            Completion release = new Completion();
            node.callOffBackoff(release);
            release.runForSubmitter();
        } else {
            node.registerWithCore();
        }
        return true;
    }

    /** The action at the end of a back-off, called by the timer. */
    private record Retry(Node node, DagCore core) implements Runnable {
        @Override
        public void run() {
            Completion release = new Completion();
            core.unregisterExternalWait(node);
            release.satisfied(node, 1);
            if (release.hasWork()) {
                core.startApart("-retry", release);
            }
        }
    }
}
