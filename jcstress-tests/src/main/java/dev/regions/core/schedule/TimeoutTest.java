package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.TaskNode;
import dev.regions.core.util.Timer;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * The time of an attempt is up, while its body ends by itself:
 *
 *   timer:  alarm: SET -> GONE_OFF;       interrupt the worker;                    delivered := true
 *   worker: alarm: SET -> CALLED_OFF;     too late? wait until it is delivered;    clear the interrupt
 *
 * A race lets the interrupt hit the next task, or whatever the thread does after that.
 *
 * r1 is how the task ended, r2 what the next one on the same thread has seen, r3 what the thread is left with.
 */
@JCStressTest
@Outcome(id = "SUCCEEDED, other not, thread not", expect = ACCEPTABLE, desc = "It ended in time.")
@Outcome(id = "FAILED, other not, thread not", expect = ACCEPTABLE, desc = "Its time was up.")
@Outcome(expect = FORBIDDEN, desc = "The interrupt has hit another task, or the thread.")
@State
public class TimeoutTest {
    private static final int LONGEST_DELAY = 256;

    private final DagCore core = Graph.coreWithoutTimer();
    private final int delay = ThreadLocalRandom.current().nextInt(LONGEST_DELAY);
    private final TaskNode<Integer> task = Graph.task(this::run, null);
    private final TaskNode<Integer> next;
    private volatile boolean began;
    private volatile boolean timerIsThere;
    private volatile boolean nextInterrupted;

    public TimeoutTest() {
        Objects.requireNonNull(task.changeAttributes()).timeoutNanos = Long.MAX_VALUE;
        Graph.launched(core, task);
        task.countDown(1);
        next = Graph.wired(core, Graph.task(this::runNext, Graph.soft(task)));
        core.workers().offer(task);
    }

    private int run() {
        began = true;
        Graph.spinUntil(() -> timerIsThere);
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
        new Worker(core, core.workers(), true).run();
        result.r3 = Thread.interrupted() ? "thread interrupted" : "thread not";
    }

    @Actor
    public void timer() {
        Graph.spinUntil(() -> began);
        timerIsThere = true;
        Graph.spin(delay);
        Timer timer = task.attributes().timeoutTimer;
        if (timer != null) {
            timer.run();
        }
    }

    @Arbiter
    public void afterwards(LLL_Result result) {
        result.r1 = Graph.ends(task) ? task.taskState() : "not final";
        result.r2 = !Graph.ends(next) ? "other never ran" : nextInterrupted ? "other interrupted" : "other not";
    }
}
