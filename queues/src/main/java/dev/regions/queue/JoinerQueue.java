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
 * Tells a {@link Joiner} of what passes through it as that becomes final, and cancels the rest once the policy needs no
 * more. The joined queue above it knows what there is to cancel and to wait for.
 *
 * <h2>How the policy is told by one thread at a time, and nobody waits for that</h2>
 *
 * Who ends a task puts it into a queue, then counts it. Who counts up from zero tells the policy until the count is down to
 * zero again; all others go on, for their task will be told of. There is no lock that the policy could hold up, and a policy
 * whose call ends another task of the region, by cancelling it, is not called again from within that call. The count also
 * orders each call of the policy after those before it.
 *
 * <p>Once the policy needs no more, {@code enough} is set before everything that has arrived above is cancelled, and read
 * after a task was handed on: either the one or the other sees and cancels it.
 *
 * <p>Thread-safe, as any task queue.
 *
 * @param <R> what comes of the region
 */
public final class JoinerQueue<R extends @Nullable Object> extends ForwardingQueue {
    private static final int CHUNK = 64;

    private final JoinedQueue joined;
    private final Joiner<R> policy;
    private final AtomicLong spawned = new AtomicLong();
    private final AtomicLong untold = new AtomicLong();

    private record Final(Task<?> task, long position) {}

    private final Queue<Final> ended = new MpscUnboundedAtomicArrayQueue<>(CHUNK);
    private final AtomicInteger toTell = new AtomicInteger();

    // Written by who tells the policy, one thread at a time; read by any thread.
    private volatile boolean enough;
    private volatile @Nullable Throwable thrown;

    private final AllTold allTold = new AllTold();

    /**
     * Makes a queue that tells a policy.
     *
     * @param upstream the queue that gets the tasks, and is closed with this one
     * @param policy what to tell; a new one
     */
    public JoinerQueue(JoinedQueue upstream, Joiner<R> policy) {
        super(upstream);
        this.joined = upstream;
        this.policy = Objects.requireNonNull(policy, "policy");
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
        return new CancellationException(this + " needs no more tasks: its policy has said so");
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
                if (!registered) { // the policy is not notified of it, and must not be waited for
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
                end.task.exceptionNow(); // it counts as seen
            }
            if (!enough && policy.onComplete(end.task, end.position)) {
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
     * Waits until the policy was told of everything that was enqueued so far, and returns its result. Wait first, on the queue
     * above, until all of that is final.
     *
     * <p>Throws what the policy has thrown, if it did.
     *
     * @throws InterruptedException if the calling thread is interrupted first
     */
    public R result() throws InterruptedException {
        allTold.await();
        Throwable wrong = thrown;
        if (wrong != null) {
            throw JoinerQueue.<RuntimeException>unchecked(wrong);
        }
        return policy.result();
    }

    /** A policy throws nothing checked; if it was made to, that is thrown as it is. */
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
