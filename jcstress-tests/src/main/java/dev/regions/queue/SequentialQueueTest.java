package dev.regions.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.task.Task;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * Several enqueue into one sequential region:
 *
 *   producer 1: take a turn;    a comes after the tail, and is the tail;    hand a on
 *   producer 2: take a turn;    b comes after the tail, and is the tail;    hand b on
 *
 * A race puts two tasks after the same one, so that they run at the same time, or loses the order of one producer's
 * own tasks. A batch counts as one; its tasks come after what was before it, and what is behind comes after all of
 * them. A task that is refused is no part of the chain: a race puts another one behind it, which then never runs.
 *
 * r1 is the order in which the tasks will run, as their edges say it.
 */
@Outcome(id = "(abcd|acbd|acdb|cabd|cadb|cdab)", expect = ACCEPTABLE, desc = "One chain, in each producer's order.")
@Outcome(id = "(a\\[cd\\]b|ab\\[cd\\]|\\[cd\\]ab)", expect = ACCEPTABLE, desc = "One chain; the batch is together.")
@Outcome(id = "(abc|acb|bac|bca|cab|cba)", expect = ACCEPTABLE, desc = "One chain.")
@Outcome(id = "(abd|adb|dab)", expect = ACCEPTABLE, desc = "One chain, without the task that was refused.")
@Outcome(expect = FORBIDDEN, desc = "Not one chain, or not in order.")
public class SequentialQueueTest {

    /** A region, and what it handed on. */
    private static class Region {
        private static final IllegalStateException REFUSAL = new IllegalStateException("refused");

        final PendingTask refused = Graph.pending("refused");
        final Queue<PendingTask> seen = new ConcurrentLinkedQueue<>();
        final SequentialQueue region = new SequentialQueue(
                new TaskQueue() {
                    @Override
                    public void enqueue(PendingTask task) {
                        if (task == refused) {
                            throw REFUSAL;
                        }
                        seen.add(task);
                    }

                    @Override
                    public void enqueue(TaskBatch batch) {
                        seen.addAll(batch.tasks());
                    }
                },
                ChainPolicy.SKIP_REST);
        final PendingTask a = Graph.pending("a");
        final PendingTask b = Graph.pending("b");
        final PendingTask c = Graph.pending("c");
        final PendingTask d = Graph.pending("d");

        /** Tells the order as a worker that takes the first name first would find it; in brackets what is parallel. */
        String order() {
            StringBuilder order = new StringBuilder();
            Set<Task<?>> done = new HashSet<>();
            while (done.size() < seen.size()) {
                List<PendingTask> ready = seen.stream()
                        .filter(task -> !done.contains(task.task()))
                        .filter(task ->
                                task.dependencies().stream().allMatch(edge -> done.contains(edge.predecessor())))
                        .toList();
                if (ready.isEmpty()) {
                    return order + " and a circle";
                }
                order.append(describe(ready));
                ready.forEach(task -> done.add(task.task()));
            }
            return order.toString();
        }

        private static String describe(List<PendingTask> ready) {
            List<String> names = ready.stream().map(PendingTask::name).sorted().toList();
            if (names.equals(List.of("end of batch"))) {
                return "";
            }
            return names.size() == 1 ? names.get(0) : "[" + String.join("", names) + "]";
        }
    }

    @JCStressTest
    @JCStressMeta(SequentialQueueTest.class)
    @State
    public static class TwoProducers extends Region {
        @Actor
        public void producer1() {
            region.enqueue(a);
            region.enqueue(b);
        }

        @Actor
        public void producer2() {
            region.enqueue(c);
            region.enqueue(d);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = order();
        }
    }

    @JCStressTest
    @JCStressMeta(SequentialQueueTest.class)
    @State
    public static class TasksAndBatch extends Region {
        @Actor
        public void producer1() {
            region.enqueue(a);
            region.enqueue(b);
        }

        @Actor
        public void producer2() {
            region.enqueue(TaskBatch.of(c, d));
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = order();
        }
    }

    @JCStressTest
    @JCStressMeta(SequentialQueueTest.class)
    @State
    public static class Refused extends Region {
        @Actor
        public void producer1() {
            region.enqueue(a);
            region.enqueue(b);
        }

        @Actor
        public void producer2() {
            try {
                region.enqueue(refused);
            } catch (IllegalStateException e) {
                region.enqueue(d);
            }
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = order();
        }
    }

    /** Two processors are enough: the third producer comes between the two when the system lets it. */
    @JCStressTest
    @JCStressMeta(SequentialQueueTest.class)
    @State
    public static class ThreeProducers extends Region {
        private final ThirdActor third = new ThirdActor(() -> region.enqueue(c));

        @Actor
        public void producer1() {
            third.start();
            region.enqueue(a);
        }

        @Actor
        public void producer2() {
            region.enqueue(b);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            third.join();
            result.r1 = order();
        }
    }
}
