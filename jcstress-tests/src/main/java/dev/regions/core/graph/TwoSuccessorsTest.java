package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
 * Two threads each spawn a successor of one task, on which nothing hangs yet:
 *
 *   each:  read outcome: null;    compare-and-set it to the successor itself, or, if that fails, push an edge on top
 *
 * and it ends, afterwards, or by the hand of the second. Who comes first hangs there without an object of its own, and
 * so has nothing that leads to another: it must stay at the bottom. A race loses one of the two, which then waits for
 * ever.
 *
 * r1 and r2 are how many edges of each are outstanding in the end. They are barriers, which need no worker to run them.
 */
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Both are released.")
@Outcome(expect = FORBIDDEN, desc = "One of them was lost.")
public class TwoSuccessorsTest {

    abstract static class Parties {
        final TaskNode<?> predecessor = Graph.running(Graph.task(null));
        final TaskNode<?> one = Graph.barrier(predecessor);
        final TaskNode<?> two = Graph.barrier(predecessor);

        final void report(II_Result result) {
            result.r1 = one.edgesLeft();
            result.r2 = two.edgesLeft();
        }
    }

    @JCStressTest
    @JCStressMeta(TwoSuccessorsTest.class)
    @State
    public static class EndsAfterwards extends Parties {
        @Actor
        public void spawner() {
            one.launchFresh(Graph.INERT);
        }

        @Actor
        public void other() {
            two.launchFresh(Graph.INERT);
        }

        @Arbiter
        public void arbiter(II_Result result) {
            Graph.succeed(predecessor, Graph.hand());
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(TwoSuccessorsTest.class)
    @State
    public static class EndsMeanwhile extends Parties {
        @Actor
        public void spawner() {
            one.launchFresh(Graph.INERT);
        }

        @Actor
        public void otherWhoEndsIt() {
            two.launchFresh(Graph.INERT);
            Graph.succeed(predecessor, Graph.hand());
        }

        @Arbiter
        public void arbiter(II_Result result) {
            report(result);
        }
    }
}
