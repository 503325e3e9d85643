package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Node;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/*
 * Two producers, or a producer and a consumer that comes too early:
 *
 *   producer 1: draw slot 0;    put a there
 *   producer 2: draw slot 1;    put b there
 *
 *   producer:   draw slot 0;    put a there          if it is marked, draw again
 *   consumer:   draw slot 0;    nothing there yet?   mark it taken, draw again
 *
 * A race loses a node (its producer believes that the consumer got it), or yields one twice. At the end of a segment,
 * moreover, producers race to append the next one, and the consumer to move on to it:
 *
 *   producer 1: draws a slot past the end;    links a new segment that begins with a
 *   producer 2: draws a slot past the end;    is too late to link one; moves the tail on, draws again
 *   consumer:   draws a slot past the end;    moves the head on if there is a new segment
 *
 * r1 is what a consumer got in the race, r2 what is polled afterwards: the name of the node, or - for none.
 */
@Outcome(id = "in the race -, afterwards ab-", expect = ACCEPTABLE, desc = "a came first.")
@Outcome(id = "in the race -, afterwards ba-", expect = ACCEPTABLE, desc = "b came first.")
@Outcome(id = "in the race a, afterwards b--", expect = ACCEPTABLE, desc = "The consumer got the first.")
@Outcome(expect = FORBIDDEN, desc = "A node is lost, comes twice, or overtakes one of the same producer.")
public class ReadyQueueOfferTest {
    private static final int SLOTS_IN_SEGMENT = 1024;
    private static final Node A = Graph.task(null);
    private static final Node B = Graph.task(null);

    private static ReadyQueue queue(int used) {
        ReadyQueue queue = new ReadyQueue();
        for (int i = 0; i < used; i++) {
            queue.offer(A);
            queue.poll();
        }
        return queue;
    }

    private static String poll(ReadyQueue queue) {
        Node polled = queue.poll();
        return polled == null ? "-" : polled == A ? "a" : "b";
    }

    @JCStressTest
    @JCStressMeta(ReadyQueueOfferTest.class)
    @State
    public static class Producers {
        private final ReadyQueue queue = queue(0);

        @Actor
        public void producer1() {
            queue.offer(A);
        }

        @Actor
        public void producer2() {
            queue.offer(B);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r1 = "in the race -";
            result.r2 = "afterwards " + poll(queue) + poll(queue) + poll(queue);
        }
    }

    @JCStressTest
    @JCStressMeta(ReadyQueueOfferTest.class)
    @State
    public static class ProducersAtSegmentEnd {
        private final ReadyQueue queue = queue(SLOTS_IN_SEGMENT - 1);

        @Actor
        public void producer1() {
            queue.offer(A);
        }

        @Actor
        public void producer2() {
            queue.offer(B);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r1 = "in the race -";
            result.r2 = "afterwards " + poll(queue) + poll(queue) + poll(queue);
        }
    }

    @JCStressTest
    @JCStressMeta(ReadyQueueOfferTest.class)
    @State
    public static class ProducersPastSegmentEnd {
        private final ReadyQueue queue = queue(SLOTS_IN_SEGMENT);

        @Actor
        public void producer1() {
            queue.offer(A);
        }

        @Actor
        public void producer2() {
            queue.offer(B);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r1 = "in the race -";
            result.r2 = "afterwards " + poll(queue) + poll(queue) + poll(queue);
        }
    }

    @JCStressTest
    @JCStressMeta(ReadyQueueOfferTest.class)
    @State
    public static class EarlyConsumer {
        private final ReadyQueue queue = queue(0);

        @Actor
        public void producer() {
            queue.offer(A);
            queue.offer(B);
        }

        @Actor
        public void consumer(LL_Result result) {
            result.r1 = "in the race " + poll(queue);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r2 = "afterwards " + poll(queue) + poll(queue) + poll(queue);
        }
    }

    @JCStressTest
    @JCStressMeta(ReadyQueueOfferTest.class)
    @State
    public static class EarlyConsumerAtSegmentEnd {
        private final ReadyQueue queue = queue(SLOTS_IN_SEGMENT - 1);

        @Actor
        public void producer() {
            queue.offer(A);
            queue.offer(B);
        }

        @Actor
        public void consumer(LL_Result result) {
            result.r1 = "in the race " + poll(queue);
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            result.r2 = "afterwards " + poll(queue) + poll(queue) + poll(queue);
        }
    }
}
