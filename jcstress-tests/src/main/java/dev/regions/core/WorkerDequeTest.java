package dev.regions.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * A worker joins the newest task of its deque, and spawns another one, while somebody takes the oldest:
 *
 *   owner:   tail back;   claim;   read head: below? leave it     here? tail up again;     push c
 *   taker:   read head, tail, and what is there;   head up, from what was read;   claim
 *
 * A race puts c where the taker has looked before, and the taker moves the head past it: c is lost. Or two have taken the same,
 * and both run it.
 *
 * r1 is how often each task was claimed, in the race and by a last look afterwards.
 */
@Outcome(id = "each once", expect = ACCEPTABLE, desc = "Every task was claimed by one of them.")
@Outcome(expect = FORBIDDEN, desc = "A task is lost, or was claimed twice.")
public class WorkerDequeTest {
    private static final Node SPENT = Graph.task(null);

    private abstract static class Tasks {
        final WorkerDeque deque = new WorkerDeque();
        final Node a = Graph.wired(Graph.task(null));
        final Node b = Graph.wired(Graph.task(null));
        final Node c = Graph.wired(Graph.task(null));
        final Node d = Graph.wired(Graph.task(null));

        /** Called by the owner: joins a task of the deque. */
        void join(Node node) {
            deque.claim(node, 1);
        }

        void takeOne(int worker) {
            Node node = deque.take();
            if (node != null) {
                node.claim(worker);
            }
        }

        /** Takes what is left, and says which of the given tasks were not there and are claimed by nobody. */
        void report(L_Result result, Node... nodes) {
            for (Node node; (node = deque.take()) != null; ) {
                node.claim(3);
            }
            StringBuilder lost = new StringBuilder();
            for (int i = 0; i < nodes.length; i++) {
                if (nodes[i].runner() == 0) {
                    lost.append(i).append(" is lost ");
                }
            }
            result.r1 = lost.isEmpty() ? "each once" : lost.toString();
        }
    }

    @JCStressTest
    @JCStressMeta(WorkerDequeTest.class)
    @State
    public static class JoinLast extends Tasks {
        public JoinLast() {
            deque.push(a);
        }

        @Actor
        public void owner() {
            join(a);
            deque.push(b);
        }

        @Actor
        public void taker() {
            takeOne(2);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result, a, b);
        }
    }

    @JCStressTest
    @JCStressMeta(WorkerDequeTest.class)
    @State
    public static class JoinNewest extends Tasks {
        public JoinNewest() {
            deque.push(a);
            deque.push(b);
        }

        @Actor
        public void owner() {
            join(b);
            deque.push(c);
        }

        @Actor
        public void taker() {
            takeOne(2);
            takeOne(2);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result, a, b, c);
        }
    }

    /* The middle one was joined first. With the newest, both go, unless a taker is there. */
    @JCStressTest
    @JCStressMeta(WorkerDequeTest.class)
    @State
    public static class JoinOutOfOrder extends Tasks {
        public JoinOutOfOrder() {
            deque.push(a);
            deque.push(b);
            deque.push(c);
            join(b);
        }

        @Actor
        public void owner() {
            join(c);
            deque.push(d);
        }

        @Actor
        public void taker() {
            takeOne(2);
            takeOne(2);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result, a, b, c, d);
        }
    }

    /* All are joined, the oldest first: nothing is left, and the head is moved up by both. */
    @JCStressTest
    @JCStressMeta(WorkerDequeTest.class)
    @State
    public static class JoinAll extends Tasks {
        public JoinAll() {
            deque.push(a);
            deque.push(b);
        }

        @Actor
        public void owner() {
            join(a);
            join(b);
            deque.push(c);
        }

        @Actor
        public void taker() {
            takeOne(2);
            takeOne(2);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result, a, b, c);
        }
    }

    @JCStressTest
    @JCStressMeta(WorkerDequeTest.class)
    @State
    public static class TwoTake extends Tasks {
        public TwoTake() {
            deque.push(a);
            deque.push(b);
            deque.push(c);
        }

        @Actor
        public void one() {
            takeOne(1);
        }

        @Actor
        public void two() {
            takeOne(2);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result, a, b, c);
        }
    }

    /*
     * The deque is full, and the owner waits for room:
     *
     *   taker:   read the oldest;   head up;                          slot: that one -> null
     *   owner:                      read head: there is room;         slot: another one;   tail up
     *
     * A race sets the new one to null.
     */
    @JCStressTest
    @JCStressMeta(WorkerDequeTest.class)
    @State
    public static class Full extends Tasks {
        public Full() {
            deque.push(a);
            while (deque.push(SPENT)) {}
        }

        @Actor
        public void owner() {
            while (!deque.push(b)) {
                Thread.onSpinWait();
            }
        }

        @Actor
        public void taker() {
            takeOne(2);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result, a, b);
        }
    }
}
