package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.TaskNode;
import dev.regions.task.Priority;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * The first tasks of other than normal priority become ready. Their queues are made then:
 *
 *   producer 1: no ranks yet: ranks: null -> new ones;      offer to what is there now
 *   producer 2: no ranks yet: ranks: null -> new ones;      offer to what is there now
 *
 * A race offers a task to queues that are replaced, and it is never run.
 *
 * A worker that has found no ranks goes away meanwhile. That is the hand-shake of the standby, over one more field:
 *
 *   producer: make the ranks, offer the task;    read standby:              if clear, set it and start a worker
 *   worker:   clear standby;                     read the ranks, and poll;  nothing there? go away
 *
 * r1 is how many of the tasks were polled, or where the task ran.
 */
@Outcome(id = "2 polled", expect = ACCEPTABLE, desc = "Both are in the queues.")
@Outcome(id = "on the worker", expect = ACCEPTABLE, desc = "The worker has seen it.")
@Outcome(id = "on a new worker", expect = ACCEPTABLE, desc = "The worker was gone; the producer has seen that.")
@Outcome(expect = FORBIDDEN, desc = "A task is lost.")
public class PriorityQueuesTest {
    private static final int LONGEST_DELAY = 1536;
    private static final int POLLS = 4;

    @JCStressTest
    @JCStressMeta(PriorityQueuesTest.class)
    @State
    public static class TwoMakeThem {
        private static final DagCore CORE = Graph.core();
        private static final TaskNode<?> HIGH = Graph.wired(CORE, Graph.prioritised(() -> 1, Priority.HIGH));
        private static final TaskNode<?> LOW = Graph.wired(CORE, Graph.prioritised(() -> 1, Priority.LOW));

        private final WorkerPool workers = new WorkerPool(CORE, "stress");

        @Actor
        public void producer1() {
            workers.offer(HIGH);
        }

        @Actor
        public void producer2() {
            workers.offer(LOW);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            int polled = 0;
            ReadyQueue.Reservation own = new ReadyQueue.Reservation();
            for (int turn = 1; turn <= POLLS; turn++) {
                polled += workers.poll(turn, null, own, 1) == null ? 0 : 1;
            }
            result.r1 = polled + " polled";
        }
    }

    @JCStressTest
    @JCStressMeta(PriorityQueuesTest.class)
    @State
    public static class WorkerGoesAway {
        private final DagCore core = Graph.core();
        private final TaskNode<Integer> task = Graph.launched(core, Graph.prioritised(this::run, Priority.HIGH));
        private final int delay = ThreadLocalRandom.current().nextInt(LONGEST_DELAY);
        private volatile String ranOn;

        public WorkerGoesAway() {
            task.countDown(1);
            core.workers().standBy();
        }

        private int run() {
            ranOn = Thread.currentThread().isVirtual() ? "on a new worker" : "on the worker";
            return 1;
        }

        @Actor
        public void worker() {
            new Worker(core, core.workers(), true).run();
        }

        @Actor
        public void producer() {
            Graph.spin(delay);
            core.workers().schedule(task);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = Graph.ends(task) ? ranOn : "nobody came";
        }
    }
}
