package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.diagnostics.Diagnostics;
import dev.regions.core.diagnostics.ObserverSet;
import dev.regions.core.diagnostics.Subscription;
import dev.regions.core.diagnostics.TaskRecord;
import dev.regions.observe.TaskObserver;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZJL_Result;

/*
 * An observed task completes, and another thread, which sees that, expects the event in the observer's queue:
 *
 *   finisher: offer the end to the queue;    outcome := the result
 *   onlooker: read outcome;                  if there is one, look into the queue
 *
 * A race shows as a task that is final while its end is not in the queue: who waits for it, and then flushes the queue,
 * would miss the end.
 *
 * r1 is whether the task was seen final, r2 how many events were in the queue then, r3 how it all ended.
 */
@JCStressTest
@Outcome(id = "true, 1, SUCCEEDED 1", expect = ACCEPTABLE, desc = "Final, and the end is there.")
@Outcome(id = "false, 0, SUCCEEDED 1", expect = ACCEPTABLE, desc = "Not final yet.")
@Outcome(id = "false, 1, SUCCEEDED 1", expect = ACCEPTABLE_INTERESTING, desc = "The race was met: about to be final.")
@Outcome(expect = FORBIDDEN, desc = "Final without an end in the queue, or told twice.")
@State
public class ObservedEndTest {
    private final Subscription subscription = new Subscription("stress", new TaskObserver() {}, 4, gone -> {});
    private final TaskNode<Integer> task = Graph.task(null);
    private final TaskRecord observation = new TaskRecord(
            new ObserverSet(Diagnostics.of(Graph.INERT).observers(), new Subscription[] {subscription}, null, false),
            null,
            false,
            0,
            null);

    public ObservedEndTest() {
        task.observe(observation);
        Graph.running(task);
    }

    @Actor
    public void finisher() {
        Graph.succeed(task, Graph.hand());
    }

    @Actor
    public void onlooker(ZJL_Result result) {
        result.r1 = task.isCompleted();
        result.r2 = subscription.offered();
    }

    @Arbiter
    public void afterwards(ZJL_Result result) {
        result.r3 = observation.state() + " " + subscription.offered();
    }
}
