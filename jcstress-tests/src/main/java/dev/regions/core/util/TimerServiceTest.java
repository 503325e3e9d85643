package dev.regions.core.util;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Patience;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/*
 * An alarm is set while the thread of the timers goes to sleep, or ends:
 *
 *   setter: offer to the inbox;       does the thread wake too late? wake it;    is there none? start one
 *   thread: note when it wakes;       is the inbox empty? park
 *   thread: note that there is none;  is the inbox empty? end
 *
 * A race leaves an alarm that is due in the inbox, or lets two threads be there at once.
 *
 * r1 is how many of the alarms that were due have gone off, r2 how many threads were there at the same time at most.
 */
@Outcome(id = "all, 1 at a time", expect = ACCEPTABLE, desc = "Each was seen.")
@Outcome(expect = FORBIDDEN, desc = "An alarm is left, or there were two threads.")
public class TimerServiceTest {

    /** TimerService whose thread is virtual, for there are many of them. */
    private static class Alarms {
        private final AtomicInteger threads = new AtomicInteger();
        private final AtomicInteger atOnce = new AtomicInteger();
        private final AtomicInteger gone = new AtomicInteger();
        final TimerService timers;

        Alarms(long keepAliveNanos) {
            timers = new TimerService(
                    loop -> Thread.ofVirtual().unstarted(() -> {
                        atOnce.accumulateAndGet(threads.incrementAndGet(), Math::max);
                        loop.run();
                        threads.decrementAndGet();
                    }),
                    keepAliveNanos);
        }

        void setNow() {
            timers.set(0, gone::incrementAndGet);
        }

        void setFarOff() {
            timers.set(TimeUnit.HOURS.toNanos(1), () -> {});
        }

        void report(int due, LL_Result result) {
            result.r1 = Patience.until(() -> gone.get() == due) ? "all" : gone + " of " + due;
            timers.end();
            result.r2 = atOnce + " at a time";
        }
    }

    @JCStressTest
    @JCStressMeta(TimerServiceTest.class)
    @State
    public static class SetVersusEnd extends Alarms {
        public SetVersusEnd() {
            super(0);
        }

        @Actor
        public void setter1() {
            setNow();
        }

        @Actor
        public void setter2() {
            setNow();
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            report(2, result);
        }
    }

    @JCStressTest
    @JCStressMeta(TimerServiceTest.class)
    @State
    public static class SetVersusSleep extends Alarms {
        public SetVersusSleep() {
            super(TimeUnit.HOURS.toNanos(1));
        }

        @Actor
        public void setter1() {
            setFarOff();
        }

        @Actor
        public void setter2() {
            setNow();
        }

        @Arbiter
        public void afterwards(LL_Result result) {
            report(1, result);
        }
    }
}
