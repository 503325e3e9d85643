package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Completion;
import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Link;
import dev.regions.core.graph.Patience;
import dev.regions.core.graph.TaskNode;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * A task is to be retried while another thread cancels it:
 *
 *   runner:    status: RUNNING -> WAITING;       write the alarm down, set it;    final? call it off
 *   canceller: status: WAITING -> withdrawn;     outcome := cancelled;            call the alarm off
 *              status: RUNNING -> CANCELLING;    push a request, interrupt        the runner finds it
 *   timer:     the alarm goes off;               status: WAITING -> READY
 *
 * A cancellation that believes the task to be on a worker must not cross one that sends it back to wait. A race would
 * show as a task that nobody ends, or that keeps what comes after it waiting until an alarm goes off that nobody
 * called off; as a cancellation that is too late although the task was to go on; or as a body that runs after it.
 *
 * r1 is what the canceller was told, r2 how the task ended, r3 how often that was told, and whether the order is over.
 */
@Outcome(id = "cancelled, CANCELLED, told 1x, over", expect = ACCEPTABLE, desc = "Cancelled, whatever it was at.")
@Outcome(
        id = "left alone, SUCCEEDED, told 1x, over",
        expect = ACCEPTABLE,
        desc = "The next attempt had ended. Only where the alarm goes off.")
@Outcome(expect = FORBIDDEN, desc = "Ended twice or never, or cancelled in vain, or the order is kept up.")
public class RetryTest {
    private static final long NEVER = Long.MAX_VALUE;

    private static class Repeated {
        private static final DagCore CORE = Graph.coreWithoutTimer();

        final TaskNode<Integer> task = Graph.limited(() -> 1);
        private final AtomicInteger told = new AtomicInteger();
        private volatile boolean cancelled;

        Repeated() {
            Graph.launched(CORE, task);
            task.countDown(1);
            task.claim(1);
            task.push(new Link.Callback(told::incrementAndGet));
        }

        void cancel() {
            cancelled = task.cancel();
        }

        void report(LLL_Result result) {
            boolean ended = Graph.ends(task);
            Patience.until(() -> task.isSettled() && told.get() > 0);
            result.r1 = cancelled ? "cancelled" : "left alone";
            result.r2 = ended ? task.taskState() : "not final";
            result.r3 = "told " + told.get() + (task.isSettled() ? "x, over" : "x, not over");
        }
    }

    @JCStressTest
    @JCStressMeta(RetryTest.class)
    @State
    public static class RetreatVersusCancel extends Repeated {
        @Actor
        public void runner() {
            if (!Attempt.reschedule(task, (DagCore) task.core(), 1, NEVER)) {
                Graph.fail(task, new Completion());
            }
        }

        @Actor
        public void canceller() {
            cancel();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(RetryTest.class)
    @State
    public static class BackoffVersusCancel extends Repeated {
        public BackoffVersusCancel() {
            Attempt.reschedule(task, (DagCore) task.core(), 1, NEVER);
        }

        @Actor
        public void timer() {
            Objects.requireNonNull(task.attributes().backoffTimer).run();
        }

        @Actor
        public void canceller() {
            cancel();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }
}
