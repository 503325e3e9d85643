package dev.regions.core.util;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/*
 * An alarm goes off while it is called off:
 *
 *   timer:  state: SET -> GONE_OFF;      do what was to be done
 *   caller: state: SET -> CALLED_OFF;    believe that it will not be done
 *
 * A race does it although it was called off, or twice; or lets it be called off although it is done.
 *
 * r1 is what the calls that call it off return, r2 how often the action was run.
 */
@Outcome(id = "called off, done 0x", expect = ACCEPTABLE, desc = "Called off in time.")
@Outcome(id = "too late, done 1x", expect = ACCEPTABLE, desc = "It had gone off.")
@Outcome(expect = FORBIDDEN, desc = "Done though called off, or twice, or called off twice.")
public class TimerTest {

    /** An alarm, and how often it has gone off. */
    private static class Set {
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicInteger calledOff = new AtomicInteger();
        final Timer timer = new Timer(done::incrementAndGet);

        void callOff() {
            if (timer.callOff()) {
                calledOff.incrementAndGet();
            }
        }

        void report(LL_Result result) {
            int times = calledOff.get();
            result.r1 = times == 0 ? "too late" : times == 1 ? "called off" : "called off twice";
            result.r2 = "done " + done.get() + "x";
        }
    }

    @JCStressTest
    @JCStressMeta(TimerTest.class)
    @State
    public static class CallOffVersusGoOff extends Set {
        @Actor
        public void timer() {
            timer.run();
        }

        @Actor
        public void caller() {
            callOff();
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(TimerTest.class)
    @State
    public static class CallOffTwice extends Set {
        @Actor
        public void caller1() {
            callOff();
        }

        @Actor
        public void caller2() {
            callOff();
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            timer.run();
            report(result);
        }
    }
}
