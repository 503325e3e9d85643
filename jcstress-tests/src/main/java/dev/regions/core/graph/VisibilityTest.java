package dev.regions.core.graph;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.regions.core.schedule.DagCore;
import dev.regions.core.schedule.SubmissionQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/*
 * What is written with plain accesses, and read on another thread with no other ordering than a task's own:
 *
 *   spawner: x = 1;   spawn             who claims the task:           read x
 *   runner:  y = 1;   finish            who sees the task final:       read y
 *   runner 1: x = 1;  finish            who makes the dependent ready: read x and y
 *   runner 2: y = 1;  finish
 *
 * A race would read 0 although the state of the task implies 1. In the last case, one of the two writers and the reader
 * synchronise only through the dependent's counter.
 */
@Outcome(id = "-1", expect = ACCEPTABLE, desc = "Came before the task did.")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "All that was written before is there.")
@Outcome(expect = FORBIDDEN, desc = "Something that was written before is not there.")
public class VisibilityTest {

    @JCStressTest
    @JCStressMeta(VisibilityTest.class)
    @State
    public static class SpawnToBody {
        private final TaskNode<?> task = Graph.launched(Graph.task(null));
        private final Completion release = Graph.hand();
        private int x;

        @Actor
        public void spawner() {
            x = 1;
            Graph.wire(task, release);
        }

        @Actor
        public void runner(I_Result result) {
            result.r1 = task.claim(1) ? x : -1;
        }
    }

    @JCStressTest
    @JCStressMeta(VisibilityTest.class)
    @State
    public static class BodyToWaiter {
        private final TaskNode<?> task = Graph.running(Graph.task(null));
        private final Completion release = Graph.hand();
        private int y;

        @Actor
        public void runner() {
            y = 1;
            Graph.succeed(task, release);
        }

        @Actor
        public void waiter(I_Result result) {
            result.r1 = task.isDone() ? y : -1;
        }
    }

    @JCStressTest
    @JCStressMeta(VisibilityTest.class)
    @State
    public static class BodiesToDependent {
        private final TaskNode<?> one = Graph.running(Graph.task(null));
        private final TaskNode<?> two = Graph.running(Graph.task(null));
        private final TaskNode<?> dependent = Graph.wired(Graph.task(Graph.hard(one, two)));
        private final Completion byOne = Graph.hand();
        private final Completion byTwo = Graph.hand();
        private int x;
        private int y;
        private int read;

        @Actor
        public void runner1() {
            x = 1;
            Graph.succeed(one, byOne);
            if (byOne.takeFirst() == dependent) {
                read = x & y;
            }
        }

        @Actor
        public void runner2() {
            y = 1;
            Graph.succeed(two, byTwo);
            if (byTwo.takeFirst() == dependent) {
                read = x & y;
            }
        }

        @Arbiter
        public void afterwards(I_Result result) {
            result.r1 = read;
        }
    }

    @JCStressTest
    @JCStressMeta(VisibilityTest.class)
    @State
    public static class ThroughIntake {
        private final SubmissionQueue submissions = new SubmissionQueue("stress");
        private final TaskNode<?> one = Graph.launched(Graph.barrier(null));
        private final TaskNode<?> two = Graph.launched(Graph.barrier(null));
        private int x;
        private int y;
        private int readX;
        private int readY;

        private volatile int read;

        public ThroughIntake() {
            one.push(new Link.Callback(() -> {
                readX = x;
                countRead();
            }));
            two.push(new Link.Callback(() -> {
                readY = y;
                countRead();
            }));
        }

        private synchronized void countRead() {
            read++;
        }

        @Actor
        public void spawner1() {
            x = 1;
            submissions.submit(one);
        }

        @Actor
        public void spawner2() {
            y = 1;
            submissions.submit(two);
        }

        @Arbiter
        public void afterwards(I_Result result) {
            Patience.until(() -> read == 2); // a thread of their own runs them
            result.r1 = readX & readY;
        }
    }

    @JCStressTest
    @JCStressMeta(VisibilityTest.class)
    @State
    public static class SpawnToJoin {
        private static final DagCore CORE = Graph.core();

        private final TaskNode<Integer> first = Graph.task(this::first, null);
        private final TaskNode<Integer> second = Graph.task(this::second, first);
        private int x;
        private int y;
        private int z;

        private int first() {
            y = x;
            return 1;
        }

        private int second() {
            z = y;
            return 1;
        }

        @Actor
        public void spawner() {
            x = 1;
            CORE.launchFresh(first);
            CORE.launchFresh(second);
        }

        @Actor
        public void joiner(I_Result result) {
            result.r1 = Graph.ends(second) ? z : 0;
        }
    }
}
