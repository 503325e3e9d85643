package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.queue.BulkQueue;
import dev.regions.queue.QueueStack;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * A region on another thread ends, while a task's body waits for a task that the region holds:
 *
 *   region: home := the core;    status: UNLAUNCHED -> WAITING
 *   waiter: read home;           status is UNLAUNCHED?    is home a queue that this thread has open?
 *
 * To wait for what one's own open region holds is an error, for that wait could never end. This waiter holds nothing.
 * But the core is the root queue of every task's body: if the waiter reads home as it will be and status as it was, it
 * takes the root for a region of its own that it has open, and refuses to wait.
 */
@JCStressTest
@Outcome(id = "waits", expect = ACCEPTABLE, desc = "From any other thread, one waits.")
@Outcome(expect = FORBIDDEN, desc = "The wait is refused, though it would have ended.")
@State
public class LaunchVersusWaitTest {
    private final TaskNode<?> task = Graph.task(null);

    public LaunchVersusWaitTest() {
        task.heldBy(new BulkQueue(Graph.INERT));
    }

    @Actor
    public void region() {
        task.launch(Graph.INERT);
    }

    @Actor
    public void waiter(L_Result result) {
        result.r1 = QueueStack.callAtRoot(Graph.INERT, Graph.INERT, () -> {
            try {
                task.get(1, TimeUnit.NANOSECONDS);
                return "got a result";
            } catch (TimeoutException e) {
                return "waits";
            } catch (Exception e) {
                return "refused: " + e.getClass().getSimpleName();
            }
        });
    }
}
