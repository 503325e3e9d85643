package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * A task was cancelled while one before it runs. It is final, but what comes after it must wait until the one before
 * is over:
 *
 *   finisher: the last one before it is over:    outcome := settled;    take what was held back, and release that
 *   wirer:    read outcome: unsettled;           hold back an edge there, unless it is settled by now
 *
 * A race holds an edge back where nobody looks any more, and the one after waits for ever; or releases it twice, or
 * before its time.
 *
 * r1 is how often the one after was made ready, r2 its state, r3 whether that came too early.
 */
@JCStressTest
@Outcome(id = "1, READY, in order", expect = ACCEPTABLE, desc = "Released once, after the one before the cancelled.")
@Outcome(expect = FORBIDDEN, desc = "Released twice, or never, or too early.")
@State
public class SettleTest {
    private final TaskNode<?> before = Graph.running(Graph.task(null));
    /** A barrier: other tasks are detached from those before them. */
    private final TaskNode<?> cancelled = Graph.wired(Graph.barrier(Graph.soft(before)));

    private final TaskNode<?> after = Graph.launched(Graph.task(Graph.soft(cancelled)));
    private final Completion byFinisher = Graph.hand();
    private final Completion byWirer = Graph.hand();
    private volatile boolean tooEarly;

    public SettleTest() {
        cancelled.cancel(true);
    }

    @Actor
    public void finisher() {
        Graph.succeed(before, byFinisher);
    }

    @Actor
    public void wirer() {
        Graph.wire(after, byWirer);
        tooEarly = after.isReady() && !before.isCompleted();
    }

    @Arbiter
    public void afterwards(LLL_Result result) {
        result.r1 = Graph.timesReady(after, byFinisher, byWirer);
        result.r2 = after.taskState();
        result.r3 = tooEarly ? "too early" : "in order";
    }
}
