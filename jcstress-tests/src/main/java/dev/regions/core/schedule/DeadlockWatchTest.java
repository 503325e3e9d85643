package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.diagnostics.Diagnostics;
import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Link;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * A task begins to wait while the deadlock detector finishes a scan:
 *
 *   waiter: publish the waiter;        watch: null -> timer?      schedule the next scan
 *   timer:  watch := null;             does a task wait?          if so, watch: null -> timer, schedule the next scan
 *
 * A race shows as a task that waits while no scan is scheduled: a deadlock is not found until another task waits.
 *
 * r1 is whether there will be another scan.
 */
@JCStressTest
@Outcome(id = "watches", expect = ACCEPTABLE, desc = "One of the two has scheduled the next scan.")
@Outcome(expect = FORBIDDEN, desc = "A task waits, and no scan is scheduled.")
@State
public class DeadlockWatchTest {
    private final DagCore core = Graph.coreWithoutTimer();
    private final Worker worker = new Worker(core, core.workers(), true);
    private final Link.Waiter waiter = new Link.Waiter(Graph.task(null), worker);

    public DeadlockWatchTest() {
        core.workers().enter(worker);
        Diagnostics.of(core).deadlocks().watch(); // the look that the timer is at
    }

    @Actor
    public void waiter() {
        worker.waitsFor(waiter);
    }

    @Actor
    public void timer() {
        Diagnostics.of(core).deadlocks().tick();
    }

    @Arbiter
    public void afterwards(L_Result result) {
        result.r1 = Diagnostics.of(core).deadlocks().isWatching() ? "watches" : "does not watch";
    }
}
