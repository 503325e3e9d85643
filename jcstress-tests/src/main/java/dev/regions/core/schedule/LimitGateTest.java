package dev.regions.core.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.graph.Completion;
import dev.regions.core.graph.Graph;
import dev.regions.core.graph.Patience;
import dev.regions.core.graph.TaskNode;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/*
 * Tasks wait in the queue of a limit, are admitted, leave, and are cancelled at any time:
 *
 *   arriving:  add to the queue;     is a permit free?         take it, admit the first task
 *   leaving:   return the permit;    does a task wait?         take it, admit the first task
 *   admitting: add to inside;        is the task ready?        if not, remove it from inside, and return the permit
 *   canceller: withdraw the task;    for each limit, is it inside?   remove it from inside, and return the permit
 *
 * A race would lose a permit, return one twice, leave a task waiting beside a free one, or admit too many.
 *
 * r1 is how the tasks ended, r2 how many were inside at the same time, r3 whether the place is free afterwards.
 */
@Outcome(id = "CANCELLED, 0, free", expect = ACCEPTABLE, desc = "Cancelled before its body ran.")
@Outcome(id = "CANCELLED, 1, free", expect = ACCEPTABLE, desc = "Cancelled while its body ran.")
@Outcome(id = "SUCCEEDED, 1, free", expect = ACCEPTABLE, desc = "It ran, or both ran, one after the other.")
@Outcome(expect = FORBIDDEN, desc = "A permit was lost or returned twice, or a task was lost.")
public class LimitGateTest {

    private static class Limited {
        private static final DagCore CORE = Graph.coreWithoutTimer();

        final LimitGate limit = new LimitGate("narrow", 1);
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        TaskNode<Integer> launched(LimitGate... limits) {
            return Graph.launched(CORE, Graph.limited(this::run, limits));
        }

        private int run() {
            int now = inside.incrementAndGet();
            most.accumulateAndGet(now, Math::max);
            Graph.spin(64);
            return inside.decrementAndGet();
        }

        static void wire(TaskNode<?> task) {
            Graph.wire(task, new Completion());
        }

        void report(LLL_Result result, TaskNode<?>... tasks) {
            for (TaskNode<?> task : tasks) {
                result.r1 = Graph.ends(task) ? task.taskState() : "not final";
            }
            Patience.until(() -> limit.inUse() == 0);
            result.r2 = most.get();
            TaskNode<Integer> next = Graph.launched(CORE, Graph.limited(() -> 1, limit));
            wire(next);
            boolean requestAdmission = Graph.ends(next); // there was a place for one more
            result.r3 = requestAdmission && isFree(limit) ? "free" : "taken, or free twice";
        }

        static boolean isFree(LimitGate limit) {
            return Patience.until(() -> limit.inUse() == 0 && limit.permitsFree() == limit.permits());
        }
    }

    @JCStressTest
    @JCStressMeta(LimitGateTest.class)
    @State
    public static class ReleaseVersusCancel extends Limited {
        private final TaskNode<Integer> leaves = launched(limit);
        private final TaskNode<Integer> waits = launched(limit);

        @Actor
        public void comer() {
            wire(leaves);
            wire(waits);
        }

        @Actor
        public void canceller() {
            waits.cancel();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result, leaves, waits);
        }
    }

    @JCStressTest
    @JCStressMeta(LimitGateTest.class)
    @State
    public static class SecondLimitVersusCancel extends Limited {
        private final LimitGate full = new LimitGate("full", 0);
        private final TaskNode<Integer> task = launched(limit, full);

        @Actor
        public void comer() {
            wire(task);
        }

        @Actor
        public void canceller() {
            task.cancel();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result, task);
        }
    }

    @JCStressTest
    @JCStressMeta(LimitGateTest.class)
    @State
    public static class SecondLimitLetsInVersusCancel extends Limited {
        private final LimitGate second = new LimitGate("second", 1);
        private final TaskNode<Integer> task = launched(limit, second);

        @Actor
        public void comer() {
            wire(task);
        }

        @Actor
        public void canceller() {
            task.cancel();
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result, task);
            if (!isFree(second)) {
                result.r3 = "the second is taken, or free twice";
            }
        }
    }

    @JCStressTest
    @JCStressMeta(LimitGateTest.class)
    @State
    public static class TwoForOnePlace extends Limited {
        private final TaskNode<Integer> one = launched(limit);
        private final TaskNode<Integer> other = launched(limit);

        @Actor
        public void comer1() {
            wire(one);
        }

        @Actor
        public void comer2() {
            wire(other);
        }

        @Arbiter
        public void afterwards(LLL_Result result) {
            report(result, one, other);
        }
    }
}
