package dev.regions.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/*
 * A task is spawned on two others that end meanwhile, one of them without success:
 *
 *   spawner: status := WAITING for 2;    hang it on both;    take off the edges that were satisfied already, if any
 *   others:  end;                        take an edge off each; whoever takes the last one settles
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
    private final TaskNode<Integer> one = Graph.running(Graph.task(null));
    private final TaskNode<Integer> two = Graph.running(Graph.task(null));
    private final TaskNode<Integer> task = Graph.task(new TaskNode<?>[] {one, two});

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
        Graph.fail(one, Graph.hand());
        Graph.succeed(two, Graph.hand());
    }

    @Arbiter
    public void afterwards(LL_Result result) {
        result.r2 = task.taskState() + (task.isOver() ? " over" : " not over");
    }
}
