package dev.regions.core;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * The gate of a concurrency limit: tasks that are ready stand in a queue until they are let in, first come, first served. No
 * thread is involved before that, so those who wait cost a queue entry each.
 *
 * <p><b>Places.</b> Each task goes through the queue, and the thread that adds to it or gives a place back lets in as many as
 * there are places. It is a Dekker pair again: a task is added to the queue, then places are looked at; a place is given back,
 * then the queue is looked at; so no task waits beside a free place.
 *
 * <p><b>Cancelling.</b> A task under several limits may be cancelled, or run out of time, while it is inside some of them and waits
 * at the next, and another thread may be letting it in just then. Whether it holds a place is what {@code inside} says, and
 * nothing else: the place goes back to the limit with the removal from {@code inside}, which succeeds once. That is a Dekker pair,
 * too, over {@code inside} and the task's status:
 *
 * <pre>
 *   admitting thread:   add to inside;       then read the status:    if the task is not ready, release
 *   cancelling thread:  withdraw the status; then look into inside:   of each limit that has the task, release
 *   release:            remove from inside;  if that was there, give the place back and look at the queue
 * </pre>
 *
 * Both write before they read. So either the cancelling thread finds the task inside, or the admitting thread finds it withdrawn, or
 * both, and then one of the two removals does nothing. A task that was seen ready goes on to the next limit, or to the workers, as
 * a dead entry if it is withdrawn meanwhile; it holds nothing there. A race would lose a place for ever, or give one back twice,
 * so that too many are let in.
 *
 * <p><b>Dead entries.</b> A task that is cancelled while it waits stays in the queue as a dead entry, which is passed over. When
 * there are as many of those as of others, they are swept out, so that the cost of a cancellation is constant on average. Their
 * number is an estimate: it decides only when to sweep.
 *
 * <p>Thread-safe and lock-free.
 */
public final class LimitGate {
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final int DEAD_BEFORE_SWEEP = 256;

    final long number = NUMBERS.getAndIncrement();
    final String name;
    final int permits;

    private final AtomicInteger free;
    private final Queue<Node> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger dead = new AtomicInteger();
    private final Set<Node> inside = ConcurrentHashMap.newKeySet();

    /**
     * Makes a gate.
     *
     * @param name for messages
     * @param permits how many tasks may be inside at the same time
     */
    public LimitGate(String name, int permits) {
        this.name = name;
        this.permits = permits;
        this.free = new AtomicInteger(permits);
    }

    /** Lets a ready task in, now or when there is a place. */
    void request(Node node) {
        node.terms().entersQueue();
        queued.incrementAndGet();
        waiting.add(node);
        if (!node.isReady()) {
            noteDead(); // it was withdrawn on the way here
        }
        requestAdmission();
    }

    /** Gives the place of a task back, if it has one. */
    void release(Node node) {
        if (inside.remove(node)) {
            free.incrementAndGet();
            requestAdmission();
        }
    }

    private void requestAdmission() {
        while (!waiting.isEmpty() && takePlace()) {
            Node next = waiting.poll();
            if (next == null) {
                free.incrementAndGet();
                continue;
            }
            countOut(next);
            inside.add(next);
            if (next.isReady()) {
                next.onAdmitted();
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

    /** Counts a task out of the queue, once: the sweep may count one that somebody else takes out just then. */
    private void countOut(Node node) {
        if (node.terms().leavesQueue()) {
            queued.decrementAndGet();
        }
    }

    private boolean takePlace() {
        for (int now; (now = free.get()) > 0; ) {
            if (free.compareAndSet(now, now - 1)) {
                return true;
            }
        }
        return false;
    }

    /** Notes that a task which was withdrawn stands in the queue; sweeps it out with others, once there are many. */
    void noteDead() {
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

    boolean isInside(Node node) {
        return inside.contains(node);
    }

    /** Returns the tasks inside now. */
    Set<Node> holders() {
        return Set.copyOf(inside);
    }

    /** Tells the tasks that wait, but for those that are over. */
    Iterable<Node> waiting() {
        return waiting;
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns how many may be inside. */
    public int permits() {
        return permits;
    }

    /** Returns how many are inside. A snapshot. */
    public int inUse() {
        return inside.size();
    }

    /** Returns how many places are free. A snapshot, for tests. */
    int permitsFree() {
        return free.get();
    }

    /** Returns how many wait, those among them that were cancelled of late included. A snapshot. */
    public int queueLength() {
        return Math.max(0, queued.get());
    }
}
