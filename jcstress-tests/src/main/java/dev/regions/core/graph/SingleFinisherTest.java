package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * Several threads complete the same task, each in its own way:
 *
 *   runner:    status: READY -> RUNNING;       run the body;    outcome := result
 *   canceller: status: READY -> withdrawn;     outcome := cancelled             if running: push a request, interrupt
 *   skipper:   status: WAITING -> withdrawn;   outcome := skipped
 *
 * Each transition is one compare-and-set, so one of them succeeds. A race would show as a body that runs although the
 * task was cancelled, as two outcomes one after the other (waiters are notified twice), or as none.
 */
@Outcome(id = "left alone, SUCCEEDED, told 1x", expect = ACCEPTABLE, desc = "The body ran; it was too late to cancel.")
@Outcome(id = "left alone, SKIPPED, told 1x", expect = ACCEPTABLE, desc = "Skipped before it could be cancelled.")
@Outcome(id = "cancelled, CANCELLED, told 1x", expect = ACCEPTABLE, desc = "Cancelled, before or while it ran.")
@Outcome(expect = FORBIDDEN, desc = "More than one has ended the task, or none, or the caller was told wrong.")
public class SingleFinisherTest {

    /** The task that is fought for, and how often it told that it is final. */
    private static class Contested {
        final TaskNode<?> task;
        final Completion one = Graph.hand();
        final Completion two = Graph.hand();
        private final AtomicInteger told = new AtomicInteger();
        private final AtomicInteger cancels = new AtomicInteger();

        Contested(TaskNode<?> task) {
            this.task = task;
            task.push(new Link.Callback(told::incrementAndGet));
        }

        void cancel(Completion release) {
            if (Graph.cancel(task, release)) {
                cancels.incrementAndGet();
            }
        }

        void report(LLL_Result result) {
            result.r1 = cancels.get() == 0 ? "left alone" : cancels.get() == 1 ? "cancelled" : "cancelled twice";
            result.r2 = task.taskState();
            result.r3 = "told " + told.get() + "x";
        }
    }

    @JCStressTest
    @JCStressMeta(SingleFinisherTest.class)
    @State
    public static class RunVersusCancel extends Contested {
        public RunVersusCancel() {
            super(Graph.wired(Graph.task(null)));
        }

        @Actor
        public void runner() {
            if (task.claim(1)) {
                Graph.succeed(task, one);
            }
        }

        @Actor
        public void canceller() {
            cancel(two);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(SingleFinisherTest.class)
    @State
    public static class FinishVersusCancel extends Contested {
        public FinishVersusCancel() {
            super(Graph.running(Graph.task(null)));
        }

        @Actor
        public void runner() {
            Graph.succeed(task, one);
        }

        @Actor
        public void canceller() {
            cancel(two);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(SingleFinisherTest.class)
    @State
    public static class SkipVersusCancel extends Contested {
        private final TaskNode<?> predecessor;

        public SkipVersusCancel() {
            this(Graph.running(Graph.task(null)));
        }

        private SkipVersusCancel(TaskNode<?> predecessor) {
            super(Graph.wired(Graph.task(predecessor)));
            this.predecessor = predecessor;
        }

        @Actor
        public void skipper() {
            Graph.fail(predecessor, one);
        }

        @Actor
        public void canceller() {
            cancel(two);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(SingleFinisherTest.class)
    @State
    public static class SkipVersusSkip extends Contested {
        private final TaskNode<?> predecessor1;
        private final TaskNode<?> predecessor2;

        public SkipVersusSkip() {
            this(Graph.running(Graph.task(null)), Graph.running(Graph.task(null)));
        }

        private SkipVersusSkip(TaskNode<?> predecessor1, TaskNode<?> predecessor2) {
            super(Graph.wired(Graph.task(Graph.hard(predecessor1, predecessor2))));
            this.predecessor1 = predecessor1;
            this.predecessor2 = predecessor2;
        }

        @Actor
        public void skipper1() {
            Graph.fail(predecessor1, one);
        }

        @Actor
        public void skipper2() {
            Graph.fail(predecessor2, two);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(SingleFinisherTest.class)
    @State
    public static class CancelVersusCancel extends Contested {
        public CancelVersusCancel() {
            super(Graph.wired(Graph.task(null)));
        }

        @Actor
        public void canceller1() {
            cancel(one);
        }

        @Actor
        public void canceller2() {
            cancel(two);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    /*
     * Two threads cancel a running task, which completes after the call of one of them has returned:
     *
     *   1: status: RUNNING -> CANCELLING;                                              push a request: first?
     *   2:                                   status: CANCELLING; push a request: first?                        finish
     *
     * The first request on the stack decides. If the change of the status decided, thread 1 could be too late with its
     * request, after thread 2 had returned because the task was being cancelled: the task would not be cancelled.
     */
    @JCStressTest
    @Outcome(id = "cancelled, CANCELLED, told 1x", expect = ACCEPTABLE, desc = "One of the two has cancelled it.")
    @Outcome(expect = FORBIDDEN, desc = "Nobody has, or both, or the task was not told of it.")
    @State
    public static class CancelVersusCancelAndFinish extends Contested {
        public CancelVersusCancelAndFinish() {
            super(Graph.running(Graph.task(null)));
        }

        @Actor
        public void canceller() {
            cancel(one);
        }

        @Actor
        public void cancellerAndRunner() {
            cancel(two);
            Graph.succeed(task, two);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }
}
