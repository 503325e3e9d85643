package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.TaskNode;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * The worker of a stopping core takes a task that another thread cancels:
 *
 *   canceller: status: RUNNING -> CANCELLING;        push a request
 *   worker:    omit the body;                        cancelled already? push a request, unless there is one;    finish
 *
 * Of two requests the first on the stack counts. A race ends the task, which never ran, as one that succeeded.
 */
@JCStressTest
@Outcome(id = "CANCELLED", expect = ACCEPTABLE, desc = "By the canceller or by the worker.")
@Outcome(expect = FORBIDDEN, desc = "It never ran, and says otherwise.")
@State
public class StopTest {
    private final DagCore core = Graph.core();
    private final TaskNode<Integer> task = Graph.wired(core, Graph.task(null));
    private volatile boolean offered;

    public StopTest() {
        core.stop();
    }

    @Actor
    public void worker() {
        core.workers().offer(task);
        offered = true;
        new Worker(core, core.workers(), true).run();
    }

    @Actor
    public void canceller() {
        Graph.spinUntil(() -> offered && !task.isReady());
        task.cancel();
    }

    @Arbiter
    public void afterwards(L_Result result) {
        result.r1 = Graph.ends(task) ? task.taskState() : "not final";
    }
}
