package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.schedule.DagCore;
import dev.regions.core.schedule.Worker;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * A running task is cancelled while it ends by itself:
 *
 *   canceller: push a request;    is the task the one that runs there?    interrupt;    delivered := true
 *   worker:    take the stack;    is there a request on it?    wait until it is delivered;    clear the interrupt
 *
 * A race lets the interrupt hit the next task, or whatever the thread does after that.
 *
 * A task that joins another one may run it in place, one inside the other. An interrupt for the outer one must not hit
 * the inner one, nor get lost because of it:
 *
 *   canceller: push a request;      read running: the outer?    interrupt
 *   worker:    running := inner;    is there a request?         wait until it is delivered; keep it for later
 *              ... inner ...
 *              running := outer;    is there a request?         interrupt
 *
 * r1 is what the task that was cancelled has seen, r2 what another one on the same thread has seen, r3 what the thread
 * is left with.
 */
@Outcome(id = "interrupted, other not, thread not", expect = ACCEPTABLE, desc = "The interrupt has hit its task.")
@Outcome(id = "not interrupted, other not, thread not", expect = ACCEPTABLE, desc = "It came too early or too late.")
@Outcome(expect = FORBIDDEN, desc = "The interrupt has hit another task, or was lost.")
public class InterruptTest {
    private static final int LONGEST_DELAY = 256;

    /** A core, and two actors who meet when the body of a task begins. */
    private static class Meeting {
        final DagCore core = Graph.core();
        private final int delay = ThreadLocalRandom.current().nextInt(LONGEST_DELAY);
        private volatile boolean began;
        private volatile boolean cancellerIsThere;

        void beginBody() {
            began = true;
            Graph.spinUntil(() -> cancellerIsThere);
        }

        void cancelAfterBegin(TaskNode<?> task) {
            Graph.spinUntil(() -> began);
            cancellerIsThere = true;
            Graph.spin(delay);
            task.cancel();
        }

        boolean began() {
            return began;
        }

        String work() {
            new Worker(core, core.workers(), true).run();
            return Thread.interrupted() ? "thread interrupted" : "thread not";
        }
    }

    @JCStressTest
    @JCStressMeta(InterruptTest.class)
    @State
    public static class NextTask extends Meeting {
        private final TaskNode<Integer> task = Graph.wired(core, Graph.task(this::run, null));
        private final TaskNode<Integer> next = Graph.wired(core, Graph.task(this::runNext, Graph.soft(task)));
        private volatile boolean interrupted;
        private volatile boolean nextInterrupted;

        public NextTask() {
            core.workers().offer(task);
        }

        private int run() {
            beginBody();
            Graph.spin(LONGEST_DELAY / 2);
            interrupted = Thread.currentThread().isInterrupted();
            return 1;
        }

        private int runNext() {
            Graph.spin(LONGEST_DELAY / 4);
            nextInterrupted = Thread.currentThread().isInterrupted();
            return 1;
        }

        @Actor
        public void worker(LLL_Result result) {
            result.r3 = work();
        }

        @Actor
        public void canceller() {
            cancelAfterBegin(task);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            result.r1 = interrupted ? "interrupted" : "not interrupted";
            result.r2 = !Graph.ends(next) ? "other never ran" : nextInterrupted ? "other interrupted" : "other not";
        }
    }

    /** Cancelled without an interrupt first; the second request, which is to interrupt, meets the end of the body. */
    @JCStressTest
    @JCStressMeta(InterruptTest.class)
    @State
    public static class SecondRequest extends Meeting {
        private final TaskNode<Integer> task = Graph.wired(core, Graph.task(this::run, null));
        private final TaskNode<Integer> next = Graph.wired(core, Graph.task(this::runNext, Graph.soft(task)));
        private volatile boolean interrupted;
        private volatile boolean nextInterrupted;

        public SecondRequest() {
            core.workers().offer(task);
        }

        private int run() {
            task.cancel(false);
            beginBody();
            Graph.spin(LONGEST_DELAY / 2);
            interrupted = Thread.currentThread().isInterrupted();
            return 1;
        }

        private int runNext() {
            Graph.spin(LONGEST_DELAY / 4);
            nextInterrupted = Thread.currentThread().isInterrupted();
            return 1;
        }

        @Actor
        public void worker(LLL_Result result) {
            result.r3 = work();
        }

        @Actor
        public void canceller() {
            cancelAfterBegin(task);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            result.r1 = interrupted ? "interrupted" : "not interrupted";
            result.r2 = !Graph.ends(next) ? "other never ran" : nextInterrupted ? "other interrupted" : "other not";
        }
    }

    @JCStressTest
    @JCStressMeta(InterruptTest.class)
    @State
    public static class InPlace extends Meeting {
        private final TaskNode<Integer> outer = Graph.wired(core, Graph.task(this::runOuter, null));
        private final TaskNode<Integer> inner = Graph.wired(core, Graph.task(this::runInner, null));
        private volatile boolean outerInterrupted;
        private volatile boolean innerInterrupted;

        public InPlace() {
            core.workers().offer(outer);
        }

        private int runOuter() {
            beginBody();
            try {
                Graph.spin(LONGEST_DELAY / 4);
                inner.join();
                Patience.sleep();
            } catch (InterruptedException e) {
                outerInterrupted = true;
            }
            return 1;
        }

        private int runInner() {
            Graph.spin(LONGEST_DELAY / 4);
            innerInterrupted = Thread.currentThread().isInterrupted();
            return 1;
        }

        @Actor
        public void worker(LLL_Result result) {
            result.r3 = work();
        }

        @Actor
        public void canceller() {
            cancelAfterBegin(outer);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            result.r1 = outerInterrupted ? "interrupted" : began() ? "interrupt lost" : "not interrupted";
            result.r2 = innerInterrupted ? "other interrupted" : "other not";
        }
    }
}
