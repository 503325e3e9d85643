package dev.regions.core.schedule;

import dev.regions.core.graph.Node;
import dev.regions.core.util.ClassPreloader;
import dev.regions.core.util.InterruptHandshake;
import dev.regions.task.Priority;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a core: virtual threads that run ready tasks one after another.
 *
 * <h2>Implementation overview</h2>
 *
 * <p>Starting a virtual thread costs many times more than running an empty task, so a {@link Worker} runs many tasks.
 * Tasks may still block: whenever there is a ready task that no worker has taken, one <em>standby</em> worker is
 * started and queued in the JDK's scheduler. When a task blocks, its worker unmounts, and its carrier mounts the
 * standby, unless another carrier that is free has done so before. The standby finds the ready tasks, and ensures the
 * next standby before it runs the first of them. No code needs to detect that a task has blocked.
 *
 * <p><b>The hand-shake</b> is a Dekker pair over {@code standby} and the ready queue:
 *
 * <pre>
 *   producer:  offer the task;      then read standby:   if clear, set it and start a worker
 *   worker:    clear standby;       then poll the queue: if empty, go away
 * </pre>
 *
 * Both sides write before they read, with volatile accesses or stronger. In the total order of those accesses, either
 * the producer sees the flag cleared and starts a worker, or the worker sees the task. If the worker polled first and
 * cleared the flag afterwards, a task offered in between would stay in the queue with no worker coming for it: the lost
 * wake-up that the stress tests look for. A set flag always belongs to exactly one worker that has yet to clear it and
 * poll. Hence workers may come and go without being counted. Only that worker clears it: not one that was started in
 * addition, nor one that stood down and polls again. That would do no harm, but a producer would set the flag again,
 * and start a worker while the first is still on its way. Because each worker that leaves is replaced in this way,
 * there would be two from then on. In {@code JoinedTasks}, where workers come and find nothing, 85 bytes for a task
 * became 40 (docs/internals/before-and-after.md).
 *
 * <p><b>Reserved tasks.</b> A worker of small tasks {@linkplain ReadyQueue reserves} several at a time, and ensures a
 * standby before each as long as there are more. If one of them blocks, the standby steals the others or, if it has
 * other work, ensures a standby in its turn. An empty queue therefore does not mean that there is no work: a worker
 * that leaves has, since it last cleared the flag, also scanned the reserved tasks, or has seen the flag set for
 * another worker, which will. A worker that has just begun scans them at once, because it may have been started for one
 * of them. The size of a reservation follows from how long tasks have taken lately: some microseconds' worth, and
 * therefore one at a time where tasks are long, or where the worker has only begun.
 *
 * <p><b>Deques.</b> Tasks that a body spawns go to a {@link WorkerDeque} of its worker. The worker finds them there
 * when it joins them or runs out of other work; other workers, when the queue is empty. For the hand-shake, a deque is
 * part of the queue: its tail is written before the flag is read, and after the flag is cleared all deques are scanned.
 * A worker that leaves moves the rest of its deque to the queue. So that neither starves the other, every so many polls
 * begin at the queue instead, and every so many at the deques.
 *
 * <p><b>Idle workers.</b> Starting a worker also wakes a carrier, which costs microseconds. Therefore a worker that
 * finds the queue empty does not leave at once. If there is no standby, it becomes the standby and watches the queue
 * for some microseconds; a producer sees the flag and starts no other. Otherwise it naps: it parks for a tenth of a
 * millisecond, once, and a thread that needs a standby meanwhile makes it the standby instead of starting a worker.
 * Where tasks run faster than one thread spawns them, the queue is empty all the time, and without the napping worker
 * every few tasks would start one. The price: a task that blocks just then holds up the others until the napping worker
 * wakes.
 *
 * <p><b>Yielding.</b> Virtual threads are not preempted. A worker ends when its slice is used up and there is work
 * left, which it leaves to the standby; a chain under way goes to the end of the ready queue, so that it does not
 * starve its siblings. That is not enough: in the JDK's scheduler, a carrier prefers threads that its own threads have
 * started to those from elsewhere, and would never reach these if a standby were always there. Therefore the standby
 * that follows yields before it begins. If it was the only thread that its carrier had of its own, it then queues where
 * all others do. Otherwise it queues behind its neighbours, and two runtimes could pass a carrier to each other for
 * ever. Every so often, therefore, it parks instead, for a nanosecond: that leaves the carrier without it, and when the
 * timer wakes it, it queues where all others do. It does not park each time, because a carrier that has nothing else
 * falls asleep, and the timer has to wake both. It is still the standby meanwhile, so no other is started. Reading the
 * clock costs as much as a task, so it is read every n-th task, where n follows from how long tasks have taken lately.
 */
public final class WorkerPool {
    /** Of this many standbys that yield, one parks. For fairness, not speed: about once in 40 milliseconds. */
    private static final int YIELDS_PER_PARK = 8;

    // Figures are nanoseconds per task: docs/internals/before-and-after.md, "Constants".

    /**
     * Length of a nap. With a hundredth, IndependentTasks took 20.5 instead of 18.6, and IndependentTasksFromTask 19.5
     * instead of 18.4.
     */
    private static final long NAP_NANOS = 100_000;

    /**
     * Of this many polls, one begins at the queue, and one at the deques of all. A power of two. With 4, Skynet took
     * 30.6 instead of 25.5.
     */
    private static final int TURNS = 32;

    private static final int NOBODY = 0;
    private static final int ASLEEP = 1;
    /** Napping, and the standby: the worker clears the flag and polls when it wakes. */
    private static final int ASSIGNED = 2;

    private static final VarHandle STANDBY;
    private static final VarHandle PRIORITY_QUEUES;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STANDBY = lookup.findVarHandle(Flag.class, "set", boolean.class);
            PRIORITY_QUEUES = lookup.findVarHandle(WorkerPool.class, "priorityQueues", PriorityQueues.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        linkAccesses();
    }

    /** Links the accesses of this class by making each kind once, on null: see {@link ClassPreloader}. */
    private static void linkAccesses() {
        for (int access = 0; access < 2; access++) {
            try {
                switch (access) {
                    case 0 -> STANDBY.compareAndSet((Standby) null, false, true);
                    case 1 -> PRIORITY_QUEUES.compareAndSet((WorkerPool) null, null, (PriorityQueues) null);
                    default -> throw new AssertionError(access);
                }
            } catch (NullPointerException linked) {
                // expected
            }
        }
    }

    // Together they keep the flag, which every producer reads, off the cache lines of fields that are written often:
    // the fields of a superclass precede those of a subclass. Two lines on either side, because lines are fetched in
    // pairs.

    @SuppressWarnings("unused")
    private abstract static class PaddedBefore {
        private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, pa, pb, pc, pd, pe;
    }

    private abstract static class Flag extends PaddedBefore {
        volatile boolean set;
    }

    @SuppressWarnings("unused")
    private static final class Standby extends Flag {
        private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, pa, pb, pc, pd, pe;
    }

    private final DagCore core;
    private final ThreadFactory threads;
    private final ReadyQueue ready = new ReadyQueue();
    private final WorkerDeques deques = new WorkerDeques();
    /**
     * Created when the first task of other than normal priority becomes ready. A polling worker reads it after it has
     * cleared the flag.
     */
    private volatile @Nullable PriorityQueues priorityQueues;

    private final Standby standby = new Standby();

    /**
     * Set by a worker at the end of its slice, cleared by the standby that follows it. A hint, and therefore not
     * atomic.
     */
    private volatile boolean yieldsNext;
    /** Number of times that a standby has yielded. Only a standby does, before it clears the flag. */
    private int timesYielded;

    private final AtomicInteger napping = new AtomicInteger(NOBODY);

    /** Tasks with dedicated threads that are started, and do not run yet. For diagnostics. */
    private final Set<Node> apart = ConcurrentHashMap.newKeySet();

    private final Map<Integer, Worker> byNumber = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();

    private final ReentrantLock exitLock = new ReentrantLock();
    /** Number of tasks completed by workers that have left. Written under the lock. */
    private volatile long completedByExited;

    WorkerPool(DagCore core, String name) {
        this.core = core;
        this.threads = Thread.ofVirtual()
                .name(name + "-worker")
                .inheritInheritableThreadLocals(false)
                .factory();
    }

    // ---- Tasks in ---------------------------------------------------------------------------------------------------

    /** Schedules a ready task, and ensures that a worker will run it. */
    void schedule(Node node) {
        if ((node.flags & Node.DEDICATED) != 0) {
            startApart(node);
            return;
        }
        WorkerDeque own = deques.here();
        if (own == null || own.overflows() || !pushed(own, node)) {
            offer(node);
        }
        ensureStandby();
    }

    /**
     * Adds a task to the deque of the calling worker; returns false if it must go to the queue. A full deque is moved
     * there.
     */
    private boolean pushed(WorkerDeque own, Node node) {
        if ((node.flags & Node.ATTRIBUTES) != 0 || hasPriorityQueues()) {
            return false;
        }
        boolean pushed = deques.push(own, node);
        if (!pushed) {
            own.moveAll(ready);
        }
        return pushed;
    }

    /** Moves the tasks of a leaving worker's deque to the queue, and unregisters the deque. */
    void takeBack(WorkerDeque deque) {
        deque.moveAll(ready);
        deques.leave(deque);
    }

    /** Moves the unrun tasks of a leaving worker's reservation to the queue. */
    void takeBack(ReadyQueue.Reservation reserved) {
        ready.takeBack(reserved);
    }

    WorkerDeques deques() {
        return deques;
    }

    private void startApart(Node node) {
        apart.add(node);
        try {
            threads.newThread(new Apart(node)).start();
        } catch (Throwable failed) {
            apart.remove(node);
            throw failed;
        }
    }

    private final class Apart implements Runnable {
        private final Node node;

        Apart(Node node) {
            this.node = node;
        }

        @Override
        public void run() {
            apart.remove(node);
            new Worker(core, WorkerPool.this, false).runOnly(node);
        }
    }

    /** Ensures a standby: the producer's half of the hand-shake, after the task was offered. */
    void ensureStandby() {
        if (!standby.set && STANDBY.compareAndSet(standby, false, true)) {
            try {
                if (!napping.compareAndSet(ASLEEP, ASSIGNED)) {
                    start(true);
                }
            } catch (Throwable failed) {
                standby.set = false;
                throw failed;
            }
        }
    }

    /** Starts more workers than the one standby, to get many tasks under way at once. */
    void startMore(int count) {
        for (int i = 0; i < count; i++) {
            start(false);
        }
    }

    private void start(boolean standsBy) {
        threads.newThread(new Worker(core, this, standsBy)).start();
    }

    // ---- For the workers --------------------------------------------------------------------------------------------

    /** Clears the flag: the worker's half of the hand-shake, to be followed by a poll. */
    void clearStandby() {
        standby.set = false;
    }

    /** Leaves the work to the standby, which is to yield to other virtual threads of the program first. */
    void yieldSlice() {
        yieldsNext = true;
        ensureStandby();
    }

    /** Yields if the last slice was used up. Called by a worker before it begins, and before it clears the flag. */
    void yieldToOthers() {
        if (yieldsNext) {
            yieldsNext = false;
            if (++timesYielded % YIELDS_PER_PARK == 0) {
                LockSupport.parkNanos(this, 1);
            } else {
                Thread.yield();
            }
        }
    }

    /** Makes a worker that has run out of work the standby; returns false if there is one. */
    boolean standBy() {
        return !standby.set && STANDBY.compareAndSet(standby, false, true);
    }

    /**
     * Clears the flag of a standby that is about to leave; returns true if there is work, which may have been left to
     * it.
     */
    boolean standDown() {
        clearStandby();
        return hasWork();
    }

    /**
     * Parks a worker that has run out of work for a short while, if no other one naps.
     *
     * @return true if it was made the standby meanwhile; if not, another worker is, or was
     */
    boolean nap() {
        if (!napping.compareAndSet(NOBODY, ASLEEP)) {
            return false;
        }
        try {
            LockSupport.parkNanos(this, NAP_NANOS);
        } catch (OutOfMemoryError none) {
            Thread.onSpinWait(); // it has not slept; but it may have been made the standby, and must not miss that
        }
        return napping.getAndSet(NOBODY) == ASSIGNED;
    }

    /** Returns true if there is a ready task and no standby: the thread that was to start one may have failed to. */
    boolean isUnattended() {
        return !standby.set && hasReady();
    }

    /**
     * Takes a ready task, null if there is none.
     *
     * @param turn counts the polls of workers: not all turns begin at the same place
     * @param deque of the worker, null if it has none
     * @param own the worker's reservation
     * @param most how many tasks it may reserve
     */
    @Nullable
    Node poll(int turn, @Nullable WorkerDeque deque, ReadyQueue.Reservation own, int most) {
        PriorityQueues queues = priorityQueues;
        int place = turn & TURNS - 1;
        Node node = null;
        if (place == TURNS / 2) {
            node = deques.take(turn / TURNS);
        } else if (queues == null && place != 0) {
            node = own.take(); // older than the tasks in the deque
            if (node == null && deque != null) {
                node = deque.poll();
            }
        } else if (queues != null && deque != null) {
            deque.moveAll(ready); // its tasks are of normal priority
        }
        if (node == null) {
            node = queues == null ? ready.poll(own, most) : queues.poll(turn, ready, own);
        }
        return node != null ? node : deques.take(turn / TURNS);
    }

    /**
     * Discards tasks that joins claimed without polling them, so that they do not keep their results.
     *
     * @param slots how many slots of the queue to visit
     * @param deque of the calling worker, null if it has none
     */
    void sweep(int slots, @Nullable WorkerDeque deque) {
        if (deque != null) {
            deque.dropClaimed();
        }
        ready.sweep(slots);
        if (!standby.set && hasWork()) {
            tryToEnsureStandby(); // a node may have been nowhere for a moment, while the standby looked for it
        }
    }

    /** Takes a ready task that another worker has reserved, null if there is none. */
    @Nullable
    Node stealReserved() {
        return ready.stealReserved();
    }

    public void offer(Node node) {
        if ((node.flags & Node.ATTRIBUTES) == 0) {
            ready.offer(node);
            return;
        }
        Priority priority = node.attributes().priority;
        if (priority == Priority.NORMAL) {
            ready.offer(node);
        } else {
            (priority == Priority.HIGH ? priorityQueues().high : priorityQueues().low).offer(node);
        }
    }

    private PriorityQueues priorityQueues() {
        PriorityQueues there = priorityQueues;
        if (there == null) {
            PRIORITY_QUEUES.compareAndSet(this, null, new PriorityQueues());
            there = Objects.requireNonNull(priorityQueues);
        }
        return there;
    }

    /** Returns true if there are, or were, tasks of other than normal priority. */
    boolean hasPriorityQueues() {
        return priorityQueues != null;
    }

    /**
     * Ensures a standby if there is more work than the caller has taken, including tasks reserved by others, which may
     * have left them to the caller. Reads the flag first, the cheapest, and then the likeliest.
     */
    void ensureStandbyIfReady(ReadyQueue.Reservation own) {
        if (!standby.set && (!own.isEmpty() || hasWork())) {
            tryToEnsureStandby();
        }
    }

    /** As {@link #ensureStandby}, for a worker that holds a task, which must not be lost if there is no memory. */
    void tryToEnsureStandby() {
        try {
            ensureStandby();
        } catch (OutOfMemoryError none) {
            // the caller tries again with the next task
        }
    }

    /** Returns true if there is a task to poll. The deques first: tasks move from there to the queue, and not back. */
    boolean hasReady() {
        PriorityQueues queues = priorityQueues;
        return !deques.isEmpty() || !ready.isEmpty() || queues != null && !queues.isEmpty();
    }

    /** As {@link #hasWork}, but false for a task that is only about to be offered: a worker may not find it. */
    boolean hasWorkAtHand() {
        PriorityQueues queues = priorityQueues;
        return ready.isFilled()
                || ready.hasReserved()
                || !deques.isEmpty()
                || queues != null && (queues.high.isFilled() || queues.low.isFilled());
    }

    /** Returns true if there is a task to poll or to steal. A worker must check this before it leaves. */
    boolean hasWork() {
        return hasReady() || ready.hasReserved();
    }

    /** Registers a worker and returns its number, by which the tasks that it runs refer to it. */
    int enter(Worker worker) {
        while (true) {
            int number = 1 + (numbers.getAndIncrement() & Node.MAX_WORKER - 1);
            if (byNumber.putIfAbsent(number, worker) == null) {
                return number;
            }
        }
    }

    /** Unregisters a worker that leaves. */
    void leave(Worker worker, int number) {
        exitLock.lock();
        try {
            completedByExited += worker.ended();
            byNumber.remove(number);
        } finally {
            exitLock.unlock();
        }
        core.checkTerminated();
    }

    // ---- For the core -----------------------------------------------------------------------------------------------

    /** Returns the number of tasks completed by workers that have left. */
    long completedByExited() {
        return completedByExited;
    }

    /** Returns the number of tasks completed by workers. Counts all completions that happened before the call. */
    long ended() {
        exitLock.lock();
        try {
            long ended = completedByExited;
            for (Worker worker : byNumber.values()) {
                ended += worker.ended();
            }
            return ended;
        } finally {
            exitLock.unlock();
        }
    }

    /**
     * Interrupts the task that a worker runs, which cannot complete before this returns. Returns as
     * {@link Worker#deliver}.
     */
    @Nullable
    Node deliver(int number, Node task, InterruptHandshake interruption) {
        Worker worker = byNumber.get(number);
        return worker == null ? null : worker.deliver(task, interruption);
    }

    /** Interrupts all workers. */
    void interruptAll() {
        for (Worker worker : byNumber.values()) {
            worker.interrupt();
        }
    }

    /** Visits the ready tasks that no worker has taken. Weakly consistent, for diagnostics. */
    public void forEachReady(Consumer<Node> action) {
        ready.forEach(action);
        deques.forEach(action);
        apart.forEach(action);
        PriorityQueues queues = priorityQueues;
        if (queues != null) {
            queues.high.forEach(action);
            queues.low.forEach(action);
        }
    }

    /** Returns the number of ready tasks that no worker has taken. Weakly consistent. */
    int readyCount() {
        int[] count = new int[1];
        forEachReady(node -> count[0] += node.isReady() ? 1 : 0);
        return count[0];
    }

    /** Returns the worker with the given number, null if there is none now. */
    @Nullable
    public Worker find(int number) {
        return byNumber.get(number);
    }

    /** Returns the registered workers. */
    public Iterable<Worker> all() {
        return byNumber.values();
    }

    /** Returns the number of workers: running, blocked and standing by. A snapshot. */
    int count() {
        return byNumber.size();
    }
}
