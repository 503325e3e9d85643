package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
 * A dependent of a pending task is cancelled, and its link is taken off the stack, while others are on it:
 *
 *   canceller: outcome of the dependent: Unsettled;     walk the stack;     lead the link above past the dead one
 *   another:   push a link;     or take the stack, and go through it;     or do the same with the next dependent
 *
 * Dead links lead on to those below them, so whichever writes are seen, no living link is lost. A race loses one, or
 * notifies it twice.
 *
 * r1 and r2 say how often two living links were notified, the first between dead ones.
 */
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Each living link was notified once.")
@Outcome(expect = FORBIDDEN, desc = "A living link was lost, or notified twice.")
public class DepartureTest {

    private static class Pending {
        final TaskNode<Integer> task = Graph.running(Graph.task(null));
        final AtomicInteger first = new AtomicInteger();
        final AtomicInteger second = new AtomicInteger();
        private final List<TaskNode<Integer>> dependents = new ArrayList<>();

        Pending() {
            task.push(new Link.Callback(() -> {})); // so that no dependent hangs there by itself
            dependents.add(Graph.wired(Graph.task(task)));
            dependents.add(Graph.wired(Graph.task(task)));
            task.push(new Link.Callback(first::incrementAndGet));
            dependents.add(Graph.wired(Graph.task(task)));
            dependents.add(Graph.wired(Graph.task(task)));
        }

        void cancel(int index) {
            Graph.cancel(dependents.get(index), new Completion());
        }

        void pushSecond() {
            if (task.push(new Link.Callback(second::incrementAndGet)) != null) {
                second.incrementAndGet();
            }
        }

        void finish() {
            Graph.succeed(task, new Completion());
        }

        void report(II_Result result) {
            result.r1 = first.get();
            result.r2 = second.get();
        }
    }

    @JCStressTest
    @JCStressMeta(DepartureTest.class)
    @State
    public static class PurgeVersusPush extends Pending {
        @Actor
        public void canceller() {
            cancel(3);
            cancel(1);
        }

        @Actor
        public void pusher() {
            pushSecond();
        }

        @Arbiter
        public void afterwards(II_Result result) {
            finish();
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(DepartureTest.class)
    @State
    public static class PurgeVersusFinish extends Pending {
        public PurgeVersusFinish() {
            pushSecond();
        }

        @Actor
        public void canceller() {
            cancel(2);
            cancel(0);
        }

        @Actor
        public void runner() {
            finish();
        }

        @Arbiter
        public void afterwards(II_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(DepartureTest.class)
    @State
    public static class PurgeVersusPurge extends Pending {
        public PurgeVersusPurge() {
            pushSecond();
        }

        @Actor
        public void canceller1() {
            cancel(0);
            cancel(2);
        }

        @Actor
        public void canceller2() {
            cancel(3);
            cancel(1);
        }

        @Arbiter
        public void afterwards(II_Result result) {
            finish();
            report(result);
        }
    }

    /*
     * A task comes after one that is withdrawn just then, and detached from its predecessor:
     *
     *   canceller: outcome: Unsettled;    heldBack: null -> DETACHED;     take the link off the predecessor
     *   wirer:     outcome: Unsettled?    heldBack: null -> edge;         or DETACHED: hang the task on the predecessor
     *
     * Either way it becomes ready when the predecessor has ended. A race lets it begin before that, or never.
     *
     * r1 is how often it was ready before the predecessor ended, plus 1, r2 how often it was ready in all.
     */
    @JCStressTest
    @JCStressMeta(DepartureTest.class)
    @State
    public static class DetachVersusFollow {
        private final TaskNode<Integer> predecessor = Graph.running(Graph.task(null));
        private final TaskNode<Integer> withdrawn = Graph.wired(Graph.task(predecessor));
        private final TaskNode<Integer> after = Graph.launched(Graph.task(Graph.soft(withdrawn)));
        private final Completion one = Graph.hand();
        private final Completion two = Graph.hand();

        @Actor
        public void canceller() {
            Graph.cancel(withdrawn, one);
            predecessor.purge();
        }

        @Actor
        public void wirer() {
            Graph.wire(after, two);
        }

        @Arbiter
        public void afterwards(II_Result result) {
            int early = Graph.timesReady(after, one, two);
            Completion three = Graph.hand();
            Graph.succeed(predecessor, three);
            result.r1 = 1 + early;
            result.r2 = early + Graph.timesReady(after, three);
        }
    }

    /** The same, while the predecessor ends. */
    @JCStressTest
    @JCStressMeta(DepartureTest.class)
    @State
    public static class FollowVersusFinish {
        private final TaskNode<Integer> predecessor = Graph.running(Graph.task(null));
        private final TaskNode<Integer> withdrawn = Graph.wired(Graph.task(predecessor));
        private final TaskNode<Integer> after = Graph.launched(Graph.task(Graph.soft(withdrawn)));
        private final Completion one = Graph.hand();
        private final Completion two = Graph.hand();

        public FollowVersusFinish() {
            Graph.cancel(withdrawn, new Completion());
            predecessor.purge();
        }

        @Actor
        public void wirer() {
            Graph.wire(after, one);
        }

        @Actor
        public void runner() {
            Graph.succeed(predecessor, two);
        }

        @Arbiter
        public void afterwards(II_Result result) {
            result.r1 = Graph.timesReady(after, one, two);
            result.r2 = after.isReady() ? 1 : 0;
        }
    }
}
