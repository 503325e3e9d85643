package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Node;
import dev.regions.core.schedule.ReadyQueue.Reservation;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * A consumer reserves several nodes, and is held up by the first of them; another one takes over the rest:
 *
 *   owner:    move the counter past a b c d;    take a, claim it ... (blocks)
 *   other:    poll: nothing;                    look through the slots: claim b, c, d
 *
 * A race loses a node: the other finds the queue empty because of the reservation, and does not find it reserved,
 * either. Or the owner comes back, and the two run it twice.
 *
 * r1 is how often each node was claimed, in the race and by a last look afterwards.
 */
@Outcome(id = "each once", expect = ACCEPTABLE, desc = "Every node was claimed by one of them.")
@Outcome(expect = FORBIDDEN, desc = "A node is lost, or was claimed twice.")
public class ReservationTest {
    private static final int SLOTS_IN_SEGMENT = 1024;
    private static final Node USED = Graph.task(null);

    private abstract static class Nodes {
        final ReadyQueue queue = new ReadyQueue();
        private final Node[] nodes;
        private final int[] owners;

        /** Leaves the given number of nodes in the queue, the first of them at the given index of a segment. */
        Nodes(int used, int count) {
            for (int i = 0; i < used; i++) {
                queue.offer(USED);
                queue.poll();
            }
            nodes = new Node[count];
            owners = new int[count];
            for (int i = 0; i < count; i++) {
                nodes[i] = Graph.wired(Graph.task(null));
                queue.offer(nodes[i]);
            }
        }

        /** Claims what a worker would run. */
        boolean claim(Node node, int worker) {
            boolean claimed = node.claim(worker);
            for (int i = 0; claimed && i < nodes.length; i++) {
                if (nodes[i] == node) {
                    owners[i] += worker; // one writer, unless it is claimed twice
                }
            }
            return claimed;
        }

        /** Polls until there is nothing, and then takes over until there is nothing. */
        void runAll(int worker) {
            Reservation own = new Reservation();
            for (Node node; (node = queue.poll(own, 4)) != null; ) {
                claim(node, worker);
            }
            for (Node node; (node = queue.stealReserved()) != null; ) {
                claim(node, worker);
            }
        }

        void report(L_Result result) {
            runAll(100);
            StringBuilder wrong = new StringBuilder();
            for (int i = 0; i < owners.length; i++) {
                if (owners[i] != 1 && owners[i] != 2 && owners[i] != 100) {
                    wrong.append(i).append(" by ").append(owners[i]).append(' ');
                }
            }
            result.r1 = wrong.isEmpty() ? "each once" : wrong.toString();
        }
    }

    @JCStressTest
    @JCStressMeta(ReservationTest.class)
    @State
    public static class OwnerBlocks extends Nodes {
        public OwnerBlocks() {
            super(0, 8);
        }

        @Actor
        public void owner() {
            Node first = queue.poll(new Reservation(), 4);
            if (first != null) {
                claim(first, 1);
            }
        }

        @Actor
        public void other() {
            runAll(2);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(ReservationTest.class)
    @State
    public static class OwnerGoesOn extends Nodes {
        public OwnerGoesOn() {
            super(0, 8);
        }

        @Actor
        public void owner() {
            Reservation own = new Reservation();
            for (Node node; (node = queue.poll(own, 4)) != null; ) {
                claim(node, 1);
            }
        }

        @Actor
        public void other() {
            runAll(2);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result);
        }
    }

    /*
     * At the end of segments. Each consumer that advances the head unlinks old segments that are used up:
     *
     *   owner:    reserves to the end of a segment;   advances the head;    unlinks the segments before ...
     *   other:    reserves in the next ones;          advances the head;    unlinks more
     *
     * A race shows as a segment that is unlinked before all of its tasks are reserved and taken: they are lost.
     */
    @JCStressTest
    @JCStressMeta(ReservationTest.class)
    @State
    public static class AtTheEndOfSegments extends Nodes {
        public AtTheEndOfSegments() {
            super(SLOTS_IN_SEGMENT - 2, SLOTS_IN_SEGMENT + 8);
        }

        private void half(int worker) {
            Reservation own = new Reservation();
            int taken = 0;
            for (Node node; taken < SLOTS_IN_SEGMENT / 2 + 4 && (node = queue.poll(own, 4)) != null; taken++) {
                claim(node, worker);
            }
        }

        @Actor
        public void owner() {
            half(1);
        }

        @Actor
        public void other() {
            half(2);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result);
        }
    }

    /*
     * A consumer steals reserved tasks while another one unlinks a segment on its way:
     *
     *   consumer:  advances the head;            unlinks the oldest segment, which then leads to itself
     *   other:     begins at the oldest segment; goes on to the next: b c d, reserved there
     *
     * A race shows as a consumer that takes the unlinked segment for the last one, and does not visit the rest.
     */
    @JCStressTest
    @Outcome(id = "3", expect = ACCEPTABLE, desc = "The other has found all that was left.")
    @Outcome(expect = FORBIDDEN, desc = "It has gone away too early, or goes round for ever.")
    @State
    public static class LetGoMeanwhile {
        private final ReadyQueue queue = new ReadyQueue();

        public LetGoMeanwhile() {
            for (int i = 0; i < 2 * SLOTS_IN_SEGMENT - 4; i++) {
                queue.offer(USED);
                queue.poll();
            }
            for (int i = 0; i < 4; i++) {
                queue.offer(Graph.wired(Graph.task(null)));
            }
            queue.offer(USED); // in the next segment, and not to be taken over
            queue.poll(new Reservation(), 4).claim(1);
        }

        @Actor
        public void consumer() {
            queue.poll();
        }

        @Actor
        public void other(I_Result result) {
            int found = 0;
            for (Node node; (node = queue.stealReserved()) != null; ) {
                found += node.claim(2) ? 1 : 0;
            }
            result.r1 = found;
        }
    }

    /*
     * The owner's slice is over, and it offers again what it has not come to:
     *
     *   owner:   read slot: b;   offer b;   slot: b -> null;   and so on
     *   other:   poll what is there, take over from the slots
     */
    @JCStressTest
    @JCStressMeta(ReservationTest.class)
    @State
    public static class OwnerGivesBack extends Nodes {
        private final Reservation own = new Reservation();

        public OwnerGivesBack() {
            super(0, 8);
            claim(queue.poll(own, 4), 1);
        }

        @Actor
        public void owner() {
            queue.takeBack(own);
        }

        @Actor
        public void other() {
            runAll(2);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result);
        }
    }
}
