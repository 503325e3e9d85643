package dev.regions.core;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The gate of a concurrency limit: tasks that are ready stand in a queue until they are let in, first come, first served. No
 * thread is involved before that, so those who wait cost a queue entry each.
 *
 * <p>Everybody goes through the queue, and whoever adds to it or gives a place back lets in as many as there are places. It
 * is a Dekker pair again: a task is added to the queue, then places are looked at; a place is given back, then the queue is
 * looked at; so no task waits beside a free place.
 *
 * <p>A task that is cancelled while it waits stays in the queue as a dead entry, which is passed over. When there are as many
 * of those as of others, they are swept out, so that the cost of a cancellation is constant on average.
 *
 * <p>Thread-safe and lock-free.
 */
public final class Admission {
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final int DEAD_BEFORE_SWEEP = 256;

    final long number = NUMBERS.getAndIncrement();
    final String name;
    final int places;

    private final AtomicInteger free;
    private final Queue<Node> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger dead = new AtomicInteger();
    private final Set<Node> inside = ConcurrentHashMap.newKeySet();

    /**
     * Makes a gate.
     *
     * @param name for messages
     * @param places how many tasks may be inside at the same time
     */
    public Admission(String name, int places) {
        this.name = name;
        this.places = places;
        this.free = new AtomicInteger(places);
    }

    /** Lets a ready task in, now or when there is a place. */
    void request(Node node) {
        node.terms().entersQueue();
        queued.incrementAndGet();
        try {
            waiting.add(node);
        } catch (OutOfMemoryError none) {
            countOut(node);
            node.turnedAway();
            throw none;
        }
        if (node.isFinal() && node.terms().hasPassedLimits() && waiting.remove(node)) {
            countOut(node);
            node.turnedAway(); // whoever ended it looked for it here too early
        }
        letIn();
    }

    /** Gives the place of a task back. */
    void release(Node node) {
        inside.remove(node);
        free.incrementAndGet();
        letIn();
    }

    private void letIn() {
        while (!waiting.isEmpty() && takePlace()) {
            Node next = waiting.poll();
            if (next != null) {
                countOut(next);
                if (next.isReady() && goesIn(next)) {
                    next.wasLetIn();
                    continue;
                }
                inside.remove(next);
                dead.updateAndGet(count -> Math.max(0, count - 1));
                next.turnedAway();
            }
            free.incrementAndGet();
        }
    }

    private boolean goesIn(Node node) {
        try {
            inside.add(node);
            return node.isReady(); // seen inside first, so that who ends it finds it here
        } catch (OutOfMemoryError none) {
            node.failWithoutMemory(null);
            return false;
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

    /**
     * Notes that a task, ended while it was ready, may stand in the queue.
     *
     * @return whether it was taken out of it, and will not be {@linkplain Node#turnedAway turned away} later
     */
    boolean giveUp(Node node) {
        if (node.terms().hasPassedLimits()) {
            boolean removed = waiting.remove(node);
            if (removed) {
                countOut(node);
            }
            return removed;
        }
        if (dead.incrementAndGet() > Math.max(DEAD_BEFORE_SWEEP, queued.get() / 2)) {
            dead.set(0);
            waiting.removeIf(entry -> {
                boolean over = entry.isFinal() && !entry.terms().hasPassedLimits();
                if (over) {
                    countOut(entry);
                }
                return over;
            });
        }
        return false;
    }

    boolean isInside(Node node) {
        return inside.contains(node);
    }

    /** Returns the tasks inside now. */
    Set<Node> inside() {
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
    public int places() {
        return places;
    }

    /** Returns how many are inside. A snapshot. */
    public int insideNow() {
        return inside.size();
    }

    /** Returns how many wait, those among them that were cancelled of late included. A snapshot. */
    public int waitingNow() {
        return Math.max(0, queued.get());
    }
}
