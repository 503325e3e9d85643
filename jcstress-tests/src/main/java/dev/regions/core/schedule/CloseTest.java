package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Completion;
import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Patience;
import dev.regions.core.graph.TaskNode;
import dev.regions.task.QueueClosedException;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * The runtime is closed while something is launched or ends:
 *
 *   submitter: count it as launched;     is the core closed?     then refuse it, and count it as ended
 *   closer:    the core is closed;       sum up what has ended, then what was launched: nothing in flight?
 *   canceller: outcome := cancelled;     count it as ended;      the core is closed: nothing in flight?
 *
 * A race lets close() return while a task is in flight that was accepted, or never return.
 *
 * Shutting down must reach a body that begins at the same time:
 *
 *   worker:  running := the task;        is the core stopping?   then do not call the body
 *   stopper: the core is stopping;       what is running there?  cancel it
 */
@Outcome(id = "accepted, SUCCEEDED, terminates", expect = ACCEPTABLE, desc = "Accepted, and waited for.")
@Outcome(id = "refused, UNLAUNCHED, terminates", expect = ACCEPTABLE, desc = "Refused.")
@Outcome(id = "cancelled, CANCELLED, terminates", expect = ACCEPTABLE, desc = "Final when close() returns.")
@Outcome(id = "stopped, CANCELLED, terminates", expect = ACCEPTABLE, desc = "Not begun, or interrupted.")
@Outcome(expect = FORBIDDEN, desc = "Not final when it should be, not reached, or no end comes.")
public class CloseTest {

    private static String terminates(DagCore core) {
        return Graph.terminates(core) ? "terminates" : "never terminates";
    }

    @JCStressTest
    @JCStressMeta(CloseTest.class)
    @State
    public static class LaunchVersusClose {
        private final DagCore core = Graph.core();
        private final TaskNode<?> task = Graph.barrier(null);

        @Actor
        public void submitter(LLL_Result result) {
            try {
                core.enqueue(task);
                result.r1 = "accepted";
            } catch (QueueClosedException e) {
                result.r1 = "refused";
            }
        }

        @Actor
        public void closer(LLL_Result result) {
            core.close();
            result.r3 = terminates(core);
            result.r2 = task.taskState();
        }
    }

    @JCStressTest
    @JCStressMeta(CloseTest.class)
    @State
    public static class CancelVersusClose {
        private final DagCore core = Graph.core();
        private final TaskNode<?> held = Graph.barrier(null);
        private final TaskNode<?> task = Graph.task(held);

        public CancelVersusClose() {
            core.enqueue(task); // waits for one that is never launched
        }

        @Actor
        public void canceller(LLL_Result result) {
            task.cancel();
            result.r1 = "cancelled";
        }

        @Actor
        public void closer(LLL_Result result) {
            core.close();
            result.r3 = terminates(core);
            result.r2 = task.isDone() ? task.taskState() : "not final";
        }
    }

    /*
     * What a worker has ended counts when it goes away:
     *
     *   worker: add up what it has ended;    is the core closed, and nothing in flight?
     *   closer: the core is closed;          nothing in flight?
     */
    @JCStressTest
    @JCStressMeta(CloseTest.class)
    @State
    public static class RunVersusClose {
        private final DagCore core = Graph.core();
        private final TaskNode<Integer> task = Graph.task(null);
        private final int delay = ThreadLocalRandom.current().nextInt(512);

        public RunVersusClose() {
            core.workers().standBy(); // the actor is this worker
            core.enqueue(task);
        }

        @Actor
        public void worker() {
            new Worker(core, core.workers(), true).run();
        }

        @Actor
        public void closer() {
            Graph.spin(delay);
            core.close();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            result.r3 = terminates(core);
            result.r1 = "accepted";
            result.r2 = task.taskState();
        }
    }

    /*
     * A worker hands over its count of completed tasks before it runs callbacks that may block:
     *
     *   worker: add the count;         is the core closed, and nothing in flight?    ... (blocks)
     *   closer: the core is closed;    nothing in flight?
     */
    @JCStressTest
    @JCStressMeta(CloseTest.class)
    @State
    public static class CountVersusClose {
        private final DagCore core = Graph.core();
        private final TaskNode<Integer> task = Graph.task(null);

        public CountVersusClose() {
            core.workers().standBy(); // nobody else comes
            core.enqueue(task);
            task.claim(1);
            Graph.succeed(task, new Completion());
        }

        @Actor
        public void worker() {
            core.takeOverCount(1);
        }

        @Actor
        public void closer() {
            core.close();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            result.r3 = terminates(core);
            result.r1 = "accepted";
            result.r2 = task.taskState();
        }
    }

    @JCStressTest
    @JCStressMeta(CloseTest.class)
    @State
    public static class StopVersusBegin {
        private final DagCore core = Graph.core();
        private final TaskNode<Integer> task = Graph.task(this::run, null);
        private volatile boolean reached = true;

        public StopVersusBegin() {
            core.workers().standBy(); // the actor is this worker
            core.enqueue(task);
        }

        private int run() throws InterruptedException {
            reached = false;
            while (!reached) {
                try {
                    Patience.sleep();
                    return 1;
                } catch (InterruptedException e) {
                    // Or it comes late, and was for this thread when it was the worker of the sample before.
                    reached = core.isStopping();
                }
            }
            return 1;
        }

        @Actor
        public void worker() {
            new Worker(core, core.workers(), true).run();
        }

        @Actor
        public void stopper() {
            Graph.spin(40);
            core.stop();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            result.r3 = terminates(core);
            result.r1 = reached ? "stopped" : "not stopped";
            result.r2 = task.taskState();
        }
    }
}
