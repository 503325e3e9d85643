package dev.regions.queue;

import dev.regions.internal.Suppressed;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks in the order of enqueueing: each task, or each batch as a whole, starts after everything before it has
 * completed. The tasks of one batch stay parallel to each other.
 *
 * <p>Holds nothing: the order consists of edges. A submission becomes the tail of the chain, and gets an edge to the
 * previous tail. Several threads may enqueue at once. Their submissions take turns under a lock, from reading the tail
 * until the upstream queue has taken the submission. The turns give one total order, in which each thread's own order
 * holds.
 *
 * <p>A submission that the upstream queue refuses, by an exception, is no part of the sequence: the next one comes
 * after the submission before it. Only the holder of the lock can know that in time. Without the turns, another thread
 * could put its task behind a refused one, and that task would be skipped. The price is that other threads' submissions
 * wait while the upstream queue blocks, as the root queue of a runtime with a bound on tasks in flight may. In such a
 * runtime, a task must therefore not spawn into a sequential region that another thread uses as well.
 *
 * <p>A batch ends in a barrier, a task without a body that depends on each task of the batch and stands for it in the
 * chain. It succeeds if all of them do; the effect of its failure is up to the successor's edge. Between batches of N
 * and M tasks there are therefore N + M edges, not N × M. The barrier also depends on the tail before the batch, so
 * that the order holds even where every task of the batch was cancelled.
 *
 * <p>A sequential queue directly below another sequential queue continues that queue's chain. If a queue of another
 * kind is between the two, there are two chains, and a task is part of both. Both must then agree on the order of any
 * two tasks, or these would wait for each other. The turns ensure that, too.
 *
 * <p>The tail of the chain stays reachable, with its result, as long as this queue does. Thread-safe, as any task
 * queue.
 */
public final class SequentialQueue extends ForwardingQueue {
    private final ChainPolicy policy;
    private final ReentrantLock turns = new ReentrantLock();
    // Guarded by the lock.
    private @Nullable PendingTask tail;

    /**
     * Creates a queue with a chain of its own, or, if the upstream queue is itself sequential, one that continues that
     * queue's chain.
     *
     * @param upstream the queue that gets the tasks, usually {@link QueueStack#current()}
     * @param policy the effect of a failure on the tasks after it
     */
    public SequentialQueue(TaskQueue upstream, ChainPolicy policy) {
        super(upstream);
        this.policy = Objects.requireNonNull(policy, "policy");
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
        if (upstream() instanceof SequentialQueue chain) {
            chain.append(task, policy);
            return;
        }
        turns.lock();
        PendingTask previous = tail;
        try {
            follow(task, previous, policy);
            tail = task; // before the upstream queue runs user code, which may enqueue here
            upstream().enqueue(task);
        } catch (Throwable refused) {
            leaveOut(task, previous);
            throw refused;
        } finally {
            turns.unlock();
        }
    }

    /** Restores the tail that preceded a refused submission. */
    private void leaveOut(PendingTask last, @Nullable PendingTask previous) {
        if (tail == last) {
            tail = previous;
        }
    }

    private void append(TaskBatch batch, ChainPolicy policy) {
        ensureOpen();
        if (batch.isEmpty()) {
            return;
        }
        if (upstream() instanceof SequentialQueue chain) {
            chain.append(batch, policy);
            return;
        }
        PendingTask barrier = batch.tasks().get(0).barrier("end of batch");
        turns.lock();
        PendingTask previous = tail;
        try {
            TaskBatch ordered = ordered(batch, previous, barrier, policy);
            tail = barrier;
            upstream().enqueue(ordered);
        } catch (Throwable refused) {
            leaveOut(barrier, previous);
            abandon(barrier, refused);
            throw refused;
        } finally {
            turns.unlock();
        }
    }

    private static void abandon(PendingTask barrier, Throwable refused) {
        try {
            barrier.abandon(refused);
        } catch (Throwable another) {
            Suppressed.add(refused, another);
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

    @Override
    public String kind() {
        return "sequential";
    }
}
