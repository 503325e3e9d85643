package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.TaskNode;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/*
 * A task's body joins a task that is ready, while a worker polls that:
 *
 *   joiner: status: READY -> RUNNING, here;     run it in place, and return
 *   worker: status: READY -> RUNNING, there;    run it, and wake the joiner
 *
 * A race runs the body twice, or lets the joiner wait for ever: it must wait if the worker has the task.
 *
 * r1 is what the joiner got, r2 how often the body ran.
 */
@JCStressTest
@Outcome(id = "42, 1", expect = ACCEPTABLE, desc = "It ran once, and the joiner has the result.")
@Outcome(expect = FORBIDDEN, desc = "It ran twice, or never, or the joiner was not told.")
@State
public class InPlaceTest {
    private final DagCore core = Graph.core();
    private final AtomicInteger runs = new AtomicInteger();
    private final TaskNode<Integer> inner = Graph.wired(core, Graph.task(this::run, null));
    private final TaskNode<Integer> outer = Graph.wired(core, Graph.task(inner::join, null));

    public InPlaceTest() {
        core.workers().offer(outer);
    }

    private int run() {
        runs.incrementAndGet();
        return 42;
    }

    @Actor
    public void joiner() {
        new Worker(core, core.workers(), true).run();
    }

    @Actor
    public void worker() {
        core.workers().offer(inner);
        new Worker(core, core.workers(), true).run();
    }

    @Arbiter
    public void afterwards(II_Result result) {
        result.r1 = Graph.ends(outer) ? outer.resultNow() : 0;
        result.r2 = runs.get();
    }
}
