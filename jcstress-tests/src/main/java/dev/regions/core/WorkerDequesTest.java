package dev.regions.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/*
 * Two workers enter their deques at a time:
 *
 *   each:   look for an empty place;   place: null -> deque;   push a task
 *
 * A race has both in one place, and nobody finds the tasks of one of them.
 *
 * r1 and r2 are whether the task of the first and of the second is found.
 */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Both are found.")
@Outcome(expect = FORBIDDEN, desc = "A deque is in no place.")
@State
public class WorkerDequesTest {
    private final WorkerDeques deques = new WorkerDeques();
    private final Node a = Graph.wired(Graph.task(null));
    private final Node b = Graph.wired(Graph.task(null));

    private void enter(Node node) {
        WorkerDeque deque = new WorkerDeque();
        deques.enter(deque);
        deque.push(node);
    }

    @Actor
    public void one() {
        enter(a);
    }

    @Actor
    public void two() {
        enter(b);
    }

    @Arbiter
    public void afterwards(ZZ_Result result) {
        for (Node node; (node = deques.take(1)) != null; ) {
            node.claim(1);
        }
        result.r1 = a.runner() == 1;
        result.r2 = b.runner() == 1;
    }
}
