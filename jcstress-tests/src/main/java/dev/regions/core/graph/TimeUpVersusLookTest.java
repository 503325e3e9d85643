package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.util.Timer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * The time limit of a waiting task expires while the deadlock detector checks whether the task can go on by itself. Two
 * hand-offs, one after the other:
 *
 *   timer:    timer: SET -> GONE_OFF;         interrupt the thread;              timer: DONE
 *   detector: is the timer SET or GONE_OFF?   if not, is the thread interrupted?
 *
 *   waiter:   leave, because of the interrupt;           clear the interrupt
 *   detector: is the thread interrupted, or has it left?
 *
 * A race shows as a detector that takes the task to wait for ever, and a cycle through it for a deadlock.
 */
@Outcome(id = "alarm", expect = ACCEPTABLE, desc = "Its alarm is seen.")
@Outcome(id = "interrupted", expect = ACCEPTABLE, desc = "It is seen to have been interrupted.")
@Outcome(id = "not waiting yet", expect = ACCEPTABLE, desc = "The look was before all of this.")
@Outcome(expect = FORBIDDEN, desc = "It looks as if it waited for ever.")
public class TimeUpVersusLookTest {

    @JCStressTest
    @JCStressMeta(TimeUpVersusLookTest.class)
    @State
    public static class GoOffVersusLook {
        private volatile boolean interrupted;
        private final Timer timer = new Timer(() -> interrupted = true);

        @Actor
        public void timer() {
            timer.run();
        }

        @Actor
        public void looker(L_Result result) {
            result.r1 = timer.isPending() ? "alarm" : interrupted ? "interrupted" : "waits for ever";
        }
    }

    @JCStressTest
    @JCStressMeta(TimeUpVersusLookTest.class)
    @State
    public static class LeaveVersusLook {
        private final TaskNode<?> task = Graph.task(null);
        private volatile Link.@Nullable Waiter waiter;

        @Actor
        public void waiter() {
            Link.Waiter waits = new Link.Waiter(task, null);
            Thread.currentThread().interrupt();
            waiter = waits;
            waits.leaveIfInterrupted();
        }

        @Actor
        public void looker(L_Result result) {
            Link.Waiter waits = waiter;
            result.r1 = waits == null ? "not waiting yet" : waits.isInterrupted() ? "interrupted" : "waits for ever";
        }
    }
}
