package dev.regions.queue;

import dev.regions.task.QueueClosedException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs what is enqueued in the order of enqueueing: each task, or each batch as a whole, starts after everything before it
 * is final. The tasks of one batch stay parallel to each other.
 *
 * <p>Holds nothing: order is made of edges. One atomic exchange of the chain's tail makes a submission the last of the
 * chain and yields its predecessor; an edge to that predecessor is all the ordering there is. Several threads may enqueue
 * at once: the exchanges give one total order, in which each thread's own order holds. A submission may so reach the queue
 * above before its predecessor does; it then waits for a task that is not launched yet, which is no different from waiting
 * for one that is.
 *
 * <p>A batch ends in a barrier, a task without a body that depends on each task of the batch and stands for it in the
 * chain: it succeeds if all of them do, and whoever comes next says what it means to him if it does not. Between batches of
 * N and M tasks there are so N + M edges, not N × M. The barrier depends on what was before the batch, too, so that the order
 * holds even where every task of the batch was cancelled.
 *
 * <p>A sequential queue made above another sequential queue continues that one's chain. If a queue of another kind stands
 * between the two, there are two chains, and a task is part of both: both must then agree on the order of any two tasks, or
 * these would wait for each other. So there, and only there, submissions of several threads take turns under a lock, from
 * the exchange until the queue above has them. Whether there is another chain above is looked up when the queue is made,
 * among the regions that are open then; a queue of the user's own that passes tasks to a chain of which that list does not
 * know, as on another thread, must not be fed by several threads through a sequential queue.
 *
 * <p>Thread-safe, as any task queue.
 */
public final class SequentialQueue implements TaskQueue {
    private final TaskQueue above;
    private final ChainPolicy policy;
    private final AtomicReference<@Nullable PendingTask> tail = new AtomicReference<>();
    /** For submissions to take turns where there is another chain above; null where there is none. */
    private final @Nullable ReentrantLock turns;

    private volatile boolean closed;

    /**
     * Makes a queue with a chain of its own, or, if the queue above is itself sequential, one that continues the chain of
     * that.
     *
     * @param above the queue that gets the tasks, usually {@link QueueStack#current()}
     * @param policy what a failure does to the tasks after it
     */
    public SequentialQueue(TaskQueue above, ChainPolicy policy) {
        this.above = Objects.requireNonNull(above, "above");
        this.policy = Objects.requireNonNull(policy, "policy");
        this.turns = mayOrder(above) ? new ReentrantLock() : null;
    }

    /** Tells whether a queue, or one above it, may make a chain of what it is given one by one. */
    private static boolean mayOrder(TaskQueue queue) {
        return switch (queue) {
            case SequentialQueue chain -> true;
            case BulkQueue bulk -> false; // hands on one batch, in which there is no order
            case JoinedQueue joined -> mayOrder(joined.above());
            case PolicyQueue<?> judged -> mayOrder(judged.above());
            default -> !isRoot(queue);
        };
    }

    private static boolean isRoot(TaskQueue queue) {
        List<TaskQueue> enclosing = QueueStack.enclosing();
        return enclosing.isEmpty() || enclosing.get(enclosing.size() - 1) == queue;
    }

    @Override
    public void enqueue(PendingTask task) {
        append(Objects.requireNonNull(task, "task"), policy);
    }

    @Override
    public void enqueue(TaskBatch batch) {
        append(batch, policy);
    }

    private void append(PendingTask task, ChainPolicy policy) {
        ensureOpen();
        if (above instanceof SequentialQueue chain) {
            chain.append(task, policy);
            return;
        }
        begin();
        try {
            follow(task, tail.getAndSet(task), policy);
            above.enqueue(task);
        } finally {
            end();
        }
    }

    private void begin() {
        if (turns != null) {
            turns.lock();
        }
    }

    private void end() {
        if (turns != null) {
            turns.unlock();
        }
    }

    private void append(TaskBatch batch, ChainPolicy policy) {
        ensureOpen();
        if (batch.isEmpty()) {
            return;
        }
        if (above instanceof SequentialQueue chain) {
            chain.append(batch, policy);
            return;
        }
        PendingTask barrier = batch.tasks().get(0).barrier("end of batch");
        begin();
        try {
            PendingTask previous = tail.getAndSet(barrier);
            above.enqueue(ordered(batch, previous, barrier, policy));
        } catch (Throwable refused) {
            barrier.abandon(refused);
            throw refused;
        } finally {
            end();
        }
    }

    private TaskBatch ordered(
            TaskBatch batch, @Nullable PendingTask previous, PendingTask barrier, ChainPolicy policy) {
        follow(barrier, previous, policy);
        TaskList.Builder tasks = new TaskList.Builder(batch.size() + 1L);
        for (PendingTask task : batch.tasks()) {
            follow(task, previous, policy);
            barrier.dependsOn(task.task(), Dependency.Kind.HARD, EdgeReason.BARRIER, this);
            tasks.add(task);
        }
        tasks.add(barrier);
        return new TaskBatch(tasks.build());
    }

    private void follow(PendingTask task, @Nullable PendingTask previous, ChainPolicy policy) {
        if (previous != null) {
            task.dependsOn(previous.task(), policy.edge(), EdgeReason.SEQUENTIAL, this);
        }
    }

    private void ensureOpen() {
        if (closed) {
            throw new QueueClosedException(this + " has ended and takes no more tasks");
        }
    }

    /** Refuses what comes later; waits for nothing. */
    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void taskFailed() {
        above.taskFailed();
    }

    @Override
    public String toString() {
        return "sequential region @" + Integer.toHexString(System.identityHashCode(this));
    }
}
