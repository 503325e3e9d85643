package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskNode;
import dev.regions.core.schedule.ReadyQueue.Reservation;
import dev.regions.task.Priority;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * A worker sweeps the queue, in which tasks that were claimed elsewhere stand between ready ones, while another one
 * polls:
 *
 *   sweeper: ready? offer it again;      move the counter past it;      empty the slot
 *   other:   move the counter past it;   take the node
 *
 * The claim decides who runs a task that stands in two slots. A task with terms must not: it is moved, and is nowhere
 * in between. A standby that looks meanwhile finds nothing and goes away, so the sweeper looks for a standby
 * afterwards.
 *
 * A race loses a task, or polls one with terms twice.
 *
 * r1 says how often each task was polled, by both and by a last look, or where it ran.
 */
@Outcome(id = "each is there", expect = ACCEPTABLE, desc = "No ready task is lost, and one with terms comes once.")
@Outcome(id = "runs", expect = ACCEPTABLE, desc = "The standby has found it, or another one has come for it.")
@Outcome(expect = FORBIDDEN, desc = "A task is lost, or one with terms comes twice.")
public class SweepTest {
    private static final int SLOTS_IN_SEGMENT = 1024;
    private static final int LONGEST_DELAY = 1536;
    private static final int SWEPT = 8;
    /** A task that is alone in the queue is moved so often, and nowhere in between. */
    private static final int OFTEN = 256;

    private static final Node CLAIMED = Graph.running(Graph.task(null));
    private static final Node USED = Graph.task(null);

    private abstract static class Nodes {
        final ReadyQueue queue = new ReadyQueue();
        private final Node first = Graph.wired(Graph.task(null));
        private final Node second = Graph.wired(Graph.task(null));
        private final Node withTerms = Graph.prioritised(() -> 1, Priority.NORMAL);
        /** How often this was polled, by each actor and the arbiter: one writer each. */
        private final int[] polled = new int[3];

        Nodes(int used) {
            for (int i = 0; i < used; i++) {
                queue.offer(USED);
                queue.poll();
            }
            for (Node node : new Node[] {CLAIMED, first, withTerms, CLAIMED, second}) {
                queue.offer(node);
            }
        }

        final void take(int actor, Node node) {
            if (node == withTerms) {
                polled[actor]++;
            } else if (node != null) {
                node.claim(1);
            }
        }

        final void report(L_Result result) {
            for (Node node; (node = queue.poll()) != null; ) {
                take(2, node);
            }
            int times = polled[0] + polled[1] + polled[2];
            result.r1 = first.isReady() || second.isReady() || times == 0
                    ? "one is lost"
                    : times > 1 ? "with terms " + times + " times" : "each is there";
        }
    }

    @JCStressTest
    @JCStressMeta(SweepTest.class)
    @State
    public static class SweepVersusPoll extends Nodes {
        public SweepVersusPoll() {
            super(0);
        }

        @Actor
        public void sweeper() {
            queue.sweep(SWEPT);
        }

        @Actor
        public void consumer() {
            Reservation own = new Reservation();
            for (int i = 0; i < 4; i++) {
                take(1, queue.poll(own, 2));
            }
            queue.takeBack(own);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result);
        }
    }

    /** In two segments, between the third and the fourth of the tasks. */
    @JCStressTest
    @JCStressMeta(SweepTest.class)
    @State
    public static class TwoSweepAtSegmentEnd extends Nodes {
        public TwoSweepAtSegmentEnd() {
            super(SLOTS_IN_SEGMENT - 3);
        }

        @Actor
        public void sweeper1() {
            queue.sweep(SWEPT);
        }

        @Actor
        public void sweeper2() {
            queue.sweep(SWEPT);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(SweepTest.class)
    @State
    public static class SweepVersusStandby {
        private final DagCore core = Graph.core();
        private final TaskNode<Integer> task = Graph.launched(core, Graph.prioritised(() -> 1, Priority.NORMAL));
        private final int delay = ThreadLocalRandom.current().nextInt(LONGEST_DELAY);

        public SweepVersusStandby() {
            task.countDown(1);
            core.workers().standBy();
            core.workers().offer(task);
        }

        @Actor
        public void standby() {
            new Worker(core, core.workers(), true).run();
        }

        @Actor
        public void sweeper() {
            Graph.spin(delay);
            core.workers().sweep(OFTEN, null);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = Graph.ends(task) ? "runs" : "is lost";
        }
    }
}
