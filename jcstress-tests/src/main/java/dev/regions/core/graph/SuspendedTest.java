package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.schedule.DagCore;
import dev.regions.core.schedule.Worker;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * A task that joins another one, in place, is cancelled while it goes back to its own body, and ends:
 *
 *   canceller: outcome: stack -> request on the stack; which task is on top? outcome: request -> Unsettled if suspended
 *   worker:    ... inner ...;    outer on top;    ... rest of the body ...;  outcome: request -> cancelled; or settle
 *
 * One of the two compare-and-sets from the request succeeds, and its thread takes the stack. Either way, the task that
 * comes after the outer one runs when the body of that has ended. A race notifies a link twice or never, or starts that
 * task too early.
 *
 * r1 is the state of the outer task, r2 how often its link was notified, r3 whether the one that comes after found the
 * body over.
 */
@JCStressTest
@Outcome(id = "CANCELLED, notified 1x, in order", expect = ACCEPTABLE, desc = "The task was cancelled.")
@Outcome(id = "SUCCEEDED, notified 1x, in order", expect = ACCEPTABLE_INTERESTING, desc = "It was too late to cancel.")
@Outcome(expect = FORBIDDEN, desc = "Ended twice, or never, or a successor has overtaken the body.")
@State
public class SuspendedTest {
    private static final int LONGEST_DELAY = 512;

    private final DagCore core = Graph.core();
    private final int delay = ThreadLocalRandom.current().nextInt(LONGEST_DELAY);
    private final AtomicInteger notified = new AtomicInteger();
    private final TaskNode<Integer> outer = Graph.wired(core, Graph.task(this::runOuter, null));
    private final TaskNode<Integer> inner = Graph.wired(core, Graph.task(this::runInner, null));
    private final TaskNode<Integer> after = Graph.wired(core, Graph.task(this::runAfter, Graph.soft(outer)));
    private volatile boolean innerBegan;
    private volatile boolean bodyRuns;
    private volatile String order = "never ran";

    public SuspendedTest() {
        outer.push(new Link.Callback(notified::incrementAndGet));
        core.workers().offer(outer);
    }

    private int runOuter() throws InterruptedException {
        bodyRuns = true;
        try {
            inner.join();
            Graph.spin(LONGEST_DELAY / 4);
        } finally {
            bodyRuns = false;
        }
        return 1;
    }

    private int runInner() {
        innerBegan = true;
        Graph.spin(LONGEST_DELAY / 2);
        return 1;
    }

    private int runAfter() {
        order = bodyRuns ? "too early" : "in order";
        return 1;
    }

    @Actor
    public void worker() {
        new Worker(core, core.workers(), true).run();
        Thread.interrupted();
    }

    @Actor
    public void canceller() {
        Graph.spinUntil(() -> innerBegan);
        Graph.spin(delay);
        outer.cancel();
    }

    @Arbiter
    public void afterwards(LLL_Result result) {
        Graph.ends(after);
        result.r1 = outer.taskState();
        result.r2 = "notified " + notified.get() + "x";
        result.r3 = order;
    }
}
