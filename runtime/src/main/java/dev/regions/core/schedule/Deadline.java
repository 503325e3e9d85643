package dev.regions.core.schedule;

import dev.regions.core.graph.Completion;
import dev.regions.core.graph.ExceptionalOutcome;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.Scheduler;
import dev.regions.core.graph.TaskAttributes;
import dev.regions.core.graph.Withdrawal;
import dev.regions.core.util.Timer;
import dev.regions.queue.TaskQueue;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The action at the deadline of a task, and the timer for it. Thread-safe. */
record Deadline(Node node, DagCore core, @Nullable TaskQueue region) implements Runnable {

    /** Sets the timer: see {@link Scheduler#setDeadline}. */
    static void set(Node node, DagCore core) {
        if ((node.flags & Node.ATTRIBUTES) == 0) {
            return;
        }
        TaskAttributes attributes = node.attributes();
        Timer before = attributes.deadlineTimer;
        if (!attributes.hasDeadline
                || node.isCompleted()
                || before != null && before.isOf(core.timers()) && attributes.deadline == attributes.timerDeadline) {
            return;
        }
        Timer timer =
                core.timers().prepare(attributes.deadline - System.nanoTime(), new Deadline(node, core, node.region()));
        attributes.deadlineTimer = timer;
        try {
            core.timers().start(timer);
        } catch (Throwable noThread) {
            timer.callOff();
            attributes.deadlineTimer = before;
            throw noThread;
        }
        attributes.timerDeadline = attributes.deadline;
        if (before != null) {
            before.callOff();
        }
        if (node.isCompleted()) {
            timer.callOff();
        }
    }

    /**
     * Called by the timer: completes the task, wakes its waiters, and leaves the other effects, if they are many or
     * user code, to a thread of their own.
     */
    @Override
    public void run() {
        Completion release = new Completion();
        expire(true, release);
        release.runBriefly();
        if (release.hasWork()) {
            core.startApart("-deadline", release);
        }
    }

    /** Fails a task that the caller has run past its deadline: the timer is late. */
    static void expireByRunner(Node node, DagCore core, Completion release) {
        new Deadline(node, core, node.region()).expire(false, release);
    }

    private void expire(boolean interrupt, Completion release) {
        if (node.isCompleted()) {
            return;
        }
        ExceptionalOutcome.Failed late = node.failed(
                core, region, new TimeoutException("task '" + node.displayName() + "' was not final by its deadline"));
        boolean held = node.isUnlaunched();
        if (!Withdrawal.withdraw(node, late, interrupt, release)) {
            late.markSeen();
        } else if (held && region != null) {
            release.addFailureNotice(node, region);
        }
    }
}
