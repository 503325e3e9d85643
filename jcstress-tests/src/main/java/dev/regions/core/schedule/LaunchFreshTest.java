package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.TaskNode;
import java.util.Arrays;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/*
 * A task is spawned on two others that end meanwhile, one of them without success:
 *
 *   spawner: status := WAITING for 10;   hang it on each;    take off the edges that were satisfied already, if any
 *   others:  end;                        take an edge off each; the thread that takes the last one settles it
 *
 * The spawner has no guard. Where it has taken nothing off, it must leave the task alone: a race settles it twice.
 *
 * r1 is what the spawner has seen, r2 how the task ended.
 */
@JCStressTest
@Outcome(id = "spawned, SKIPPED over", expect = ACCEPTABLE, desc = "Skipped and settled by one of the two.")
@Outcome(expect = FORBIDDEN, desc = "Settled twice, or never.")
@State
public class LaunchFreshTest {
    /** More than a task is detached from, for then none of the two would settle it. */
    private static final int OTHERS = 9;

    private final TaskNode<?>[] predecessors = new TaskNode<?>[1 + OTHERS];
    private final TaskNode<Integer> task = Graph.task(predecessors);

    public LaunchFreshTest() {
        Arrays.setAll(predecessors, i -> Graph.running(Graph.task(null)));
    }

    @Actor
    public void spawner(LL_Result result) {
        try {
            result.r1 = task.launchFresh(Graph.INERT) ? "ready" : "spawned";
        } catch (RuntimeException e) {
            result.r1 = e.getClass().getSimpleName();
        }
    }

    @Actor
    public void others() {
        Graph.fail(predecessors[0], Graph.hand());
        for (int i = 1; i <= OTHERS; i++) {
            Graph.succeed(predecessors[i], Graph.hand());
        }
    }

    @Arbiter
    public void afterwards(LL_Result result) {
        result.r2 = task.taskState() + (task.isSettled() ? " over" : " not over");
    }
}
