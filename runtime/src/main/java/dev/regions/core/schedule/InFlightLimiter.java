package dev.regions.core.schedule;

import dev.regions.core.graph.Node;
import dev.regions.core.util.Blocking;
import dev.regions.task.OverflowPolicy;
import dev.regions.task.TooManyTasksException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The bound on tasks in flight. A submitter outside of the runtime waits for permits or is rejected. A task that spawns
 * may be rejected, but never waits: the return of permits may depend on the tasks that it spawns, and if all tasks in
 * flight waited to spawn, none would ever return one. The tasks that it spawns count all the same.
 *
 * <p>Waiting submitters get permits in the order of arrival, and no submitter from outside overtakes them: otherwise a
 * large region, which needs many permits at once, would wait for as long as others spawn single tasks. Thread-safe.
 */
final class InFlightLimiter {
    private static final class Permits extends Semaphore {
        private static final long serialVersionUID = 1L;

        Permits(int count) {
            super(count, true);
        }

        void takeRegardless(int count) {
            reducePermits(count);
        }
    }

    private final String runtime;
    private final int max;
    private final OverflowPolicy overflow;
    private final Permits permits;
    /** Tasks, and arrays of tasks, that waiting submitters are to launch: they are reachable from nowhere else. */
    private final Set<Object> waiting = ConcurrentHashMap.newKeySet();

    InFlightLimiter(String runtime, int max, OverflowPolicy overflow) {
        this.runtime = runtime;
        this.max = max;
        this.overflow = overflow;
        this.permits = new Permits(max);
    }

    /**
     * Takes permits for tasks, all or none.
     *
     * @param wanted the task, or an array of the tasks
     */
    void take(int tasks, boolean fromWithin, Object wanted) {
        boolean goesPast = fromWithin || overflow == OverflowPolicy.REJECT || !permits.hasQueuedThreads();
        if (goesPast && permits.tryAcquire(tasks)) {
            return;
        }
        if (overflow == OverflowPolicy.REJECT) {
            throw new TooManyTasksException(runtime + " has no room for " + counted(tasks) + ": at most " + max
                    + " may be in flight, and " + (max - free()) + " are");
        }
        if (fromWithin) {
            permits.takeRegardless(tasks);
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
                protected void await() throws InterruptedException {
                    permits.acquire(tasks);
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

    /** Returns permits to the limiter. */
    void giveBack(int tasks) {
        permits.release(tasks);
    }

    /** Returns how many permits are free; negative if tasks have spawned past the bound. A snapshot. */
    int free() {
        return permits.availablePermits();
    }

    /** Visits the tasks whose launch is blocked by the in-flight bound. Weakly consistent. */
    void forEachWaiting(Consumer<Node> action) {
        for (Object wanted : waiting) {
            if (wanted instanceof Node[] nodes) {
                for (Node node : nodes) {
                    if (node != null) { // else it was admitted meanwhile, and wired
                        action.accept(node);
                    }
                }
            } else {
                action.accept((Node) wanted);
            }
        }
    }

    /** Returns a text on the threads that wait for permits, null if there are none. */
    @Nullable
    String whoWaits() {
        int waiting = permits.getQueueLength();
        return waiting == 0
                ? null
                : waiting + (waiting == 1 ? " thread waits" : " threads wait") + " for room in " + runtime
                        + ": at most " + max + " tasks may be in flight, and " + (max - permits.availablePermits())
                        + " are";
    }

    private static String counted(int tasks) {
        return tasks == 1 ? "a task" : "a region of " + tasks + " tasks";
    }
}
