package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Node;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/*
 * Two consumers, and one node:
 *
 *   consumer 1: draw slot 0;    take what is there
 *   consumer 2: draw slot 1;    nothing there:  mark it taken
 *
 * A race hands the node to both, so that its body might run twice, or to nobody. What is offered afterwards must go
 * past the slots that were marked.
 *
 * r1 and r2: whether a consumer got the node. r3: whether one that is offered afterwards comes out.
 */
@JCStressTest
@Outcome(id = "true, false, true", expect = ACCEPTABLE, desc = "The first consumer got it.")
@Outcome(id = "false, true, true", expect = ACCEPTABLE, desc = "The second consumer got it.")
@Outcome(expect = FORBIDDEN, desc = "The node is lost or comes twice, or the queue is broken.")
@State
public class ReadyQueuePollTest {
    private static final Node FIRST = Graph.task(null);
    private static final Node SECOND = Graph.task(null);

    private final ReadyQueue queue = new ReadyQueue();

    public ReadyQueuePollTest() {
        queue.offer(FIRST);
    }

    @Actor
    public void consumer1(ZZZ_Result result) {
        result.r1 = queue.poll() == FIRST;
    }

    @Actor
    public void consumer2(ZZZ_Result result) {
        result.r2 = queue.poll() == FIRST;
    }

    @Arbiter
    public void afterwards(ZZZ_Result result) {
        queue.offer(SECOND);
        result.r3 = queue.poll() == SECOND && queue.isEmpty();
    }
}
