package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Patience;
import dev.regions.core.graph.TaskNode;
import dev.regions.task.QueueClosedException;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * A task waits for something that is not in the core's hands, while the core is stopped:
 *
 *   waiter:  put the task on the list;    is the core stopping?    cancel the task
 *   stopper: the core is stopping;        who is on the list?      cancel them
 *
 * A race leaves a task that nobody ends, and the end of the core does not come.
 *
 * Or while it is ended:
 *
 *   waiter:  put the task on the list;    is it final?             take it off
 *   timer:   outcome := failed;           was it on the list?      take it off
 *
 * A race leaves the task on the list, and reachable, for good.
 *
 * r1 is how the task ended, r2 how many are left on the list, r3 what comes of a core that is stopped.
 */
@Outcome(id = "CANCELLED, 0 left, terminates", expect = ACCEPTABLE, desc = "Accepted, and cancelled.")
@Outcome(id = "refused, 0 left, terminates", expect = ACCEPTABLE, desc = "Refused.")
@Outcome(id = "FAILED, 0 left, goes on", expect = ACCEPTABLE, desc = "Its deadline came while it was being listed.")
@Outcome(expect = FORBIDDEN, desc = "Not ended, or left on the list, or the core never terminates.")
public class OutsideTest {

    @JCStressTest
    @JCStressMeta(OutsideTest.class)
    @State
    public static class ListVersusStop {
        private final DagCore core = Graph.coreWithoutTimer();
        private final TaskNode<Integer> task = Graph.completable();
        private volatile boolean refused;

        @Actor
        public void waiter() {
            try {
                core.launchCompletable(task);
            } catch (QueueClosedException e) {
                refused = true;
            }
        }

        @Actor
        public void stopper() {
            core.stop();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            result.r1 = refused ? "refused" : Graph.ends(task) ? task.taskState() : "not final";
            result.r2 = core.waitingOutside() + " left";
            result.r3 = Graph.terminates(core) ? "terminates" : "never terminates";
        }
    }

    @JCStressTest
    @JCStressMeta(OutsideTest.class)
    @State
    public static class ListVersusEnd {
        private final DagCore core = Graph.coreWithoutTimer();
        private final TaskNode<Integer> task = Graph.completable();

        public ListVersusEnd() {
            Objects.requireNonNull(task.changeAttributes()).expireAt(System.nanoTime() + Long.MAX_VALUE / 2);
        }

        @Actor
        public void waiter() {
            core.launchCompletable(task);
        }

        @Actor
        public void timer() {
            Patience.until(() -> task.attributes().deadlineTimer != null); // the task is launched, and not yet listed
            task.attributes().deadlineTimer.run();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            result.r1 = Graph.ends(task) ? task.taskState() : "not final";
            result.r2 = core.waitingOutside() + " left";
            result.r3 = "goes on";
        }
    }
}
