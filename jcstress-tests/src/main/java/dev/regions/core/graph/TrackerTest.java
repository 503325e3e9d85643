package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.queue.TrackedTask;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * A region begins to track a task while the task ends:
 *
 *   region:   push the tracker onto the stack, or find the outcome there;    clear the tracker in the latter case
 *   finisher: outcome := result, taking the stack;                           clear each tracker that was on it
 *
 * A race leaves a tracker that neither has cleared, and with it the result; or clears one of a task that has failed,
 * and the failure is lost.
 *
 * A region that finds a tracker cleared goes on as if it had waited for the task: it must see what the task wrote.
 */
@Outcome(id = "let go", expect = ACCEPTABLE, desc = "The result is not kept.")
@Outcome(id = "kept, FAILED", expect = ACCEPTABLE, desc = "The failure is kept for the region to report.")
@Outcome(id = "(unfinished|written)", expect = ACCEPTABLE, desc = "Not let go yet, or all is seen.")
@Outcome(expect = FORBIDDEN, desc = "A result is kept, a failure is lost, or a write is not seen.")
public class TrackerTest {

    private static String describe(TrackedTask tracker) {
        var pending = tracker.pending();
        return pending == null ? "let go" : "kept, " + pending.task().taskState();
    }

    @JCStressTest
    @JCStressMeta(TrackerTest.class)
    @State
    public static class TrackVersusFinish {
        private final TaskNode<?> task = Graph.running(Graph.task(null));
        private final Completion release = Graph.hand();
        private TrackedTask tracker;

        @Actor
        public void region() {
            tracker = task.track();
        }

        @Actor
        public void finisher() {
            Graph.succeed(task, release);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = describe(Objects.requireNonNull(tracker));
        }
    }

    @JCStressTest
    @JCStressMeta(TrackerTest.class)
    @State
    public static class TrackVersusFailure {
        private final TaskNode<?> task = Graph.running(Graph.task(null));
        private final Completion release = Graph.hand();
        private TrackedTask tracker;

        @Actor
        public void region() {
            tracker = task.track();
        }

        @Actor
        public void finisher() {
            Graph.fail(task, release);
        }

        @Arbiter
        public void afterwards(L_Result result) {
            result.r1 = describe(Objects.requireNonNull(tracker));
        }
    }

    @JCStressTest
    @JCStressMeta(TrackerTest.class)
    @State
    public static class LookVersusFinish {
        private final TaskNode<?> task = Graph.running(Graph.task(null));
        private final TrackedTask tracker = task.track();
        private final Completion release = Graph.hand();
        private int written;

        @Actor
        public void region(L_Result result) {
            result.r1 = tracker.pending() != null ? "unfinished" : written == 1 ? "written" : "not seen";
        }

        @Actor
        public void finisher() {
            written = 1;
            Graph.succeed(task, release);
        }
    }
}
