package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.diagnostics.Diagnostics;
import dev.regions.core.diagnostics.ObserverRegistry;
import dev.regions.core.diagnostics.ObserverSet;
import dev.regions.core.diagnostics.Subscription;
import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Link;
import dev.regions.observe.TaskObserver;
import dev.regions.task.DeadlockException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZJ_Result;

/*
 * A deadlock was found. One of its waits is ended, and the waiting thread expects the observers to be notified:
 *
 *   detector: offer the deadlock to the observers' queue;    end the wait
 *   waiter:   is the wait over?                              if so, read the queue
 *
 * A race shows as a waiter that goes on before the observers are notified: its next event precedes the deadlock in the
 * order of events.
 *
 * r1 is whether the wait was over, r2 how many events were in the queue then.
 */
@JCStressTest
@Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "Freed, and the observers know.")
@Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "Still waiting.")
@Outcome(id = "false, 1", expect = ACCEPTABLE_INTERESTING, desc = "The race was met: about to be freed.")
@Outcome(expect = FORBIDDEN, desc = "Freed, and the observers do not know.")
@State
public class DeadlockToldTest {
    private static final DeadlockException FOUND = new DeadlockException("deadlock");

    private final DagCore core = Graph.coreWithoutTimer();
    private final Subscription subscription = new Subscription("stress", new TaskObserver() {}, 4, gone -> {});
    private final Link.Waiter waiter = new Link.Waiter(Graph.task(null), null);

    public DeadlockToldTest() {
        ObserverRegistry observers = Diagnostics.of(core).observers();
        observers.use(new ObserverSet(observers, new Subscription[] {subscription}, null, false));
    }

    @Actor
    public void finder() {
        Diagnostics.of(core).deadlocks().breakUp(waiter, FOUND);
    }

    @Actor
    public void freed(ZJ_Result result) {
        result.r1 = waiter.deadlock() != null;
        result.r2 = subscription.offered();
    }
}
