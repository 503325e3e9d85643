package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Node;
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
 *   owner:   claim;   slot: a -> null;   tail back over empty slots;      slot: null -> b;   tail up
 *   taker:   read tail, and a in the slot;                                slot: a -> null;   claim
 *
 * A race sets b to null, or moves the tail back below a task that is there.
 *
 * r1 is what nobody has claimed, in the race or by a last look afterwards.
 */
@Outcome(id = "each once", expect = ACCEPTABLE, desc = "Every task was claimed by one of them.")
@Outcome(expect = FORBIDDEN, desc = "A task is lost.")
public class WorkerDequeTest {
    private abstract static class Tasks {
        final WorkerDeque deque = new WorkerDeque(Thread.currentThread());
        final Node a = Graph.wired(Graph.task(null));
        final Node b = Graph.wired(Graph.task(null));
        final Node c = Graph.wired(Graph.task(null));

        /** Called by the owner: joins a task of the deque. */
        void join(Node node) {
            node.claim(1);
            deque.remove(node);
        }

        void takeOne(int worker) {
            claim(deque.take(), worker);
        }

        void claim(Node node, int worker) {
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

    /* The older one is joined, and leaves an empty slot below. */
    @JCStressTest
    @JCStressMeta(WorkerDequeTest.class)
    @State
    public static class JoinOlder extends Tasks {
        public JoinOlder() {
            deque.push(a);
            deque.push(b);
        }

        @Actor
        public void owner() {
            join(a);
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

    /* The owner has ended its task, takes what is there as others do, and spawns more in the next. */
    @JCStressTest
    @JCStressMeta(WorkerDequeTest.class)
    @State
    public static class OwnerPolls extends Tasks {
        public OwnerPolls() {
            deque.push(a);
            deque.push(b);
        }

        @Actor
        public void owner() {
            claim(deque.poll(), 1);
            claim(deque.poll(), 1);
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

    /* It is full, and the owner moves all to the queue. */
    @JCStressTest
    @JCStressMeta(WorkerDequeTest.class)
    @State
    public static class OwnerMovesAll extends Tasks {
        private final ReadyQueue queue = new ReadyQueue();

        public OwnerMovesAll() {
            deque.push(a);
            deque.push(b);
        }

        @Actor
        public void owner() {
            deque.moveAll(queue);
            deque.push(c);
        }

        @Actor
        public void taker() {
            takeOne(2);
            takeOne(2);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            for (Node node; (node = queue.poll()) != null; ) {
                node.claim(3);
            }
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
}
