package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * The tasks before a barrier end at the same time, and one task comes after it:
 *
 *   finisher 1: count of the barrier -1          the thread that makes it 0 passes it, and releases its successors
 *   finisher 2: count of the barrier -1
 *   canceller:  count of the barrier -> withdrawn, with the same number outstanding
 *
 * A race would release what is after the barrier twice, never, or before both tasks are over. The last must not happen
 * even if the barrier is cancelled meanwhile, for it stands for the order.
 *
 * r1 is how often what is after the barrier was made ready, r2 its state, r3 whether that came too early.
 */
@Outcome(id = "1, READY, in order", expect = ACCEPTABLE, desc = "Released once, after both.")
@Outcome(id = "0, SKIPPED, in order", expect = ACCEPTABLE, desc = "One of the two has failed.")
@Outcome(expect = FORBIDDEN, desc = "Released twice, or never, or too early.")
public class BarrierTest {

    /** Two running tasks, the barrier that depends on both, and a task behind it. */
    private static class Chain {
        final TaskNode<?> first = Graph.running(Graph.task(null));
        final TaskNode<?> second = Graph.running(Graph.task(null));
        final TaskNode<?> barrier = Graph.wired(Graph.barrier(Graph.hard(first, second)));
        final TaskNode<?> after;
        final Completion one = Graph.hand();
        final Completion two = Graph.hand();
        private volatile int timesReady;
        private volatile String order = "in order";

        Chain(boolean soft) {
            after = Graph.wired(Graph.task(soft ? Graph.soft(barrier) : barrier));
        }

        void look(Completion release) {
            if (Graph.timesReady(after, release) > 0) {
                timesReady++; // more than once is wrong in any case
                if (!first.isCompleted() || !second.isCompleted()) {
                    order = "too early";
                }
            }
        }

        void report(LLL_Result result) {
            result.r1 = timesReady;
            result.r2 = after.taskState();
            result.r3 = order;
        }
    }

    @JCStressTest
    @JCStressMeta(BarrierTest.class)
    @State
    public static class TwoSucceed extends Chain {
        public TwoSucceed() {
            super(false);
        }

        @Actor
        public void finisher1() {
            Graph.succeed(first, one);
            look(one);
        }

        @Actor
        public void finisher2() {
            Graph.succeed(second, two);
            look(two);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(BarrierTest.class)
    @State
    public static class OneFails extends Chain {
        public OneFails() {
            super(false);
        }

        @Actor
        public void finisher1() {
            Graph.succeed(first, one);
            look(one);
        }

        @Actor
        public void finisher2() {
            Graph.fail(second, two);
            look(two);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(BarrierTest.class)
    @State
    public static class OneFailsSoftly extends Chain {
        public OneFailsSoftly() {
            super(true);
        }

        @Actor
        public void finisher1() {
            Graph.succeed(first, one);
            look(one);
        }

        @Actor
        public void finisher2() {
            Graph.fail(second, two);
            look(two);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(BarrierTest.class)
    @State
    public static class Cancelled extends Chain {
        public Cancelled() {
            super(true);
        }

        @Actor
        public void finisher() {
            Graph.succeed(first, one);
            look(one);
            Graph.succeed(second, one);
            look(one);
        }

        @Actor
        public void canceller() {
            Graph.cancel(barrier, two);
            look(two);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }
}
