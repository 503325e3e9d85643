package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.Patience;
import dev.regions.core.graph.TaskNode;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * The last worker runs out of work while a task becomes ready:
 *
 *   producer: offer the task;       read standby: set?   leave it to the standby     clear?   set it, start a worker
 *   worker:   clear standby;        poll: nothing?       go away
 *
 * A lost wake-up leaves the task in the queue with nobody coming for it. It would hang; here the arbiter waits for the
 * task with a time limit, and says so.
 *
 * The worker is a real one, on the thread of an actor, with the real standby flag set for it. It stays for a while
 * before it goes away, so the producer takes a random time, for the two to meet at the end of that, too.
 *
 * r1 is where the task ran.
 */
@Outcome(id = "on the worker", expect = ACCEPTABLE, desc = "The worker has seen it.")
@Outcome(id = "on a new worker", expect = ACCEPTABLE, desc = "The worker was gone; the producer has seen that.")
@Outcome(expect = FORBIDDEN, desc = "Nobody came: the wake-up is lost.")
public class StandbyTest {
    /** In spins: somewhat longer than a worker stays, which is 16 looks with 64 spins between them. */
    private static final int LONGEST_DELAY = 1536;

    /** A core of which the standby is about to begin, and a task. */
    private static class OneTask {
        final DagCore core = Graph.core();
        final TaskNode<Integer> task = Graph.wired(core, Graph.task(this::run, null));
        final int delay = ThreadLocalRandom.current().nextInt(LONGEST_DELAY);
        private volatile String ranOn;

        OneTask() {
            core.workers().standBy();
        }

        private int run() {
            ranOn = Thread.currentThread().isVirtual() ? "on a new worker" : "on the worker";
            return 1;
        }

        void work() {
            new Worker(core, core.workers(), true).run();
        }

        void report(L_Result result) {
            result.r1 = Graph.ends(task) ? ranOn : "nobody came";
        }
    }

    @JCStressTest
    @JCStressMeta(StandbyTest.class)
    @State
    public static class WorkerBegins extends OneTask {
        @Actor
        public void worker() {
            work();
        }

        @Actor
        public void producer() {
            core.workers().schedule(task);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(StandbyTest.class)
    @State
    public static class WorkerGoesAway extends OneTask {
        @Actor
        public void worker() {
            work();
        }

        @Actor
        public void producer() {
            Graph.spin(delay);
            core.workers().schedule(task);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result);
        }
    }

    /*
     * The same, without what comes before: nothing lies between the two steps of each.
     *
     * The standby must see the task, or the producer that there is no standby.
     */
    @JCStressTest
    @JCStressMeta(StandbyTest.class)
    @State
    public static class StandsDown extends OneTask {
        private boolean seenByStandby;
        private boolean seenByProducer;

        @Actor
        public void standby() {
            seenByStandby = core.workers().standDown();
        }

        @Actor
        public void producer() {
            core.workers().offer(task);
            seenByProducer = core.workers().standBy();
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = seenByProducer ? "on a new worker" : seenByStandby ? "on the worker" : "nobody came";
        }
    }

    /*
     * The same with a task that a body spawns, the first one of its worker, which goes to the deque.
     */
    @JCStressTest
    @JCStressMeta(StandbyTest.class)
    @State
    public static class StandsDownBesideDeque extends OneTask {
        private final WorkerDeques deques = core.workers().deques();
        private final WorkerDeque deque = deques.enter(Thread.currentThread());
        private boolean seenByStandby;
        private boolean seenByProducer;

        @Actor
        public void standby() {
            seenByStandby = core.workers().standDown();
        }

        @Actor
        public void producer() {
            deques.push(deque, task);
            seenByProducer = core.workers().standBy();
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = seenByProducer ? "on a new worker" : seenByStandby ? "on the worker" : "nobody came";
        }
    }

    /*
     * A worker at the end of its slice moves the tasks of its deque to the queue, while the standby, to which it leaves
     * them, reads both.
     */
    @JCStressTest
    @JCStressMeta(StandbyTest.class)
    @State
    public static class StandsDownBesideOneThatLeaves extends OneTask {
        private final WorkerDeques deques = core.workers().deques();
        private final WorkerDeque deque = deques.enter(Thread.currentThread());
        private boolean seenByStandby;

        public StandsDownBesideOneThatLeaves() {
            core.workers().standBy();
            deques.push(deque, task);
        }

        @Actor
        public void standby() {
            seenByStandby = core.workers().standDown();
        }

        @Actor
        public void leaving() {
            core.workers().takeBack(deque);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = seenByStandby ? "on the worker" : "nobody came";
        }
    }

    /*
     * Two workers go away at a time, and only one of them has the flag. The one that has it offers a task to the
     * other:
     *
     *   worker 1: stands by, or not;            clear standby;    poll
     *   worker 2: runs the spawner: schedule;   go on polling;    stand by, or not
     */
    @JCStressTest
    @JCStressMeta(StandbyTest.class)
    @State
    public static class TwoWorkersGoAway extends OneTask {
        private final TaskNode<Integer> spawner = Graph.wired(core, Graph.task(this::spawn, null));

        public TwoWorkersGoAway() {
            core.workers().offer(spawner);
        }

        private int spawn() {
            Graph.spin(delay);
            core.workers().schedule(task);
            return 1;
        }

        @Actor
        public void worker1() {
            work();
        }

        @Actor
        public void worker2() {
            work();
        }

        @Arbiter
        public void afterwards(L_Result result) {
            report(result);
        }
    }

    /*
     * A worker without work naps, and wakes by itself while a producer makes it the standby:
     *
     *   worker:   asleep;     time is up: nobody is asleep any more; assigned by then?    clear standby; poll
     *   producer: standby := set;         asleep -> assigned?    if not, start a worker
     *
     * Another worker has already taken the task that the producer offered. A race leaves the flag set for a worker that
     * leaves; the next task shows that, because its producer relies on a standby that does not exist. In every other
     * sample the nap ends at once, as by an unpark, so that the two threads meet more often.
     */
    @JCStressTest
    @JCStressMeta(StandbyTest.class)
    @State
    public static class Drowses {
        private static final int LONGEST_DELAY = 5000;
        private static final int SHORT_DELAY = 20;

        private final DagCore core = Graph.core();
        private final WorkerPool workers = core.workers();
        private final TaskNode<Integer> next = Graph.wired(core, Graph.task(null));
        private final boolean wakesAtOnce = ThreadLocalRandom.current().nextBoolean();
        private final int delay = ThreadLocalRandom.current().nextInt(wakesAtOnce ? SHORT_DELAY : LONGEST_DELAY);

        @Actor
        public void worker() {
            if (wakesAtOnce) {
                LockSupport.unpark(Thread.currentThread());
            }
            if (workers.nap()) {
                new Worker(core, workers, true).run();
            }
        }

        @Actor
        public void producer() {
            Graph.spin(delay);
            workers.ensureStandby();
        }

        @Arbiter
        public void afterwards(L_Result result) {
            workers.schedule(next);
            result.r1 = Graph.ends(next) ? "on a new worker" : "nobody came";
        }
    }

    /*
     * A task blocks until another one has run, which is offered behind it: only the standby can run that.
     *
     *   worker:   polls the blocking task;   is there more ready?   then see to a standby, and only then run
     *   producer: offers the other task;     is there a standby?    if not, start one
     */
    @JCStressTest
    @JCStressMeta(StandbyTest.class)
    @State
    public static class TaskBlocks extends OneTask {
        private final TaskNode<Integer> blocking = Graph.wired(core, Graph.task(this::block, null));
        private final CountDownLatch latch = new CountDownLatch(1);

        private int block() {
            return Patience.until(millis -> latch.await(millis, TimeUnit.MILLISECONDS)) ? 1 : 0;
        }

        @Actor
        public void worker() {
            work();
        }

        @Actor
        public void producer() {
            core.workers().schedule(blocking);
            core.workers()
                    .schedule(Graph.wired(
                            core,
                            Graph.task(
                                    () -> {
                                        latch.countDown();
                                        return 1;
                                    },
                                    null)));
        }

        @Arbiter
        public void afterwards(L_Result result) {
            boolean unblocked = Graph.ends(blocking) && blocking.resultNow() == 1;
            result.r1 = unblocked ? "on a new worker" : "nobody came";
        }
    }

    /*
     * Two workers take what there is, and block. One of them has reserved more than it has taken, and leaves that to
     * the standby; but that is the other, which is about to begin:
     *
     *   worker 1: reserve a and b; take a;                   is there a standby? leave b to it                 (blocks)
     *   worker 2:                          clear standby;    take c; the queue is empty: is anything reserved? (blocks)
     *
     * A race, or a look at the queue alone, leaves b with nobody coming for it.
     */
    @JCStressTest
    @JCStressMeta(StandbyTest.class)
    @State
    public static class BothBlock {
        private final WorkerPool workers;
        private final List<TaskNode<Integer>> tasks;

        public BothBlock() {
            DagCore core = Graph.core();
            workers = core.workers();
            workers.standBy(); // worker 2
            tasks = Stream.generate(() -> Graph.wired(core, Graph.task(null)))
                    .limit(3)
                    .toList();
            tasks.forEach(workers::offer);
        }

        private void takeOneAndBlock(int most) {
            ReadyQueue.Reservation own = new ReadyQueue.Reservation();
            Node node = workers.poll(1, null, own, most);
            if (node != null) {
                workers.ensureStandbyIfReady(own);
                node.claim(Node.MAX_WORKER);
            }
        }

        @Actor
        public void worker1() {
            takeOneAndBlock(2);
        }

        @Actor
        public void worker2() {
            workers.clearStandby();
            takeOneAndBlock(1);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            boolean all = tasks.stream().allMatch(task -> task.runner() == Node.MAX_WORKER || Graph.ends(task));
            result.r1 = all ? "on a new worker" : "nobody came";
        }
    }
}
