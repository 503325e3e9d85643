package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.queue.Dependency;
import dev.regions.queue.JoinedQueue;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * A region waits for its tasks while the last one ends:
 *
 *   region:   collect what is not final;    wait for that;    look again;    collect the failures
 *   finisher: outcome := result or failure
 *
 * The region looks at a task several times, and the task may end between any two of these: it must not be counted as
 * unfinished by one look, as finished by the next, and so be taken for a failure, or be passed over.
 *
 * r1 is what the wait for the region came to.
 */
@Outcome(id = "SUCCEEDED, returns", expect = ACCEPTABLE, desc = "Nothing has failed.")
@Outcome(id = "CANCELLED, returns", expect = ACCEPTABLE, desc = "To be cancelled is no failure.")
@Outcome(id = "FAILED, RegionFailedException", expect = ACCEPTABLE, desc = "The failure is reported.")
@Outcome(id = "SUCCEEDED, then READY", expect = ACCEPTABLE, desc = "The batch came first.")
@Outcome(id = "CANCELLED, then SKIPPED", expect = ACCEPTABLE, desc = "The region came first.")
@Outcome(id = "in care", expect = ACCEPTABLE, desc = "The owner has seen the task.")
@Outcome(id = "unjoined", expect = ACCEPTABLE, desc = "It came later, and the owner will be told.")
@Outcome(id = "looked at", expect = ACCEPTABLE, desc = "What has failed is looked at.")
@Outcome(expect = FORBIDDEN, desc = "Not what the task came to, or it was forgotten.")
public class JoinedQueueTest {
    private static final int LONGEST_DELAY = 256;

    /** A region with one task, which runs. */
    private static class Region {
        final TaskNode<?> task = Graph.running(Graph.task(null));
        final Completion release = Graph.hand();
        final int delay = ThreadLocalRandom.current().nextInt(LONGEST_DELAY);
        final JoinedQueue region = new JoinedQueue(new Graph.Nowhere());

        Region() {
            region.enqueue(task);
        }

        String join() {
            try {
                region.join();
                return task.taskState() + ", returns";
            } catch (Exception e) {
                return task.taskState() + ", " + e.getClass().getSimpleName();
            }
        }
    }

    @JCStressTest
    @JCStressMeta(JoinedQueueTest.class)
    @State
    public static class Success extends Region {
        @Actor
        public void region(L_Result result) {
            result.r1 = join();
        }

        @Actor
        public void finisher() {
            Graph.spin(delay);
            Graph.succeed(task, release);
        }
    }

    @JCStressTest
    @JCStressMeta(JoinedQueueTest.class)
    @State
    public static class Failure extends Region {
        @Actor
        public void region(L_Result result) {
            result.r1 = join();
        }

        @Actor
        public void finisher() {
            Graph.spin(delay);
            Graph.fail(task, release);
        }
    }

    /*
     * A task arrives from another thread while the owner of the region takes what has come so far into its care:
     *
     *   producer: put the task on the list;    note that something has come
     *   owner:    note that all is claimed;    wait for what is on the list
     *
     * A race shows as a task for which the owner has not waited, and of which it is not notified.
     */
    @JCStressTest
    @JCStressMeta(JoinedQueueTest.class)
    @State
    public static class EnqueueVersusClaim {
        private final JoinedQueue region = new JoinedQueue(new Graph.Nowhere());
        private final TaskNode<?> late = Graph.running(Graph.task(null));
        private final int delay = ThreadLocalRandom.current().nextInt(64);
        private volatile boolean seen;

        public EnqueueVersusClaim() {
            region.enqueue(Graph.pending("early"));
        }

        @Actor
        public void producer() {
            region.enqueue(late);
        }

        @Actor
        public void owner() {
            Graph.spin(delay);
            region.markJoined();
            seen = region.cancel() > 1;
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = seen ? "in care" : region.hasUnjoined() ? "unjoined" : "forgotten";
        }
    }

    /*
     * A region is abandoned while the last task of a batch in it completes. What comes after the batch, and is not of
     * the region, requires the barrier, which stands for the batch:
     *
     *   region:   collect what is not final;          cancel it
     *   finisher: outcome of the task := result;      count of the barrier := 0, and what is after it may run
     *
     * A race ends the barrier otherwise than the batch: if it is cancelled between the two steps of the finisher, what
     * comes after is skipped, though each task of the batch has succeeded.
     */
    @JCStressTest
    @JCStressMeta(JoinedQueueTest.class)
    @State
    public static class CancelVersusBatch extends Region {
        private final TaskNode<?> barrier = Graph.wired(Graph.barrier(task));
        private final TaskNode<?> after = Graph.wired(Graph.task(barrier));

        public CancelVersusBatch() {
            region.enqueue(barrier);
        }

        @Actor
        public void canceller() {
            region.cancel();
        }

        @Actor
        public void finisher() {
            Graph.spin(delay);
            Graph.succeed(task, release);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = task.taskState() + ", then " + after.taskState();
        }
    }

    /** A task that notes whether the region has looked at it since it failed. */
    private static final class Looked implements PendingTask {
        private final PendingTask task = Graph.pending("looked at");
        private volatile boolean failed;
        private volatile boolean looked;

        void fail() {
            failed = true;
        }

        String fate() {
            return looked ? "looked at" : "passed by";
        }

        @Override
        public Task<?> task() {
            if (failed) {
                looked = true;
            }
            return task.task();
        }

        @Override
        public String name() {
            return task.name();
        }

        @Override
        public void rename(String name) {
            task.rename(name);
        }

        @Override
        public List<Dependency> dependencies() {
            return task.dependencies();
        }

        @Override
        public void dependsOn(Task<?> predecessor, Dependency.Kind kind) {
            task.dependsOn(predecessor, kind);
        }

        @Override
        public void wrap(BodyWrapper wrapper) {
            task.wrap(wrapper);
        }

        @Override
        public void heldBy(TaskQueue queue) {
            task.heldBy(queue);
        }

        @Override
        public void abandon(Throwable reason) {
            task.abandon(reason);
        }

        @Override
        public Throwable failure() {
            return task.failure();
        }

        @Override
        public PendingTask barrier(String name) {
            return task.barrier(name);
        }

        @Override
        public boolean isBarrier() {
            return false;
        }
    }

    /** A region with one task. */
    private static class LookedAt {
        /** As many failures let the region look through its tasks. */
        static final int MANY = 1024;

        final JoinedQueue region = new JoinedQueue(new Graph.Nowhere());
        final Looked task = new Looked();

        LookedAt() {
            region.enqueue(task);
        }

        void tellOfFailures(int count) {
            for (int i = 0; i < count; i++) {
                region.onTaskFailed();
            }
        }
    }

    /*
     * After a certain number of failures, the region scans its tasks. The last of them comes while another thread holds
     * the lock for a scan:
     *
     *   failing thread: count the failure; try to lock; if that fails, leave the scan to the holder
     *   holder:         unlock;            has the number been reached?
     *
     * A race shows as a scan that no thread does.
     */
    @JCStressTest
    @JCStressMeta(JoinedQueueTest.class)
    @State
    public static class FailureVersusLock extends LookedAt {
        private final int delay = ThreadLocalRandom.current().nextInt(16);

        public FailureVersusLock() {
            tellOfFailures(MANY - 1);
        }

        @Actor
        public void failer() {
            task.fail();
            tellOfFailures(1);
        }

        @Actor
        public void holder() {
            Graph.spin(delay);
            region.omitted();
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = task.fate();
        }
    }

    /*
     * Many tasks fail while another thread scans the tasks of the region, and may already have visited them:
     *
     *   failing thread: complete the task;   count it, many times;   the count decides when to scan
     *   scanner:        reset the count;     visit the task
     *
     * A race shows as a failure after the visit that is not counted.
     */
    @JCStressTest
    @JCStressMeta(JoinedQueueTest.class)
    @State
    public static class FailuresVersusLook extends LookedAt {
        private final int delay = ThreadLocalRandom.current().nextInt(16);

        public FailuresVersusLook() {
            tellOfFailures(MANY - 1);
        }

        @Actor
        public void failer() {
            task.fail();
            tellOfFailures(MANY);
        }

        @Actor
        public void looker() {
            Graph.spin(delay);
            tellOfFailures(1);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = task.fate();
        }
    }
}
