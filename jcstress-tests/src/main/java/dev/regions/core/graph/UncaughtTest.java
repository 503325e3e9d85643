package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/*
 * A failure is reported as uncaught, because the runtime ends or the handle is unreachable, while a thread observes it:
 *
 *   reporter: remove it from the unobserved failures: was it there?    report it
 *   observer: remove it from the unobserved failures;                  clear the data for the report
 *
 * A race reports a failure twice, or finds nothing there to report.
 *
 * r1 is how often it was reported.
 */
@Outcome(id = "reported 1x", expect = ACCEPTABLE, desc = "Reported before it was seen.")
@Outcome(id = "seen, reported [01]x", expect = ACCEPTABLE, desc = "Seen, before it was reported or after.")
@Outcome(id = "both reported, one by one", expect = ACCEPTABLE, desc = "The handler was told of both.")
@Outcome(expect = FORBIDDEN, desc = "Reported twice, or not at all although nobody saw it.")
public class UncaughtTest {

    private static class OneFailure {
        private final AtomicInteger reported = new AtomicInteger();
        final UncaughtFailures failures = new UncaughtFailures("stress", failure -> reported.incrementAndGet());
        final ExceptionalOutcome.Failed failed = failures.watch("task", null, Graph.FAILURE);

        String report() {
            return "reported " + reported.get() + "x";
        }
    }

    @JCStressTest
    @JCStressMeta(UncaughtTest.class)
    @State
    public static class TwoReport extends OneFailure {
        @Actor
        public void reporter1() {
            failures.reportAll();
        }

        @Actor
        public void reporter2() {
            failures.reportAll();
        }

        @Arbiter
        public void afterwards(L_Result result) {
            failed.markSeen();
            result.r1 = report();
        }
    }

    @JCStressTest
    @JCStressMeta(UncaughtTest.class)
    @State
    public static class ReportVersusSee extends OneFailure {
        @Actor
        public void reporter() {
            failures.reportAll();
        }

        @Actor
        public void seer() {
            failed.markSeen();
        }

        @Arbiter
        public void afterwards(L_Result result) {
            failures.reportAll();
            result.r1 = "seen, " + report();
        }
    }

    /*
     * The runtime is closed while the finder finds another failure:
     *
     *   closer: due: empty;               let go of the handler;           look at due again
     *   finder: add the failure to due;   is the handler being called?     else start a thread that calls it
     *
     * A race leaves a failure in due, because each thread leaves it to the other, or has two threads call the handler
     * at a time.
     */
    @JCStressTest
    @JCStressMeta(UncaughtTest.class)
    @State
    public static class DeliverVersusFind {
        private final AtomicBoolean inHandler = new AtomicBoolean();
        private final AtomicInteger reported = new AtomicInteger();
        private final UncaughtFailures failures = new UncaughtFailures("stress", failure -> handle());
        private volatile String how = "one by one";

        public DeliverVersusFind() {
            failures.watch("first", null, Graph.FAILURE);
        }

        private void handle() {
            if (!inHandler.compareAndSet(false, true)) {
                how = "at a time";
            }
            reported.incrementAndGet();
            inHandler.set(false);
        }

        @Actor
        public void closer() {
            failures.reportAll();
        }

        @Actor
        public void finder() {
            failures.watch("second", null, Graph.FAILURE);
            failures.handOverAll();
            failures.startDelivery();
        }

        @Arbiter
        public void afterwards(L_Result result) {
            boolean both = Patience.until(millis -> {
                if (reported.get() < 2) {
                    Thread.sleep(millis);
                }
                return reported.get() == 2;
            });
            result.r1 = (both ? "both reported, " : "one is lost, ") + how;
        }
    }
}
