package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Completion;
import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Link;
import dev.regions.core.graph.Patience;
import dev.regions.core.graph.TaskNode;
import dev.regions.core.util.Timer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * The deadline of a task comes while it ends in another way:
 *
 *   timer:   timer: SET -> GONE_OFF;      fail the task, by the same compare-and-set as a canceller
 *   runner:  outcome := result;           call the timer off
 *   skipper: outcome := skipped;          call the timer off
 *
 * A race completes the task twice, or never.
 *
 * The timer is set while another thread completes the task:
 *
 *   launcher:  store the timer;            is the task final?     call it off
 *   completer: outcome := cancelled;       is there a timer?      call it off
 *
 * A race leaves the timer in its queue, and with it the task, until the deadline.
 *
 * r1 is how the task ended, r2 how often that was told, r3 whether the alarm is still set.
 */
@Outcome(id = "SUCCEEDED, told 1x, no alarm", expect = ACCEPTABLE, desc = "It ended in time.")
@Outcome(id = "FAILED, told 1x, no alarm", expect = ACCEPTABLE, desc = "The deadline came first.")
@Outcome(id = "SKIPPED, told 1x, no alarm", expect = ACCEPTABLE, desc = "It was skipped before its deadline.")
@Outcome(id = "CANCELLED, told 1x, no alarm", expect = ACCEPTABLE, desc = "It was cancelled before its deadline.")
@Outcome(expect = FORBIDDEN, desc = "Ended twice or never, or an alarm is left.")
public class DeadlineTest {

    /** A task with a deadline that comes when an actor says so. */
    private static class Timed {
        private static final DagCore CORE = Graph.coreWithoutTimer();

        final TaskNode<?> predecessor = Graph.running(CORE, Graph.task(null));
        final TaskNode<Integer> task;
        final Completion release = new Completion();
        private final AtomicInteger told = new AtomicInteger();

        Timed(boolean dependent) {
            task = Graph.task(dependent ? predecessor : null);
            Objects.requireNonNull(task.changeAttributes()).expireAt(System.nanoTime() + Long.MAX_VALUE / 2);
            task.push(new Link.Callback(told::incrementAndGet));
        }

        void launch() {
            Graph.launched(CORE, task);
        }

        void expire() {
            Objects.requireNonNull(task.attributes().deadlineTimer).run();
        }

        void report(LLL_Result result) {
            boolean ended = Graph.ends(task);
            Patience.until(() -> told.get() > 0);
            Timer timer = task.attributes().deadlineTimer;
            result.r1 = ended ? task.taskState() : "not final";
            result.r2 = "told " + told.get() + "x";
            result.r3 = timer == null || timer.get() != Timer.State.SET ? "no alarm" : "alarm set";
        }
    }

    @JCStressTest
    @JCStressMeta(DeadlineTest.class)
    @State
    public static class ExpireVersusFinish extends Timed {
        public ExpireVersusFinish() {
            super(false);
            launch();
            task.countDown(1);
            task.claim(1);
        }

        @Actor
        public void timer() {
            expire();
        }

        @Actor
        public void runner() {
            Graph.succeed(task, release);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(DeadlineTest.class)
    @State
    public static class ExpireVersusSkip extends Timed {
        public ExpireVersusSkip() {
            super(true);
            launch();
            Graph.wire(task, release);
        }

        @Actor
        public void timer() {
            expire();
        }

        @Actor
        public void skipper() {
            Graph.fail(predecessor, release);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(DeadlineTest.class)
    @State
    public static class SetVersusCancel extends Timed {
        public SetVersusCancel() {
            super(false);
        }

        @Actor
        public void launcher() {
            launch();
        }

        @Actor
        public void canceller() {
            task.cancel();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }
}
