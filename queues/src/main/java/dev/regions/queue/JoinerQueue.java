package dev.regions.queue;

import dev.regions.internal.LockFreeCondition;
import dev.regions.task.Task;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Notifies a {@link Joiner} of the completion of the tasks that pass through it, and cancels the rest once the joiner
 * needs no more. The upstream joined queue knows the tasks to cancel and to wait for.
 *
 * <h2>How the joiner is notified by one thread at a time without blocking others</h2>
 *
 * A completing thread puts its task into a queue, then increments a count. The thread that increments it from zero
 * notifies the joiner until the count is back to zero; all others go on, because that thread handles their tasks. There
 * is no lock that the joiner could hold up. If the joiner itself completes another task of the region, by cancelling
 * it, it is not called again from within that call. The count also orders each call of the joiner after those before
 * it.
 *
 * <p>Once the joiner needs no more, {@code enough} is set before all tasks that have arrived upstream are cancelled. A
 * submitter reads it after handing a task on. Therefore at least one of the two threads cancels the task.
 *
 * <p>Thread-safe, as any task queue.
 *
 * @param <R> the type of the region's result
 */
public final class JoinerQueue<R extends @Nullable Object> extends ForwardingQueue {
    private static final int CHUNK = 64;

    private final JoinedQueue joined;
    private final Joiner<R> joiner;
    private final AtomicLong spawned = new AtomicLong();
    private final AtomicLong untold = new AtomicLong();

    private record Final(Task<?> task, long position) {}

    private final Queue<Final> ended = new MpscUnboundedAtomicArrayQueue<>(CHUNK);
    private final AtomicInteger toTell = new AtomicInteger();

    // Written by the thread that notifies the joiner, one at a time; read by any thread.
    private volatile boolean enough;
    private volatile @Nullable Throwable thrown;

    private final AllTold allTold = new AllTold();

    /**
     * Creates a queue that notifies a joiner.
     *
     * @param upstream the queue that gets the tasks, and is closed with this one
     * @param joiner the joiner to notify; a new one
     */
    public JoinerQueue(JoinedQueue upstream, Joiner<R> joiner) {
        super(upstream);
        this.joined = upstream;
        this.joiner = Objects.requireNonNull(joiner, "joiner");
    }

    @Override
    public void enqueue(PendingTask task) {
        Objects.requireNonNull(task, "task");
        ensureOpen();
        if (enough) {
            task.abandon(needsNoMore());
            return;
        }
        joined.enqueue(task);
        watch(task);
    }

    @Override
    public void enqueue(TaskBatch batch) {
        ensureOpen();
        if (enough) {
            batch.abandon(needsNoMore());
            return;
        }
        joined.enqueue(batch);
        batch.tasks().forEach(this::watch);
    }

    private CancellationException needsNoMore() {
        return new CancellationException(this + " needs no more tasks: its joiner has ended it");
    }

    private void watch(PendingTask pending) {
        Task<?> task = pending.task();
        if (!pending.isBarrier()) {
            Notice notice = new Notice(task, spawned.getAndIncrement());
            untold.incrementAndGet();
            boolean registered = false;
            try {
                pending.whenCompleted(notice);
                registered = true;
            } finally {
                if (!registered) { // the joiner is not notified of it, and must not be waited for
                    countTold();
                }
            }
        }
        if (enough && !JoinedQueue.endsByItself(pending)) {
            task.cancel();
        }
    }

    /** Notes that a task has completed. A class, not a lambda, which would be linked after the task is launched. */
    private final class Notice implements Runnable {
        private final Task<?> task;
        private final long position;

        Notice(Task<?> task, long position) {
            this.task = task;
            this.position = position;
        }

        @Override
        public void run() {
            ended.add(new Final(task, position));
            tellAll();
        }
    }

    private final class AllTold extends LockFreeCondition {
        @Override
        protected boolean isTrue() {
            return untold.get() == 0;
        }
    }

    private void countTold() {
        if (untold.decrementAndGet() == 0) {
            allTold.signalAll();
        }
    }

    private void tellAll() {
        if (toTell.getAndIncrement() == 0) {
            do {
                tell(Objects.requireNonNull(ended.poll()));
                countTold();
            } while (toTell.decrementAndGet() > 0);
        }
    }

    private void tell(Final end) {
        try {
            if (end.task.state() == Future.State.FAILED) {
                end.task.exceptionNow(); // counts as observed
            }
            if (!enough && joiner.onComplete(end.task, end.position)) {
                needNoMore();
            }
        } catch (Throwable wrong) {
            thrown = wrong;
            needNoMore();
        }
    }

    private void needNoMore() {
        enough = true;
        try {
            joined.cancel();
        } catch (Throwable wrong) {
            if (thrown == null) {
                thrown = wrong;
            }
        }
    }

    /**
     * Waits until the joiner was notified of all tasks enqueued so far, and returns its result. Call it after waiting,
     * on the upstream queue, for these tasks to complete.
     *
     * <p>If the joiner's {@code onComplete} threw, throws that exception.
     *
     * @throws InterruptedException if the calling thread is interrupted first
     */
    public R result() throws InterruptedException {
        allTold.await();
        Throwable wrong = thrown;
        if (wrong != null) {
            throw JoinerQueue.<RuntimeException>unchecked(wrong);
        }
        return joiner.result();
    }

    /** Throws an exception without a wrapper, even a checked one, which a joiner may throw undeclared. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X unchecked(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Override
    protected boolean isClosed() {
        return joined.isClosed();
    }

    /** Closes the joined queue: later tasks are refused. */
    @Override
    public void close() {
        joined.close();
    }

    @Override
    public String kind() {
        return joined.kind();
    }

    @Override
    public String toString() {
        return joined.toString();
    }
}
