package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/*
 * A task ends while another one is hung on it:
 *
 *   finisher: outcome := result, in one step with taking the stack;    tell every link that was on it
 *   wirer:    read outcome: not final;    push an edge onto the stack, unless the outcome is there by now
 *
 * A race pushes the edge onto a stack that was taken before, and the dependent waits for ever; or both find the edge,
 * and the dependent is released twice. How the task ended must not be missed either: a dependent that requires it is
 * skipped if it failed, and one that only comes after it runs all the same.
 *
 * r1 is how often the dependent was made ready, r2 its state in the end, after what the predecessor came to.
 */
@Outcome(id = "1, SUCCEEDED, then READY", expect = ACCEPTABLE, desc = "Released, once.")
@Outcome(id = "0, FAILED, then SKIPPED", expect = ACCEPTABLE, desc = "Skipped.")
@Outcome(id = "1, FAILED, softly then READY", expect = ACCEPTABLE, desc = "Released, once; it only comes after.")
@Outcome(id = "0, CANCELLED, then SKIPPED", expect = ACCEPTABLE, desc = "Skipped.")
@Outcome(id = "1, CANCELLED, softly then READY", expect = ACCEPTABLE, desc = "Released, once; it only comes after.")
@Outcome(expect = FORBIDDEN, desc = "The dependent is stuck, released twice, or wrongly run or skipped.")
public class SealVersusPushTest {

    abstract static class Parties {
        final TaskNode<?> predecessor;
        final TaskNode<?> dependent;
        final boolean soft;
        final Completion byFinisher = Graph.hand();
        final Completion byWirer = Graph.hand();

        Parties(TaskNode<?> predecessor, boolean soft) {
            this.predecessor = predecessor;
            this.soft = soft;
            this.dependent = Graph.launched(Graph.task(soft ? Graph.soft(predecessor) : predecessor));
        }

        final void report(LL_Result result) {
            result.r1 = Graph.timesReady(dependent, byFinisher, byWirer);
            result.r2 = predecessor.taskState() + (soft ? ", softly then " : ", then ") + dependent.taskState();
        }
    }

    @JCStressTest
    @JCStressMeta(SealVersusPushTest.class)
    @State
    public static class Success extends Parties {
        public Success() {
            super(Graph.running(Graph.task(null)), false);
        }

        @Actor
        public void finisher() {
            Graph.succeed(predecessor, byFinisher);
        }

        @Actor
        public void wirer() {
            Graph.wire(dependent, byWirer);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(SealVersusPushTest.class)
    @State
    public static class Failure extends Parties {
        public Failure() {
            super(Graph.running(Graph.task(null)), false);
        }

        @Actor
        public void finisher() {
            Graph.fail(predecessor, byFinisher);
        }

        @Actor
        public void wirer() {
            Graph.wire(dependent, byWirer);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(SealVersusPushTest.class)
    @State
    public static class SoftFailure extends Parties {
        public SoftFailure() {
            super(Graph.running(Graph.task(null)), true);
        }

        @Actor
        public void finisher() {
            Graph.fail(predecessor, byFinisher);
        }

        @Actor
        public void wirer() {
            Graph.wire(dependent, byWirer);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(SealVersusPushTest.class)
    @State
    public static class CancelWhenReady extends Parties {
        public CancelWhenReady() {
            super(Graph.wired(Graph.task(null)), false);
        }

        @Actor
        public void finisher() {
            Graph.cancel(predecessor, byFinisher);
        }

        @Actor
        public void wirer() {
            Graph.wire(dependent, byWirer);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(SealVersusPushTest.class)
    @State
    public static class CancelWhenWaiting extends Parties {
        public CancelWhenWaiting() {
            super(Graph.wired(Graph.task(Graph.running(Graph.task(null)))), false);
        }

        @Actor
        public void finisher() {
            Graph.cancel(predecessor, byFinisher);
        }

        @Actor
        public void wirer() {
            Graph.wire(dependent, byWirer);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(SealVersusPushTest.class)
    @State
    public static class SoftCancelWhenReady extends Parties {
        public SoftCancelWhenReady() {
            super(Graph.wired(Graph.task(null)), true);
        }

        @Actor
        public void finisher() {
            Graph.cancel(predecessor, byFinisher);
        }

        @Actor
        public void wirer() {
            Graph.wire(dependent, byWirer);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            report(result);
        }
    }
}
