package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.queue.JoinedQueue;
import dev.regions.queue.Joiner;
import dev.regions.queue.JoinerQueue;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * Two tasks of a region end at the same time, and its join policy is to be told of both, by one thread at a time:
 *
 *   finisher 1: queue the end;    toTell: 0 -> 1    tell the policy of what is queued, until toTell is down to 0
 *   finisher 2: queue the end;    toTell: 1 -> 2    go on: the other will tell
 *
 * A race calls the policy from two threads at once, loses an end, or lets a call miss what the call before it wrote.
 * The policy here has plain fields, as the user's own may have.
 *
 * Once the policy needs no more, it is left alone, and what arrives meanwhile is cancelled:
 *
 *   teller:   enough := true;           cancel what has arrived
 *   enqueuer: hand the task on;         enough? cancel it
 *
 * A thread that joins the region waits until the policy has been notified of all tasks:
 *
 *   joiner:   not all told: wait        wake up, and make the result
 *   teller:   count as told: the last?  signal
 *
 * r1 is how often the policy was told, r2 how these calls followed each other, r3 what became of the region.
 */
@Outcome(id = "told 2x, one at a time, joined", expect = ACCEPTABLE, desc = "Told of both.")
@Outcome(id = "told 1x, one at a time, all final", expect = ACCEPTABLE, desc = "It needed no more than the first.")
@Outcome(id = "told 1x, one at a time, joined", expect = ACCEPTABLE, desc = "Told of the one there was.")
@Outcome(id = "told 2x, one at a time, both in order", expect = ACCEPTABLE, desc = "Both failures are reported.")
@Outcome(
        expect = FORBIDDEN,
        desc = "Two calls at a time, or after the end, or an end is lost, or nobody wakes the joiner.")
public class JoinerQueueTest {

    /** Without any synchronisation of its own. */
    private static final class Noting implements Joiner<Integer> {
        private final boolean enoughAtOnce;
        private int told;
        private boolean busy;
        private boolean clash;

        Noting(boolean enoughAtOnce) {
            this.enoughAtOnce = enoughAtOnce;
        }

        @Override
        public boolean onComplete(Task<?> task, long position) {
            clash |= busy;
            busy = true;
            told++;
            Graph.spin(4);
            busy = false;
            return enoughAtOnce;
        }

        @Override
        public Integer result() {
            return told;
        }

        void report(LLL_Result result) {
            result.r1 = "told " + told + "x";
            result.r2 = clash ? "two at a time" : "one at a time";
        }
    }

    /** A region with a policy, and two tasks that are not in it yet. */
    private static class Region {
        final Noting policy;
        final JoinerQueue<Integer> region;
        final TaskNode<?> a = Graph.task(null);
        final TaskNode<?> b = Graph.task(null);

        Region(boolean enoughAtOnce) {
            policy = new Noting(enoughAtOnce);
            region = new JoinerQueue<>(new JoinedQueue(new Graph.Nowhere()), policy);
        }

        final void enqueue(TaskNode<?> task) {
            region.enqueue(task);
        }

        final void enqueueRunning(TaskNode<?> task) {
            region.enqueue(Graph.running(task));
        }

        final String join() {
            return Patience.returns(region::result) ? "joined" : "nobody woke the joiner";
        }
    }

    @JCStressTest
    @JCStressMeta(JoinerQueueTest.class)
    @State
    public static class TwoEnd extends Region {
        public TwoEnd() {
            super(false);
            enqueueRunning(a);
            enqueueRunning(b);
        }

        @Actor
        public void finisher1() {
            Graph.succeed(a, Graph.hand());
        }

        @Actor
        public void finisher2() {
            Graph.fail(b, Graph.hand());
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            policy.report(result);
            result.r3 = join();
        }
    }

    @JCStressTest
    @JCStressMeta(JoinerQueueTest.class)
    @State
    public static class OneIsEnough extends Region {
        public OneIsEnough() {
            super(true);
            enqueueRunning(a);
            enqueueRunning(b);
        }

        @Actor
        public void finisher1() {
            Graph.succeed(a, Graph.hand());
        }

        @Actor
        public void finisher2() {
            Graph.succeed(b, Graph.hand());
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            policy.report(result);
            result.r3 = a.isDone() && b.isDone() ? "all final" : "not all final";
        }
    }

    @JCStressTest
    @JCStressMeta(JoinerQueueTest.class)
    @State
    public static class EnoughVersusEnqueue extends Region {
        private final int delay = ThreadLocalRandom.current().nextInt(64);

        public EnoughVersusEnqueue() {
            super(true);
            enqueueRunning(a);
        }

        @Actor
        public void finisher() {
            Graph.spin(delay);
            Graph.succeed(a, Graph.hand());
        }

        @Actor
        public void enqueuer() {
            enqueue(b);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            policy.report(result);
            result.r3 = b.isDone() ? "all final" : "b is left";
        }
    }

    @JCStressTest
    @JCStressMeta(JoinerQueueTest.class)
    @State
    public static class JoinVersusEnd extends Region {
        private final int delay = ThreadLocalRandom.current().nextInt(512);

        public JoinVersusEnd() {
            super(false);
            enqueueRunning(a);
        }

        @Actor
        public void joiner(LLL_Result result) {
            result.r3 = join();
            policy.report(result);
        }

        @Actor
        public void finisher() {
            Graph.spin(delay);
            Graph.succeed(a, Graph.hand());
        }
    }

    /** With one of the policies that are there: what it notes has no synchronisation either. */
    @JCStressTest
    @JCStressMeta(JoinerQueueTest.class)
    @State
    public static class TwoFail {
        private final IllegalStateException first = new IllegalStateException("first");
        private final IllegalStateException second = new IllegalStateException("second");
        private final TaskNode<?> a = Graph.running(Graph.task(null));
        private final TaskNode<?> b = Graph.running(Graph.task(null));
        private final JoinerQueue<Void> region =
                new JoinerQueue<>(new JoinedQueue(new Graph.Nowhere()), Joiner.allSuccessful());

        public TwoFail() {
            region.enqueue(a);
            region.enqueue(b);
        }

        @Actor
        public void finisher1() {
            Completion release = Graph.hand();
            a.finish(Node.NULL_RESULT, first, release);
            release.run();
        }

        @Actor
        public void finisher2() {
            Completion release = Graph.hand();
            b.finish(Node.NULL_RESULT, second, release);
            release.run();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            result.r1 = "told 2x";
            result.r2 = "one at a time";
            try {
                region.result();
                result.r3 = "no failure";
            } catch (RegionFailedException e) {
                Throwable[] others = e.getSuppressed();
                boolean both = e.getCause() == first && others.length == 1 && others[0] == second;
                result.r3 = both ? "both in order" : "not both, or not in order";
            } catch (InterruptedException e) {
                throw new AssertionError("the harness interrupts nobody", e);
            }
        }
    }
}
