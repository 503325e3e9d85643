package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Node;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * Two workers enter their deques at a time, or one leaves while another enters.
 *
 * r1 is how many of two have a deque, and whether the tasks of those are found.
 */
public class WorkerDequesTest {
    private static final Thread ONE = Thread.ofPlatform().unstarted(() -> {});
    private static final Thread IN_THE_SAME_PLACE = another(true);
    private static final Thread ELSEWHERE = another(false);

    private static Thread another(boolean samePlace) {
        Thread thread;
        do {
            thread = Thread.ofPlatform().unstarted(() -> {});
        } while (((thread.threadId() - ONE.threadId()) % WorkerDeques.PLACES == 0) != samePlace);
        return thread;
    }

    private abstract static class Two {
        final WorkerDeques deques = new WorkerDeques();
        final Node a = Graph.wired(Graph.task(null));
        final Node b = Graph.wired(Graph.task(null));
        boolean aEntered;
        boolean bEntered;

        boolean enter(Thread thread, Node node) {
            WorkerDeque deque = deques.enter(thread);
            return deque != null && deques.push(deque, node);
        }

        void report(L_Result result) {
            for (Node node; (node = deques.take(0)) != null; ) {
                node.claim(1);
            }
            String entered = aEntered && bEntered ? "both" : aEntered || bEntered ? "one" : "none";
            boolean found = aEntered == (a.runner() == 1) && bEntered == (b.runner() == 1);
            result.r1 = entered + (found ? ", and found" : ", and not found");
        }
    }

    /*
     * By the numbers of their threads both want the same place:
     *
     *   each:   look whether the place is empty;   place: null -> deque;   push a task
     *
     * A race has both believe that they have it, and nobody finds the task of one of them.
     */
    @JCStressTest
    @Outcome(id = "one, and found", expect = ACCEPTABLE, desc = "One of them has a deque.")
    @Outcome(expect = FORBIDDEN, desc = "Both have one, or none, or one that is not found.")
    @State
    public static class OnePlace extends Two {
        @Actor
        public void one() {
            aEntered = enter(ONE, a);
        }

        @Actor
        public void two() {
            bEntered = enter(IN_THE_SAME_PLACE, b);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result);
        }
    }

    /* Both set their bits in the same word. */
    @JCStressTest
    @Outcome(id = "both, and found", expect = ACCEPTABLE, desc = "Each has a deque.")
    @Outcome(expect = FORBIDDEN, desc = "One has none, or one that is not found.")
    @State
    public static class TwoPlaces extends Two {
        @Actor
        public void one() {
            aEntered = enter(ONE, a);
        }

        @Actor
        public void two() {
            bEntered = enter(ELSEWHERE, b);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result);
        }
    }

    /*
     * A worker leaves, and another one gets its place:
     *
     *   leaving:    bit off;   place: deque -> null
     *   entering:                                     place: null -> deque;   bit on;   push a task
     *
     * A race has the bit off with a task there, or the bit of another place on.
     */
    @JCStressTest
    @Outcome(id = "one, and found", expect = ACCEPTABLE, desc = "The other one has a deque.")
    @Outcome(id = "none, and found", expect = ACCEPTABLE, desc = "It came too early.")
    @Outcome(expect = FORBIDDEN, desc = "It has one that is not found.")
    @State
    public static class PlaceChangesHands extends Two {
        private final WorkerDeque leaving = Objects.requireNonNull(deques.enter(ONE));

        public PlaceChangesHands() {
            deques.push(leaving, a);
            leaving.poll();
        }

        @Actor
        public void leaving() {
            deques.leave(leaving);
        }

        @Actor
        public void entering() {
            for (int tries = 0; tries < 100 && !bEntered; tries++) {
                bEntered = enter(IN_THE_SAME_PLACE, b);
            }
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result);
        }
    }
}
