package dev.regions.core;

import dev.regions.task.OverflowPolicy;
import dev.regions.task.TooManyTasksException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The bound on tasks in flight. Those who spawn from outside wait for room or are refused. A task that spawns is refused, but
 * never waits: what it spawns may be what makes room, and if all that is in flight waited to spawn, nothing ever would. What
 * it spawns counts all the same.
 *
 * <p>Those who wait get room in the order in which they came, and nobody from outside goes past them: a large region, which needs
 * much room at once, would otherwise wait for as long as others spawn single tasks. Thread-safe.
 */
final class InFlightLimiter {
    private static final class Places extends Semaphore {
        private static final long serialVersionUID = 1L;

        Places(int count) {
            super(count, true);
        }

        void takeRegardless(int count) {
            reducePermits(count);
        }
    }

    private final String runtime;
    private final int max;
    private final OverflowPolicy overflow;
    private final Places places;
    /** What those who wait want to launch: nothing else leads there. Each is a task, or an array of tasks. */
    private final Set<Object> waiting = ConcurrentHashMap.newKeySet();

    InFlightLimiter(String runtime, int max, OverflowPolicy overflow) {
        this.runtime = runtime;
        this.max = max;
        this.overflow = overflow;
        this.places = new Places(max);
    }

    /**
     * Takes room for tasks, all or nothing.
     *
     * @param wanted the task, or an array of the tasks
     */
    void take(int tasks, boolean fromWithin, Object wanted) {
        boolean goesPast = fromWithin || overflow == OverflowPolicy.REJECT || !places.hasQueuedThreads();
        if (goesPast && places.tryAcquire(tasks)) {
            return;
        }
        if (overflow == OverflowPolicy.REJECT) {
            throw new TooManyTasksException(runtime + " has no room for " + counted(tasks) + ": at most " + max
                    + " may be in flight, and " + (max - free()) + " are");
        }
        if (fromWithin) {
            places.takeRegardless(tasks);
            return;
        }
        if (tasks > max) {
            throw new TooManyTasksException(runtime + " never has room for " + counted(tasks) + " at once: at most "
                    + max + " may be in flight; launch them in smaller regions");
        }
        waiting.add(wanted);
        try {
            Blocking.await(new Blocking.Wait() {
                @Override
                void await() throws InterruptedException {
                    places.acquire(tasks);
                }
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TooManyTasksException("interrupted while waiting for room in " + runtime + " for "
                    + counted(tasks) + ", which is abandoned");
        } finally {
            waiting.remove(wanted);
        }
    }

    /** Gives room back. */
    void giveBack(int tasks) {
        places.release(tasks);
    }

    /** Returns how many more tasks have room; below zero if tasks have spawned past the bound. A snapshot. */
    int free() {
        return places.availablePermits();
    }

    /** Tells of the tasks whose launch waits for room. A look at a moment. */
    void forEachWaiting(Consumer<Node> action) {
        for (Object wanted : waiting) {
            if (wanted instanceof Node[] nodes) {
                for (Node node : nodes) {
                    if (node != null) { // it has got room meanwhile, and was wired
                        action.accept(node);
                    }
                }
            } else {
                action.accept((Node) wanted);
            }
        }
    }

    /** Says who waits for room, null if nobody does. */
    @Nullable
    String whoWaits() {
        int waiting = places.getQueueLength();
        return waiting == 0
                ? null
                : waiting + (waiting == 1 ? " thread waits" : " threads wait") + " for room in " + runtime
                        + ": at most " + max + " tasks may be in flight, and " + (max - places.availablePermits())
                        + " are";
    }

    private static String counted(int tasks) {
        return tasks == 1 ? "a task" : "a region of " + tasks + " tasks";
    }
}
