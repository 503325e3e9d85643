package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.task.TaskState;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/*
 * A task is requested to be cancelled, and its canceller, who has found it suspended in a join, makes it final:
 *
 *   canceller: outcome: stack with the request -> Unsettled;    notify the stack
 *   another:   push a link;    or, as the runner, outcome: stack with the request -> cancelled
 *
 * Each is a compare-and-set of the same word. Therefore each link is on a stack that is taken, or its thread reads the
 * outcome, and a successor is released once, by the thread that settles the task.
 *
 * r1 and r2 say how often two links were notified, r3 whether the barrier that comes after has passed.
 */
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Each link was notified once, and the successor released.")
@Outcome(expect = FORBIDDEN, desc = "A link or the successor was lost, or notified twice.")
public class SuspendedEndTest {

    private static class Requested {
        final TaskNode<Integer> task = Graph.running(Graph.task(null));
        final TaskNode<?> successor = Graph.wired(Graph.barrier(Graph.soft(task)));
        final AtomicInteger first = new AtomicInteger();
        final AtomicInteger second = new AtomicInteger();

        Requested() {
            task.push(new Link.Callback(first::incrementAndGet));
            task.cancel(false, new Completion()); // the request: the body runs on
        }

        void publish() {
            Completion release = Graph.hand();
            Withdrawal.publishSuspended(task, release);
            release.run();
        }

        void pushSecond() {
            if (task.push(new Link.Callback(second::incrementAndGet)) != null) {
                second.incrementAndGet();
            }
        }

        void finish() {
            Graph.succeed(task, Graph.hand());
        }

        void report(III_Result result) {
            result.r1 = first.get();
            result.r2 = second.get();
            result.r3 = successor.taskState() == TaskState.SUCCEEDED && task.taskState() == TaskState.CANCELLED ? 1 : 0;
        }
    }

    @JCStressTest
    @JCStressMeta(SuspendedEndTest.class)
    @State
    public static class PublishVersusPush extends Requested {
        @Actor
        public void canceller() {
            publish();
        }

        @Actor
        public void pusher() {
            pushSecond();
        }

        @Arbiter
        public void afterwards(III_Result result) {
            finish();
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(SuspendedEndTest.class)
    @State
    public static class PublishVersusFinish extends Requested {
        @Actor
        public void canceller() {
            publish();
        }

        @Actor
        public void runner() {
            finish();
        }

        @Arbiter
        public void afterwards(III_Result result) {
            pushSecond();
            report(result);
        }
    }
}
