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
        if ((node.flags & Node.TERMS) == 0) {
            return;
        }
        TaskAttributes terms = node.terms();
        Timer before = terms.deadlineAlarm;
        if (!terms.hasDeadline
                || node.isCompleted()
                || before != null && before.isOf(core.timers()) && terms.deadline == terms.alarmDeadline) {
            return;
        }
        Timer alarm =
                core.timers().prepare(terms.deadline - System.nanoTime(), new Deadline(node, core, node.region()));
        terms.deadlineAlarm = alarm;
        try {
            core.timers().start(alarm);
        } catch (Throwable noThread) {
            alarm.callOff();
            terms.deadlineAlarm = before;
            throw noThread;
        }
        terms.alarmDeadline = terms.deadline;
        if (before != null) {
            before.callOff();
        }
        if (node.isCompleted()) {
            alarm.callOff();
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
            release.tellLast(node, region);
        }
    }
}
