package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Completion;
import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskNode;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * A batch is wired while a worker polls, or while its predecessor completes:
 *
 *   wirer:    wire each task of the batch, its guard left on;    take off all guards
 *   worker:   is the first task ready? run it
 *   finisher: the predecessor of the first task ends;            take that edge off
 *
 * A race starts a task of the batch while another one is not wired yet, and so shows a part of it.
 *
 * r1 is whether the rest was wired when the first task was ready.
 */
@Outcome(id = "whole", expect = ACCEPTABLE, desc = "All was wired before the first was ready.")
@Outcome(id = "not ready", expect = ACCEPTABLE, desc = "It did not become ready while this looked.")
@Outcome(expect = FORBIDDEN, desc = "A part of the batch is ready before the rest is wired.")
public class BatchTest {
    private static final int BETWEEN = 8;
    private static final int LOOKS = 300;

    /** A batch: the first task, some others, and at last one that hangs on a task outside. */
    private static class Batch {
        final DagCore core = Graph.core();
        final TaskNode<?> outside = Graph.running(core, Graph.task(null));
        final TaskNode<?> before = Graph.running(core, Graph.task(null));
        final TaskNode<?> first;
        private final Node[] batch = new Node[2 + BETWEEN];
        private final SubmissionQueue submissions = new SubmissionQueue("stress");

        Batch(boolean dependent) {
            core.workers().standBy(); // nobody else runs anything
            first = Graph.task(dependent ? before : null);
            batch[0] = first;
            for (int i = 1; i <= BETWEEN; i++) {
                batch[i] = Graph.task(first);
            }
            batch[batch.length - 1] = Graph.task(outside);
            for (Node node : batch) {
                Graph.launched(core, node);
            }
        }

        void wire() {
            submissions.submit(batch);
        }

        String look() {
            for (int checks = LOOKS; checks > 0; checks--) {
                if (first.isReady()) {
                    return outside.dependents() != null ? "whole" : "in part";
                }
                Thread.onSpinWait();
            }
            return "not ready";
        }
    }

    @JCStressTest
    @JCStressMeta(BatchTest.class)
    @State
    public static class WireVersusRun extends Batch {
        public WireVersusRun() {
            super(false);
        }

        @Actor
        public void wirer() {
            wire();
        }

        @Actor
        public void worker(L_Result result) {
            result.r1 = look();
        }
    }

    @JCStressTest
    @JCStressMeta(BatchTest.class)
    @State
    public static class WireVersusFinish extends Batch {
        private final Completion release = new Completion();

        public WireVersusFinish() {
            super(true);
        }

        @Actor
        public void wirer() {
            wire();
        }

        @Actor
        public void finisher(L_Result result) {
            Graph.succeed(before, release);
            result.r1 = look();
        }
    }
}
