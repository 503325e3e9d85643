package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * A thread begins to wait while the task ends:
 *
 *   waiter:   push itself onto the stack, unless the outcome is there;    park until the outcome is there
 *   finisher: outcome := result, taking the stack;                        unpark every waiter that was on it
 *
 * A race shows as a thread that stays parked although the task is final. A lost wake-up does not hang this test: a
 * thread that is parked far longer than any wait that ends is interrupted, and the result shows that.
 *
 * A waiter that has given up takes itself off the stack again, where others push at the same time. A race would take
 * them off as well:
 *
 *   waiter: top is me, and I am gone: top := the one below me
 *   wirer:  top := an edge, on top of what was there
 */
@Outcome(id = "awake", expect = ACCEPTABLE, desc = "Woken in time, or never slept.")
@Outcome(id = "released 1x", expect = ACCEPTABLE, desc = "The edge has survived that the waiter went away.")
@Outcome(expect = FORBIDDEN, desc = "A wake-up or an edge is lost.")
public class WaiterTest {

    @JCStressTest
    @JCStressMeta(WaiterTest.class)
    @State
    public static class WaitVersusFinish {
        private final TaskNode<?> task = Graph.running(Graph.task(null));
        private final Completion release = Graph.hand();

        @Actor
        public void waiter(L_Result result) {
            boolean woken = Patience.returns(() -> {
                task.await();
                return null;
            });
            result.r1 = woken ? "awake" : "never woken";
        }

        @Actor
        public void finisher() {
            Graph.succeed(task, release);
        }
    }

    @JCStressTest
    @JCStressMeta(WaiterTest.class)
    @State
    public static class LeaveVersusPush {
        private final TaskNode<?> task = Graph.running(Graph.task(null));
        private final TaskNode<?> dependent = Graph.launched(Graph.task(task));
        private final Completion release = Graph.hand();

        @Actor
        public void waiter() {
            Graph.waitInVain(task);
        }

        @Actor
        public void wirer() {
            Graph.wire(dependent, release);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            Graph.succeed(task, release);
            result.r1 = "released " + Graph.timesReady(dependent, release) + "x";
        }
    }

    @JCStressTest
    @JCStressMeta(WaiterTest.class)
    @State
    public static class LeaveVersusFinish {
        private final TaskNode<?> task = Graph.running(Graph.task(null));
        private final TaskNode<?> dependent = Graph.wired(Graph.task(task));
        private final Completion release = Graph.hand();

        @Actor
        public void waiter() {
            Graph.waitInVain(task);
        }

        @Actor
        public void finisher() {
            Graph.succeed(task, release);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = "released " + Graph.timesReady(dependent, release) + "x";
        }
    }
}
