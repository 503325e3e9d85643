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
 * A user cancels a task while the queue that has it launches it, or gives it up:
 *
 *   user:  status: UNLAUNCHED -> withdrawn, unlaunched;    outcome := cancelled, but unsettled
 *   queue: status: withdrawn, unlaunched -> withdrawn;     wire;   count down;   settle: read the unsettled outcome
 *
 * If the queue overtakes the user between these two steps, it has an outcome to settle that is not there yet. A task
 * after this one is then never released, and whatever else the queue was about to launch or abandon is stuck with it.
 *
 * r1 is the state in the end, r2 how often a task after this one was made ready, r3 what an actor has thrown.
 */
@Outcome(id = "CANCELLED, 1, nothing thrown", expect = ACCEPTABLE, desc = "Cancelled, and over.")
@Outcome(id = "ABANDONED, 1, nothing thrown", expect = ACCEPTABLE, desc = "Abandoned before it could be cancelled.")
@Outcome(expect = FORBIDDEN, desc = "The order that the task stands for is never over, or the queue has failed.")
public class CancelVersusLaunchTest {

    /** The task that the queue has, and one that comes after it. */
    private static class Held {
        final TaskNode<?> task = Graph.task(null);
        final TaskNode<?> after = Graph.wired(Graph.task(Graph.soft(task)));
        final Completion byUser = Graph.hand();
        final Completion byQueue = Graph.hand();
        volatile String thrown = "nothing thrown";

        void attempt(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException e) {
                thrown = e.getClass().getSimpleName();
            }
        }

        void report(LLL_Result result) {
            result.r1 = task.isDone() ? task.taskState() : "not final";
            result.r2 = Graph.timesReady(after, byUser, byQueue);
            result.r3 = thrown;
        }
    }

    @JCStressTest
    @JCStressMeta(CancelVersusLaunchTest.class)
    @State
    public static class Launch extends Held {
        @Actor
        public void user() {
            attempt(() -> Graph.cancel(task, byUser));
        }

        @Actor
        public void queue() {
            attempt(() -> {
                task.launch(Graph.INERT);
                Graph.wire(task, byQueue);
            });
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(CancelVersusLaunchTest.class)
    @State
    public static class Abandon extends Held {
        @Actor
        public void user() {
            attempt(() -> Graph.cancel(task, byUser));
        }

        @Actor
        public void queue() {
            attempt(() -> {
                Withdrawal.abandon(task, "the region is given up", Graph.FAILURE, byQueue);
                byQueue.run();
            });
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(CancelVersusLaunchTest.class)
    @State
    public static class TakeBack extends Held {
        public TakeBack() {
            task.launch(Graph.INERT);
        }

        @Actor
        public void user() {
            attempt(() -> Graph.cancel(task, byUser));
        }

        @Actor
        public void queue() {
            attempt(() -> {
                Withdrawal.rollbackLaunch(
                        task, "its batch launches nothing", Graph.FAILURE, java.util.Set.of(), byQueue);
                byQueue.run();
            });
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }
}
