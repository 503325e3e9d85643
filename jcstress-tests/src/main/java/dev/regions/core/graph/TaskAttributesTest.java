package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.schedule.DagCore;
import dev.regions.core.schedule.TaskFactory;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * A queue adds attributes to a task, and launches it, while a user cancels it:
 *
 *   queue: metadata := attributes;      flags: has attributes;        launch
 *   user:  outcome := cancelled;        does it have attributes?      cancel their timers
 *
 * A race shows as the flag without the attributes, or as attributes that are lost, because the completing thread clears
 * the region, which is in the same field. Then the cancellation throws halfway, and the tasks after this one wait for
 * ever.
 *
 * r1 is the state in the end, r2 how often a task after this one was made ready, r3 what an actor has thrown.
 */
@JCStressTest
@Outcome(id = "CANCELLED, 1, nothing thrown", expect = ACCEPTABLE, desc = "Cancelled, and over.")
@Outcome(expect = FORBIDDEN, desc = "The terms are lost, or the order that the task stands for is never over.")
@State
public class TaskAttributesTest {
    private static final int LONGEST_DELAY = 64;
    private static final DagCore CORE = Graph.coreWithoutTimer();

    private final TaskNode<?> before = Graph.running(CORE, Graph.task(null));
    private final TaskNode<Integer> task =
            new TaskNode<>(BodyKind.CALLABLE, Graph.BODY, before, null, new Graph.Nowhere()); // spawned in a region
    private final TaskNode<?> after = Graph.wired(CORE, Graph.task(Graph.soft(task)));
    private final Completion byUser = new Completion(CORE);
    private final Completion byQueue = new Completion(CORE);
    private final int delay = ThreadLocalRandom.current().nextInt(LONGEST_DELAY);
    private volatile String thrown = "nothing thrown";

    @Actor
    public void queue() {
        Graph.spin(delay);
        try {
            TaskFactory.expireAt(task, System.nanoTime() + Long.MAX_VALUE / 2);
            Graph.launched(CORE, task);
            Graph.wire(task, byQueue);
        } catch (RuntimeException e) {
            thrown = e.toString();
        }
    }

    @Actor
    public void user() {
        try {
            Graph.cancel(task, byUser);
        } catch (RuntimeException e) {
            thrown = e.toString();
        }
    }

    @Arbiter
    public void afterwards(LLL_Result result) {
        Graph.succeed(before, byQueue);
        result.r1 = task.isDone() ? task.taskState() : "not final";
        result.r2 = Graph.timesReady(after, byUser, byQueue);
        result.r3 = thrown;
    }
}
