package dev.regions.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.task.QueueClosedException;
import java.lang.reflect.Proxy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/*
 * Threads enqueue into a bulk region while it ends:
 *
 *   producer: draw a ticket: closed? then refuse;         offer the task
 *   owner:    take the tickets, and close the word;       poll as many tasks as there were tickets; hand them on as one
 *
 * A race accepts a task that is in no batch, which is then lost without a word; or launches one whose enqueueing was
 * refused; or hands a task on twice. A region that is flushed goes on: a task is in the batch of the flush or in the
 * next one. A region that is given up abandons what it has, and all of it.
 *
 * r1 and r2 are what became of the tasks a and b, as the one who enqueued them was told, and as the upstream queue saw
 * it.
 */
@Outcome(
        id = "(accepted and launched|refused), (accepted and launched|refused)",
        expect = ACCEPTABLE,
        desc = "What was accepted is launched.")
@Outcome(
        id = "(accepted and abandoned|refused), (accepted and abandoned|refused)",
        expect = ACCEPTABLE,
        desc = "What was accepted is abandoned.")
@Outcome(expect = FORBIDDEN, desc = "A task is lost, comes twice or though refused, or only part of them does.")
public class BulkQueueTest {
    private static final IllegalStateException GIVEN_UP = new IllegalStateException("given up");

    /** Launches nothing, but remembers. */
    private static final class Above implements TaskQueue {
        final Queue<PendingTask> launched = new ConcurrentLinkedQueue<>();

        @Override
        public void enqueue(PendingTask task) {
            launched.add(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            launched.addAll(batch.tasks());
        }
    }

    /** A region, two tasks, and whether they were accepted. */
    private static class Region {
        final Above upstream = new Above();
        final BulkQueue region = new BulkQueue(upstream);
        final PendingTask a = Graph.pending("a");
        final PendingTask b = Graph.pending("b");

        static boolean enqueue(TaskQueue queue, PendingTask task) {
            try {
                queue.enqueue(task);
                return true;
            } catch (QueueClosedException e) {
                return false;
            }
        }

        static boolean enqueue(TaskQueue queue, TaskBatch batch) {
            try {
                queue.enqueue(batch);
                return true;
            } catch (QueueClosedException e) {
                return false;
            }
        }

        String fate(PendingTask task, boolean accepted) {
            long launches = upstream.launched.stream()
                    .filter(launched -> launched == task)
                    .count();
            boolean abandoned = task.task().isDone();
            String seen = launches > 0 && abandoned
                    ? " and both"
                    : launches > 1
                            ? " and launched twice"
                            : launches == 1
                                    ? " and launched"
                                    : abandoned ? " and abandoned" : accepted ? " and lost" : "";
            return (accepted ? "accepted" : "refused") + seen;
        }
    }

    @JCStressTest
    @JCStressMeta(BulkQueueTest.class)
    @State
    public static class EnqueueVersusClose extends Region {
        private boolean acceptedA;
        private boolean acceptedB;

        @Actor
        public void producer() {
            acceptedA = enqueue(region, a);
            acceptedB = enqueue(region, b);
        }

        @Actor
        public void owner() {
            region.close();
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r1 = fate(a, acceptedA);
            result.r2 = fate(b, acceptedB);
        }
    }

    @JCStressTest
    @JCStressMeta(BulkQueueTest.class)
    @State
    public static class EnqueueVersusFlush extends Region {
        private boolean acceptedA;
        private boolean acceptedB;

        @Actor
        public void producer() {
            acceptedA = enqueue(region, a);
            acceptedB = enqueue(region, b);
        }

        @Actor
        public void owner() {
            region.flush();
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            region.close();
            result.r1 = fate(a, acceptedA);
            result.r2 = fate(b, acceptedB);
        }
    }

    @JCStressTest
    @JCStressMeta(BulkQueueTest.class)
    @State
    public static class EnqueueVersusAbandon extends Region {
        private boolean acceptedA;
        private boolean acceptedB;

        @Actor
        public void producer() {
            acceptedA = enqueue(region, a);
            acceptedB = enqueue(region, b);
        }

        @Actor
        public void owner() {
            region.abandon(GIVEN_UP);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r1 = fate(a, acceptedA);
            result.r2 = fate(b, acceptedB);
        }
    }

    @JCStressTest
    @JCStressMeta(BulkQueueTest.class)
    @State
    public static class CloseVersusAbandon extends Region {
        public CloseVersusAbandon() {
            region.enqueue(a);
            region.enqueue(b);
        }

        @Actor
        public void closer() {
            region.close();
        }

        @Actor
        public void canceller() {
            region.abandon(GIVEN_UP);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r1 = fate(a, true);
            result.r2 = fate(b, true);
        }
    }

    @JCStressTest
    @JCStressMeta(BulkQueueTest.class)
    @State
    public static class CloseVersusFlush extends Region {
        public CloseVersusFlush() {
            region.enqueue(a);
            region.enqueue(b);
        }

        @Actor
        public void closer() {
            region.close();
        }

        @Actor
        public void owner() {
            region.flush();
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r1 = fate(a, true);
            result.r2 = fate(b, true);
        }
    }

    /*
     * Two flushes at a time, each with something to take; the queue inside allows one consumer:
     *
     *   1: enqueue a;    take the tickets;    poll as many
     *   2: enqueue b;    take the tickets;    poll as many
     */
    @JCStressTest
    @JCStressMeta(BulkQueueTest.class)
    @State
    public static class TwoFlush extends Region {
        @Actor
        public void owner1() {
            region.enqueue(a);
            region.flush();
        }

        @Actor
        public void owner2() {
            region.enqueue(b);
            region.flush();
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r1 = fate(a, true);
            result.r2 = fate(b, true);
        }
    }

    /*
     * A region in a region merges into it when it ends, as a whole; if the outer one has ended before, it is abandoned
     * as a whole.
     */
    @JCStressTest
    @JCStressMeta(BulkQueueTest.class)
    @State
    public static class CloseInnerVersusCloseOuter extends Region {
        private final BulkQueue inner = new BulkQueue(region);

        public CloseInnerVersusCloseOuter() {
            inner.enqueue(a);
            inner.enqueue(b);
        }

        @Actor
        public void innerOwner() {
            try {
                inner.close();
            } catch (QueueClosedException e) {
                // too late
            }
        }

        @Actor
        public void outerOwner() {
            region.close();
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r1 = fate(a, true);
            result.r2 = fate(b, true);
        }
    }

    /*
     * A producer draws a ticket, and cannot offer its task, because that throws:
     *
     *   producer: draw a ticket;    count a broken promise;    draw a ticket; offer a
     *   owner:    take the tickets; poll a task, or take a broken promise, for each
     *
     * A race has the owner wait for a task that never comes, or take a broken promise twice, and leave a task behind.
     */
    @JCStressTest
    @JCStressMeta(BulkQueueTest.class)
    @State
    public static class BrokenVersusFlush extends Region {
        /** Throws whatever it is asked. */
        private static final PendingTask HOSTILE = (PendingTask) Proxy.newProxyInstance(
                BulkQueueTest.class.getClassLoader(),
                new Class<?>[] {PendingTask.class},
                (proxy, method, arguments) -> {
                    throw GIVEN_UP;
                });

        private boolean acceptedA;
        private boolean acceptedB;

        @Actor
        public void producer() {
            try {
                region.enqueue(HOSTILE);
            } catch (IllegalStateException | QueueClosedException expected) {
                // its promise is broken, or it came too late
            }
            acceptedA = enqueue(region, a);
        }

        @Actor
        public void owner() {
            region.flush();
            acceptedB = enqueue(region, b);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            region.close();
            result.r1 = fate(a, acceptedA);
            result.r2 = fate(b, acceptedB);
        }
    }

    /** Two producers and the owner. Two processors are enough: the system lets the second producer come between. */
    @JCStressTest
    @JCStressMeta(BulkQueueTest.class)
    @State
    public static class TwoEnqueueVersusClose extends Region {
        private boolean acceptedA;
        private boolean acceptedB;
        private final ThirdActor producer2 = new ThirdActor(() -> acceptedB = enqueue(region, TaskBatch.of(b)));

        @Actor
        public void producer1() {
            producer2.start();
            acceptedA = enqueue(region, a);
        }

        @Actor
        public void owner() {
            region.close();
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            producer2.join();
            result.r1 = fate(a, acceptedA);
            result.r2 = fate(b, acceptedB);
        }
    }
}
