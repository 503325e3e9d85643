package dev.regions.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * A running task is cancelled without an interrupt, and then twice with one, while it ends:
 *
 *   first:   status := CANCELLING;          push a request that says so
 *   others:  status is CANCELLING;          push another;            interrupt;    delivered := true
 *   worker:  take the stack;                wait until every request on it is delivered;    clear the interrupt
 *
 * A race lets one of the interrupts come when the task is final, and hit the next one, or the thread.
 *
 * r1 is how the task ended, r2 what the next task on the thread has seen, r3 what the thread is left with.
 */
@JCStressTest
@Outcome(id = "CANCELLED, other not, thread not", expect = ACCEPTABLE, desc = "Cancelled in time.")
@Outcome(id = "SUCCEEDED, other not, thread not", expect = ACCEPTABLE, desc = "All of them came too late.")
@Outcome(expect = FORBIDDEN, desc = "An interrupt has hit another task, or the thread.")
@State
public class SecondCancelTest {
    private static final int LONGEST_DELAY = 256;

    private final DagCore core = Graph.core();
    private final int delay = ThreadLocalRandom.current().nextInt(LONGEST_DELAY);
    private final TaskNode<Integer> task = Graph.wired(core, Graph.task(this::run, null));
    private final TaskNode<Integer> next = Graph.wired(core, Graph.task(this::runNext, Graph.soft(task)));
    private volatile boolean began;
    private volatile boolean nextInterrupted;

    public SecondCancelTest() {
        core.workers().offer(task);
    }

    private int run() {
        began = true;
        Graph.spin(LONGEST_DELAY / 2);
        return 1;
    }

    private int runNext() {
        Graph.spin(LONGEST_DELAY / 4);
        nextInterrupted = Thread.currentThread().isInterrupted();
        return 1;
    }

    @Actor
    public void worker(LLL_Result result) {
        new Worker(core, core.workers()).run();
        result.r3 = Thread.interrupted() ? "thread interrupted" : "thread not";
    }

    @Actor
    public void first() {
        Graph.spinUntil(() -> began);
        task.cancel(false);
        task.cancel(true);
    }

    @Actor
    public void second() {
        Graph.spinUntil(() -> began);
        Graph.spin(delay);
        task.cancel(true);
    }

    @Arbiter
    public void afterwards(LLL_Result result) {
        result.r1 = Graph.ends(task) ? task.taskState() : "never ended";
        result.r2 = !Graph.ends(next) ? "other never ran" : nextInterrupted ? "other interrupted" : "other not";
    }
}
