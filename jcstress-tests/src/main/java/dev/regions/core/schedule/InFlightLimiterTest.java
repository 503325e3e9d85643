package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.Patience;
import dev.regions.core.graph.TaskNode;
import dev.regions.task.OverflowPolicy;
import dev.regions.task.TooManyTasksException;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * The bound on tasks in flight is reached, and a place becomes free:
 *
 *   spawner: no place: wait for one;     take it, if it is still there
 *   ender:   give the place back;        wake who waits
 *
 * A lost wake-up would hang: the arbiter has the spawner interrupted after a while, which then says so. Two who come at
 * the same time must not both get the last place; a task that spawns gets one in any case, and what it took beyond the
 * bound must be missing until it is given back.
 *
 * r1 is what came of those who wanted a place, r2 how many were inside at most, r3 how many places are free afterwards.
 */
@Outcome(id = "2 got in, at most 1, 1 free", expect = ACCEPTABLE, desc = "One after the other.")
@Outcome(id = "1 got in, at most 1, 1 free", expect = ACCEPTABLE, desc = "One got both places at once.")
@Outcome(
        id = "2 got in, at most 2, 1 free",
        expect = ACCEPTABLE,
        desc = "The one from within is let in past the bound.")
@Outcome(
        expect = FORBIDDEN,
        desc = "Past the bound, or a place is lost or comes twice, or nobody woke the one who waits.")
public class InFlightLimiterTest {
    /** What is to be launched; nobody asks here. */
    private static final Node[] NOTHING = {};

    /** A room of one place, and who was inside at the same time. */
    private static class Narrow {
        final InFlightLimiter inFlightLimiter = new InFlightLimiter("runtime 'stress'", 1, OverflowPolicy.BLOCK);
        private final AtomicInteger gotIn = new AtomicInteger();
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private volatile String missed = "";

        /** Takes a place, waits a moment, and gives it back. */
        void goThrough(boolean fromWithin) {
            if (goIn(fromWithin)) {
                Graph.spin(16);
                goOut();
            }
        }

        boolean goIn(boolean fromWithin) {
            boolean woken = Patience.returns(() -> {
                inFlightLimiter.take(1, fromWithin, NOTHING);
                return null;
            });
            if (!woken) {
                missed = ", nobody woke the other";
                return false;
            }
            gotIn.incrementAndGet();
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            return true;
        }

        void goOut() {
            inside.decrementAndGet();
            inFlightLimiter.giveBack(1);
        }

        void report(LLL_Result result) {
            result.r1 = gotIn.get() + " got in" + missed;
            result.r2 = "at most " + most.get();
            result.r3 = inFlightLimiter.free() + " free";
        }
    }

    @JCStressTest
    @JCStressMeta(InFlightLimiterTest.class)
    @State
    public static class WaitVersusGiveBack extends Narrow {
        public WaitVersusGiveBack() {
            goIn(false);
        }

        @Actor
        public void spawner() {
            goThrough(false);
        }

        @Actor
        public void ender() {
            goOut();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    @JCStressTest
    @JCStressMeta(InFlightLimiterTest.class)
    @State
    public static class TwoWait extends Narrow {
        @Actor
        public void spawner1() {
            goThrough(false);
        }

        @Actor
        public void spawner2() {
            goThrough(false);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    /*
     * Two want the last place where nobody waits, with as little as can be before and after:
     *
     *   both: is there a place? take it, by a compare-and-set, or be refused
     */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "One got in, the other was refused.")
    @Outcome(expect = FORBIDDEN, desc = "Both got the last place, or nobody did.")
    @State
    public static class TwoForTheLastPlace {
        private final InFlightLimiter inFlightLimiter =
                new InFlightLimiter("runtime 'stress'", 1, OverflowPolicy.REJECT);
        private int gotIn1;
        private int gotIn2;

        private int goIn() {
            try {
                inFlightLimiter.take(1, false, NOTHING);
                return 1;
            } catch (TooManyTasksException e) {
                return 0;
            }
        }

        @Actor
        public void spawner1() {
            gotIn1 = goIn();
        }

        @Actor
        public void spawner2() {
            gotIn2 = goIn();
        }

        @Arbiter
        public void afterwards(I_Result result) {
            result.r1 = gotIn1 + gotIn2;
        }
    }

    @JCStressTest
    @JCStressMeta(InFlightLimiterTest.class)
    @State
    public static class FromWithinVersusWait extends Narrow {
        @Actor
        public void task() {
            goThrough(true);
        }

        @Actor
        public void spawner() {
            goThrough(false);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result);
        }
    }

    /*
     * The same with a core: what ends, in whatever way, makes room for the one who waits to spawn.
     *
     *   spawner:   wait for room;            launch
     *   canceller: outcome := cancelled;     count it as ended;      give the place back
     */
    @JCStressTest
    @JCStressMeta(InFlightLimiterTest.class)
    @State
    public static class LaunchVersusEnd {
        private final DagCore core = Graph.coreWithBound(1);
        private final TaskNode<?> neverLaunched = Graph.task(null);
        private final TaskNode<?> first = Graph.task(neverLaunched);
        private final TaskNode<?> second = Graph.task(neverLaunched);
        private volatile String launched = "1 got in, nobody woke the other";

        public LaunchVersusEnd() {
            core.enqueue(first);
        }

        @Actor
        public void spawner() {
            boolean woken = Patience.returns(() -> {
                core.enqueue(second);
                return null;
            });
            if (woken) {
                launched = "2 got in";
            }
        }

        @Actor
        public void canceller() {
            first.cancel();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            second.cancel();
            result.r1 = launched;
            result.r2 = "at most 1";
            result.r3 = second.isDone() && core.inFlight() == 0 ? "1 free" : "in flight: " + core.inFlight();
        }
    }
}
