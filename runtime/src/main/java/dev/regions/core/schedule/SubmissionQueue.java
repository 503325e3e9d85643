package dev.regions.core.schedule;

import dev.regions.core.graph.CallbackRunner;
import dev.regions.core.graph.Completion;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.Wiring;
import dev.regions.core.util.ClassPreloader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The queue of launched tasks and batches that are to be wired: a JCTools multi-producer single-consumer queue, without
 * a thread of its own to consume it.
 *
 * <h2>Implementation overview</h2>
 *
 * <p>A submitter that finds the queue idle becomes its one consumer, by a compare-and-set of {@code consuming}. It
 * wires its own submission directly, bypassing the queue, and then the submissions that others have left. A submitter
 * that finds the queue busy offers to it and is done. No submitter waits for another, nor for user callbacks that are
 * due because of its wiring: these get a thread of their own ({@link CallbackRunner}).
 *
 * <p><b>The hand-shake</b> is a Dekker pair over {@code consuming} and the queue:
 *
 * <pre>
 *   submitter:  offer;              then read consuming:  if clear, become the consumer
 *   consumer:   clear consuming;    then look at the queue: if not empty, become the consumer again
 * </pre>
 *
 * Therefore one of the two sees a submission that is offered at the last moment. The queue's offer ends in an ordered
 * store only; the submitter's compare-and-set on {@code consuming}, tried whether or not the flag was seen set, orders
 * its read after the offer. The accesses of {@code consuming} also hand the queue's consumer side and the plain field
 * {@code release} from one consumer to the next.
 *
 * <p>A consumer wires others' submissions up to a budget. If there are more, it hands the role of the consumer, flag
 * and all, to a virtual thread, so that no submitter is held up by the others. A submitter does not wire a batch that
 * is larger than the budget: if it becomes the consumer, it hands the role over at once, with the batch. Wiring is the
 * greater part of a launch, and no task of the batch can start before it is done, so the submitter may as well go on
 * meanwhile ({@code BulkHandOver} in the benchmarks). The body of a task does not hand its batch over, because it may
 * keep its carrier, and wait.
 *
 * <p>A race would show as a submission that is in the queue while there is no consumer (its tasks never become ready),
 * or as two consumers at once (tasks lost or wired twice).
 */
public final class SubmissionQueue {
    /**
     * How many tasks of others a submitter wires before it hands over, and how many of its own at most. If it wires
     * all, BulkHandOver took 40.9 ns for a task instead of 28.9 (docs/internals/before-and-after.md, "Constants").
     */
    private static final int BUDGET = 4096;

    /** Of a chunk of the queue. With 32, BulkHandOver took 26.4, within the noise. */
    private static final int CHUNK = 256;

    private static final VarHandle CONSUMING;

    static {
        try {
            CONSUMING = MethodHandles.lookup().findVarHandle(SubmissionQueue.class, "consuming", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        linkAccesses();
    }

    /** Links the accesses of this class by making each kind once, on null: see {@link ClassPreloader}. */
    private static void linkAccesses() {
        for (int access = 0; access < 1; access++) {
            try {
                switch (access) {
                    case 0 -> CONSUMING.compareAndSet((SubmissionQueue) null, false, true);
                    default -> throw new AssertionError(access);
                }
            } catch (NullPointerException linked) {
                // expected
            }
        }
    }

    private final Queue<Object> submitted;
    private final ThreadFactory threads;
    private volatile boolean consuming;
    /** A large batch that is being wired, for diagnostics. */
    private volatile Node @Nullable [] large;

    /** Used by the consumer alone. */
    private final Completion release = new Completion();

    public SubmissionQueue(String name) {
        this(name, newQueue());
    }

    public SubmissionQueue(String name, Queue<Object> submitted) {
        this.submitted = submitted;
        this.threads = Thread.ofVirtual()
                .name(name + "-intake")
                .inheritInheritableThreadLocals(false)
                .factory();
    }

    /** Wires one launched task, or leaves it to the present consumer. */
    public void submit(Node node) {
        accept(node);
    }

    /**
     * Wires a batch of launched tasks, and clears the array: none of them can start before all of them are wired. A
     * large batch is wired on a thread of its own.
     */
    public void submit(Node[] batch) {
        if (batch.length <= BUDGET || Worker.ofBody() != null) {
            accept(batch);
        } else if (tryConsume()) {
            handOver(batch);
        } else {
            submitted.offer(batch);
            if (CONSUMING.compareAndSet(this, false, true)) {
                handOver(null);
            }
        }
    }

    /** Wires a batch, if any, and the queue on a new thread; on the calling one, where none can be started. */
    private void handOver(Node @Nullable [] batch) {
        large = batch;
        try {
            start(batch);
        } catch (Throwable noThread) {
            consume(batch);
        }
    }

    private void start(@Nullable Object submission) {
        threads.newThread(new Wiring(submission)).start();
    }

    /** The role of the consumer, on a thread of its own. */
    private final class Wiring implements Runnable {
        private final @Nullable Object submission;

        Wiring(@Nullable Object submission) {
            this.submission = submission;
        }

        @Override
        public void run() {
            Thread.yield();
            consume(submission);
        }
    }

    /**
     * Visits launched tasks that are not wired. Weakly consistent, for diagnostics: omits a small batch that is being
     * wired.
     */
    void forEachUnwired(Consumer<Node> action) {
        for (Object submission : submitted) {
            visit(submission, action);
        }
        Node[] now = large;
        if (now != null) {
            visit(now, action);
        }
    }

    private static void visit(Object submission, Consumer<Node> action) {
        if (submission instanceof Node node) {
            action.accept(node);
            return;
        }
        for (Node node : (Node[]) submission) {
            if (node != null) { // else it is wired
                action.accept(node);
            }
        }
    }

    private void accept(Object submission) {
        if (tryConsume()) {
            consume(submission);
        } else {
            submitted.offer(submission);
            if (CONSUMING.compareAndSet(this, false, true)) {
                consume(null);
            }
        }
    }

    static Queue<Object> newQueue() {
        return new MpscUnboundedAtomicArrayQueue<>(CHUNK);
    }

    private boolean tryConsume() {
        return !consuming && CONSUMING.compareAndSet(this, false, true);
    }

    /** Wires a submission, if any, then the queue, and gives up the role of the consumer. */
    private void consume(@Nullable Object own) {
        boolean handedOver = false;
        try {
            if (own != null) {
                wire(own);
            }
            int left = BUDGET;
            do {
                for (Object next; left > 0 && (next = submitted.poll()) != null; ) {
                    left -= wire(next);
                }
                if (left <= 0 && !submitted.isEmpty()) {
                    Deque<CallbackRunner.Due> due = release.takeCallbacks();
                    start(null);
                    handedOver = true;
                    runApart(due);
                    return;
                }
                giveUpRole();
            } while (!submitted.isEmpty() && tryConsume());
        } catch (Throwable failed) {
            if (!handedOver) {
                consuming = false;
            }
            throw failed;
        }
    }

    /** Gives up the role of the consumer, then runs user callbacks: elsewhere, because they may take their time. */
    private void giveUpRole() {
        Deque<CallbackRunner.Due> due = release.takeCallbacks();
        consuming = false;
        runApart(due);
    }

    private static void runApart(@Nullable Deque<CallbackRunner.Due> due) {
        if (due != null) {
            CallbackRunner.runApart(due);
        }
    }

    /** Wires a submission and returns its number of tasks. */
    private int wire(Object submission) {
        if (submission instanceof Node node) {
            if (node.mayHoldUp() && DagCore.abandonIfCircular(new Node[] {node}, 0, release)) {
                return 1;
            }
            release.satisfied(node, 1 + node.wire(release));
            release.runButCallbacks();
            return 1;
        }
        Node[] batch = (Node[]) submission;
        if (batch.length > BUDGET) {
            large = batch;
        }
        boolean looked = false;
        for (int i = 0; i < batch.length; i++) {
            Node node = batch[i];
            if (!looked && node.mayHoldUp()) {
                looked = true;
                if (DagCore.abandonIfCircular(batch, i, release)) {
                    Arrays.fill(batch, null);
                    large = null;
                    return batch.length;
                }
            }
            int satisfied = node.wire(release);
            if (satisfied > 0) {
                node.countDown(satisfied); // the guard is still there, so this makes nothing ready
            }
            release.runButCallbacks();
        }
        for (int i = 0; i < batch.length; i++) {
            Node node = batch[i];
            batch[i] = null; // a large array is in the old generation, and would keep the task until that is collected
            release.satisfied(node, 1);
            release.runButCallbacks();
        }
        if (batch.length > BUDGET) {
            large = null;
        }
        return batch.length;
    }
}
