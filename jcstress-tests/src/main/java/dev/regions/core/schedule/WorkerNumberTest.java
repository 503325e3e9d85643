package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/*
 * Two workers begin at the same time, and each draws the number by which its tasks refer to it:
 *
 *   worker 1: draw a number;   enter under it, unless somebody has it
 *   worker 2: draw a number;   enter under it, unless somebody has it
 *
 * A race gives both the same number: an interrupt meant for a task of one hits the other.
 *
 * r1 is whether the numbers differ, r2 how many workers are known.
 */
@JCStressTest
@Outcome(id = "different, 2", expect = ACCEPTABLE, desc = "Each has its own.")
@Outcome(expect = FORBIDDEN, desc = "Two workers under one number.")
@State
public class WorkerNumberTest {
    private static final DagCore CORE = Graph.core();

    private final WorkerPool workers = new WorkerPool(CORE, "stress");
    private int number1;
    private int number2;

    @Actor
    public void worker1() {
        number1 = workers.enter(new Worker(CORE, workers, true));
    }

    @Actor
    public void worker2() {
        number2 = workers.enter(new Worker(CORE, workers, true));
    }

    @Arbiter
    public void afterwards(LL_Result result) {
        result.r1 = number1 == number2 ? "the same" : "different";
        result.r2 = workers.count();
    }
}
