package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.schedule.DagCore;
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
 * A completable task is completed, cancelled, or fails at its deadline:
 *
 *   completer: status: WAITING -> withdrawn;     outcome := result
 *   canceller: status: WAITING -> withdrawn;     outcome := cancelled
 *   timer:     alarm: SET -> GONE_OFF;           status: WAITING -> withdrawn;    outcome := failed
 *
 * A race would show as two calls that return true, as one that returns the wrong value, or as none that returns true.
 *
 * r1 is who was told to have ended it, r2 how it ended, r3 how often that was told.
 */
@Outcome(id = "completed, SUCCEEDED, told 1x", expect = ACCEPTABLE, desc = "The completion came first.")
@Outcome(id = "cancelled, CANCELLED, told 1x", expect = ACCEPTABLE, desc = "The cancellation came first.")
@Outcome(id = "nobody, FAILED, told 1x", expect = ACCEPTABLE, desc = "The deadline came first.")
@Outcome(expect = FORBIDDEN, desc = "More than one has ended the task, or none, or the caller was told wrong.")
public class ExternalTest {

    private static class Contested {
        private static final DagCore CORE = Graph.coreWithoutTimer();

        private final TaskNode<Integer> task = new TaskNode<>(BodyKind.COMPLETABLE, null, null, null, null);
        private final AtomicInteger told = new AtomicInteger();
        private volatile String by = "";

        Contested() {
            Objects.requireNonNull(task.changeAttributes()).expireAt(System.nanoTime() + Long.MAX_VALUE / 2);
            CORE.launchCompletable(task);
            task.push(new Link.Callback(told::incrementAndGet));
        }

        void complete() {
            if (task.complete(1, null)) {
                by += "completed";
            }
        }

        void cancel() {
            if (task.cancel()) {
                by += "cancelled";
            }
        }

        void expire() {
            Objects.requireNonNull(task.attributes().deadlineTimer).run();
        }

        void report(LLL_Result result) {
            boolean ended = Graph.ends(task);
            Patience.until(() -> told.get() > 0);
            result.r1 = by.isEmpty() ? "nobody" : by;
            result.r2 = ended ? task.taskState() : "not final";
            result.r3 = "told " + told.get() + "x";
        }
    }

    @JCStressTest
    @JCStressMeta(ExternalTest.class)
    @State
    public static class CompleteVersusCancel extends Contested {
        @Actor
        public void completer() {
            complete();
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
    @JCStressMeta(ExternalTest.class)
    @State
    public static class CompleteVersusDeadline extends Contested {
        @Actor
        public void completer() {
            complete();
        }

        @Actor
        public void timer() {
            expire();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(ExternalTest.class)
    @State
    public static class CancelVersusDeadline extends Contested {
        @Actor
        public void canceller() {
            cancel();
        }

        @Actor
        public void timer() {
            expire();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }
}
