package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/*
 * A ready task, which a worker polls while a joining task claims it in place:
 *
 *   worker: status: READY -> RUNNING, by worker 1;    if that succeeds, run the body
 *   joiner: status: READY -> RUNNING, by worker 2;    if that succeeds, run the body
 *
 * A race runs the body twice.
 *
 * r1 and r2: whether one got the task.
 */
@JCStressTest
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The worker runs it.")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The joiner runs it.")
@Outcome(expect = FORBIDDEN, desc = "Both run it, or nobody.")
@State
public class ClaimTest {
    private final TaskNode<?> task = Graph.wired(Graph.task(null));

    @Actor
    public void worker(ZZ_Result result) {
        result.r1 = task.claim(1);
    }

    @Actor
    public void joiner(ZZ_Result result) {
        result.r2 = task.claim(2);
    }
}
