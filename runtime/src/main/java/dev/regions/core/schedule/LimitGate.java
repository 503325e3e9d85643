package dev.regions.core.schedule;

import dev.regions.core.graph.Gate;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskNode;
import dev.regions.queue.PendingTask;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * The gate of a concurrency limit: ready tasks wait in a FIFO queue until they are admitted. A waiting task occupies no
 * thread, and costs only its queue entry.
 *
 * <p><b>Permits.</b> Each task goes through the queue. The thread that adds a task or returns a permit admits as many
 * tasks as there are free permits. This is a Dekker pair: one side adds a task to the queue, then reads the permits;
 * the other returns a permit, then reads the queue. Therefore no task waits beside a free permit.
 *
 * <p><b>Cancellation.</b> A task under several limits may be cancelled, or exceed its deadline, while it is inside some
 * of them and waits at the next; another thread may be admitting it at the same time. Membership in {@code inside}
 * alone decides whether the task holds a permit: the permit is returned with the removal from {@code inside}, which
 * succeeds once. This, too, is a Dekker pair, over {@code inside} and the task's status:
 *
 * <pre>
 *   admitting thread:   add to inside;       then read the status:    if the task is not ready, release
 *   cancelling thread:  withdraw the status; then look into inside:   of each limit that has the task, release
 *   release:            remove from inside;  if it was there, return the permit and look at the queue
 * </pre>
 *
 * Both write before they read. Therefore the cancelling thread finds the task inside, or the admitting thread finds it
 * withdrawn, or both; in the last case, one of the two removals does nothing. A task that was seen ready goes on to the
 * next limit, or to the workers; if it is withdrawn meanwhile, it is a dead entry there and holds nothing. A race would
 * show as a permit that is lost for ever, or is returned twice, so that too many tasks are admitted.
 *
 * <p><b>Dead entries.</b> A task that is cancelled while it waits stays in the queue as a dead entry, which is skipped.
 * When there are as many dead entries as others, they are swept out, so that a cancellation has a constant cost on
 * average. Their number is an estimate: it decides only when to sweep.
 *
 * <p>Thread-safe and lock-free.
 */
public final class LimitGate extends Gate {
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final int DEAD_BEFORE_SWEEP = 256;

    private final long number = NUMBERS.getAndIncrement();
    public final String name;
    public final int permits;

    private final AtomicInteger free;
    private final Queue<Node> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger dead = new AtomicInteger();
    private final Set<Node> inside = ConcurrentHashMap.newKeySet();

    /**
     * Creates a gate.
     *
     * @param name for messages
     * @param permits how many tasks may be inside at the same time
     */
    public LimitGate(String name, int permits) {
        this.name = name;
        this.permits = permits;
        this.free = new AtomicInteger(permits);
    }

    @Override
    public long number() {
        return number;
    }

    /** Passes a ready task with attributes through the limits left, then to the ready queue. */
    static void passOn(Node node) {
        Gate limit = node.attributes().nextLimit();
        if (limit == null) {
            node.core().schedule(node);
        } else {
            limit.request(node.asTask());
        }
    }

    @Override
    public void request(PendingTask ready) {
        TaskNode<?> node = (TaskNode<?>) ready;
        node.attributes().entersQueue();
        queued.incrementAndGet();
        waiting.add(node);
        if (!node.isReady()) {
            giveUp(); // withdrawn on the way here
        }
        requestAdmission();
    }

    @Override
    public void release(PendingTask task) {
        if (inside.remove((TaskNode<?>) task)) {
            free.incrementAndGet();
            requestAdmission();
        }
    }

    private void requestAdmission() {
        while (!waiting.isEmpty() && tryAcquirePermit()) {
            Node next = waiting.poll();
            if (next == null) {
                free.incrementAndGet();
                continue;
            }
            countOut(next);
            inside.add(next);
            if (next.isReady()) {
                next.attributes().passedLimit();
                passOn(next);
            } else {
                forgetDead();
                if (inside.remove(next)) {
                    free.incrementAndGet();
                }
            }
        }
    }

    private void forgetDead() {
        for (int now; (now = dead.get()) > 0; ) {
            if (dead.compareAndSet(now, now - 1)) {
                return;
            }
        }
    }

    /** Counts a task out of the queue, once: another thread may remove it while the sweep counts it. */
    private void countOut(Node node) {
        if (node.attributes().leavesQueue()) {
            queued.decrementAndGet();
        }
    }

    private boolean tryAcquirePermit() {
        for (int now; (now = free.get()) > 0; ) {
            if (free.compareAndSet(now, now - 1)) {
                return true;
            }
        }
        return false;
    }

    /** Notes that a task in the queue was withdrawn; sweeps the dead entries out if there are many. */
    @Override
    public void giveUp() {
        if (dead.incrementAndGet() > Math.max(DEAD_BEFORE_SWEEP, queued.get() / 2)) {
            dead.set(0);
            waiting.removeIf(new Over());
        }
    }

    private final class Over implements Predicate<Node> {
        @Override
        public boolean test(Node entry) {
            boolean over = entry.isCompleted();
            if (over) {
                countOut(entry);
            }
            return over;
        }
    }

    public boolean isInside(Node node) {
        return inside.contains(node);
    }

    /** Returns the tasks inside now. */
    public Set<Node> holders() {
        return Set.copyOf(inside);
    }

    /** Returns the waiting tasks, and the dead entries that have not been swept out. Weakly consistent. */
    public Iterable<Node> waiting() {
        return waiting;
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns how many tasks may be inside at the same time. */
    public int permits() {
        return permits;
    }

    /** Returns how many tasks are inside. A snapshot. */
    public int inUse() {
        return inside.size();
    }

    /** Returns how many permits are free. A snapshot, for tests. */
    int permitsFree() {
        return free.get();
    }

    /** Returns how many tasks wait, recently cancelled ones included. A snapshot. */
    public int queueLength() {
        return Math.max(0, queued.get());
    }
}
