package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskNode;
import java.util.AbstractQueue;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/*
 * Several submit at once. One becomes the consumer; the others leave their submissions to it:
 *
 *   submitter: consuming: false -> true fails;   offer;    consuming: false -> true, tried again
 *   consumer:  poll: nothing;   consuming := false;        look at the queue again
 *
 * A race leaves a submission in the queue with nobody to wire it, its task waiting for ever; or makes two consumers at
 * a time, which the queue does not allow. The queue here notes, while it is being polled, whether that is done twice.
 *
 * The end of a chunk of the queue is a case of its own, for the producer then links a new chunk, and others wait for
 * it. So is a consumer that has done enough for others, and hands its part to a virtual thread. Both need many
 * submissions in the queue; the consumer itself offers them, from the first poll, while it is busy. A batch that is too
 * large is a third.
 *
 * r1 is how many tasks are final in the end, r2 whether two consumers have met.
 */
@Outcome(id = "4, one consumer", expect = ACCEPTABLE, desc = "All are wired.")
@Outcome(expect = FORBIDDEN, desc = "A submission is lost, or there were two consumers at a time.")
public class SubmissionQueueTest {
    private static final int SLOTS_IN_CHUNK = 256;
    private static final int BUDGET = 4096;

    /** The queue of an intake, which notes when it is polled by two, and does something at the first poll. */
    private static final class NotingQueue extends AbstractQueue<Object> {
        private final Queue<Object> queue = SubmissionQueue.newQueue();
        volatile boolean clash;
        private volatile boolean polling;
        /** Used by the consumer alone, once set. */
        Runnable atFirstPoll;

        @Override
        public boolean offer(Object submission) {
            return queue.offer(submission);
        }

        @Override
        public Object poll() {
            clash |= polling;
            polling = true;
            Graph.spin(5);
            Runnable first = atFirstPoll;
            atFirstPoll = null;
            if (first != null) {
                first.run();
            }
            Object polled = queue.poll();
            polling = false;
            return polled;
        }

        @Override
        public Object peek() {
            return queue.peek();
        }

        @Override
        public Iterator<Object> iterator() {
            return queue.iterator();
        }

        @Override
        public int size() {
            return queue.size();
        }

        @Override
        public boolean isEmpty() {
            return queue.isEmpty();
        }
    }

    /** An intake and tasks without a body, which are final when they are wired. */
    private static class Submissions {
        final NotingQueue queue = new NotingQueue();
        final SubmissionQueue submissions = new SubmissionQueue("stress", queue);
        final List<TaskNode<?>> tasks = List.of(barrier(), barrier(), barrier(), barrier());

        private static TaskNode<?> barrier() {
            return Graph.launched(Graph.barrier(null));
        }

        void submit(int task) {
            submissions.submit(tasks.get(task));
        }

        void report(LL_Result result) {
            result.r1 = (int) tasks.stream().filter(Graph::ends).count();
            result.r2 = queue.clash ? "two consumers" : "one consumer";
        }
    }

    @JCStressTest
    @JCStressMeta(SubmissionQueueTest.class)
    @State
    public static class Submitters extends Submissions {
        @Actor
        public void submitter1() {
            submit(0);
            submit(1);
        }

        @Actor
        public void submitter2() {
            submit(2);
            submit(3);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            report(result);
        }
    }

    /*
     * One submission each, and nothing else: none is picked up by one that follows, and nothing between a step and the
     * next makes the writes of the first be seen by then.
     *
     *   submitter: consuming: false -> true fails;   offer;             consuming: false -> true, tried again
     *   consumer:                                    consuming := false;    look at the queue: still empty
     */
    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "Both are wired.")
    @Outcome(expect = FORBIDDEN, desc = "A submission is lost.")
    @State
    public static class OneEach {
        private final SubmissionQueue submissions = new SubmissionQueue("stress");
        private final TaskNode<?> task1 = Submissions.barrier();
        private final TaskNode<?> task2 = Submissions.barrier();

        @Actor
        public void submitter1() {
            submissions.submit(task1);
        }

        @Actor
        public void submitter2() {
            submissions.submit(task2);
        }

        @Arbiter
        public void afterwards(I_Result result) {
            result.r1 = (Graph.ends(task1) ? 1 : 0) + (Graph.ends(task2) ? 1 : 0);
        }
    }

    @JCStressTest
    @JCStressMeta(SubmissionQueueTest.class)
    @State
    public static class AtChunkEnd extends Submissions {
        public AtChunkEnd() {
            TaskNode<?> spent = Graph.wired(Graph.barrier(null));
            queue.atFirstPoll = () -> {
                for (int i = 0; i < SLOTS_IN_CHUNK - 2; i++) {
                    submissions.submit(new Node[] {spent});
                }
            };
        }

        @Actor
        public void submitter1() {
            submit(0);
            submit(1);
        }

        @Actor
        public void submitter2() {
            submit(2);
            submit(3);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(SubmissionQueueTest.class)
    @State
    public static class HandOver extends Submissions {
        public HandOver() {
            Node[] many = new Node[BUDGET];
            Arrays.fill(many, Graph.wired(Graph.barrier(null)));
            queue.atFirstPoll = () -> {
                submissions.submit(many);
                submit(1);
            };
        }

        @Actor
        public void submitter1() {
            submit(0);
        }

        @Actor
        public void submitter2() {
            submit(2);
            submit(3);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            report(result);
        }
    }

    /*
     * A batch that is too large for its submitter: this only offers it, and hands the consumer's part over, if it gets
     * that.
     *
     *   submitter:  offer the batch;      consuming: false -> true: send for somebody
     *   consumer:   consuming := false;   look at the queue: still empty
     */
    @JCStressTest
    @JCStressMeta(SubmissionQueueTest.class)
    @State
    public static class Large extends Submissions {
        private final Node[] large = new Node[BUDGET + 1];

        public Large() {
            Arrays.fill(large, Graph.wired(Graph.barrier(null)));
            large[BUDGET] = (Node) tasks.get(2);
        }

        @Actor
        public void submitter1() {
            submit(0);
            submit(1);
        }

        @Actor
        public void submitter2() {
            submit(3);
            submissions.submit(large);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            report(result);
        }
    }
}
