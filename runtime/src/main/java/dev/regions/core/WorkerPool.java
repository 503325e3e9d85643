package dev.regions.core;

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
 * <p>Starting a virtual thread costs many times what an empty task should. So a {@link Worker} runs task after task, and
 * what must not be lost is what a thread per task gives for free: that a task which blocks holds up nobody else. The answer
 * is the <em>standby</em>: whenever there is a ready task that nobody has taken, there is a worker that is started but not
 * running yet. It waits in the JDK's scheduler. When the running worker's task blocks, that worker unmounts, and its
 * carrier takes up the standby; or another carrier is free and takes it up before that. Either way, the standby finds the
 * ready tasks, and before it runs the first it sees to the next standby. Nobody needs to notice that a task has blocked.
 *
 * <p><b>The hand-shake</b> is a Dekker pair over {@code standby} and the ready queue:
 *
 * <pre>
 *   producer:  offer the task;      then read standby:   if clear, set it and start a worker
 *   worker:    clear standby;       then poll the queue: if empty, go away
 * </pre>
 *
 * Both sides write before they read, with volatile accesses or stronger, so in the total order of those accesses either the
 * producer sees the flag cleared and starts a worker, or the worker sees the task. If the worker polled first and cleared
 * afterwards, a task offered in between would stay in the queue with nobody coming for it: the lost wake-up that the stress
 * tests look for. A flag that is set always belongs to exactly one worker that has yet to clear it and poll. Hence workers
 * may come and go, and nobody counts them. And only that worker clears it: not one that was started besides, nor one that
 * stood down and looks again. That would do no harm, but a producer would set it again, and start a worker while the first is
 * still on its way; and since each that goes away is replaced so, there would be two from then on. In {@code JoinedTasks}, where
 * workers come and find nothing, 85 bytes for a task became 40 (docs/internals/before-and-after.md).
 *
 * <p><b>Reserved tasks.</b> A worker of small tasks {@linkplain ReadyQueue reserves} several at a time, and sees to a standby
 * before each as long as there are more. So if one of them blocks, the standby takes over the others, or, if there is something
 * else for it to do, sees to a standby in its turn. A queue that is empty
 * therefore does not say that there is no work: a worker that goes away has, since it last cleared the flag, looked for
 * reserved tasks, too, or has seen the flag set for somebody else, who will. A worker that has just begun looks at once, for
 * that may be what it was started for. How many a worker reserves follows from how long tasks have taken lately: some
 * microseconds' worth, so one at a time where tasks are long, or where it has only begun.
 *
 * <p><b>Deques.</b> What a body spawns goes to a {@link WorkerDeque} of its worker, where that finds it when it joins it or runs
 * out of other work, and where others find it when there is nothing in the queue. For the hand-shake, a deque is part of the
 * queue: its tail is written before the flag is read, and after the flag was cleared all deques are looked at. A worker that goes
 * away moves what is left in its own to the queue. So that neither starves the other, every so many polls begin at the queue
 * instead, and every so many at the deques.
 *
 * <p><b>Idle workers.</b> Starting a worker also wakes a carrier, which costs microseconds. So a worker that finds the queue
 * empty does not go away at once. If the standby's part is free, it takes that and watches the queue for some microseconds; a
 * producer sees the flag and leaves it be. If not, it drowses: it parks for a tenth of a millisecond, once, and whoever
 * needs a standby meanwhile gives it that part instead of starting another. Where tasks run faster than one thread spawns
 * them, the queue runs empty all the time, and without the drowsy one every few tasks would start a worker. The price: a
 * task that blocks just then holds up the others until the drowsy one wakes.
 *
 * <p><b>Giving way.</b> Virtual threads are not preempted. When its slice is used up, a worker that leaves work behind ends,
 * and leaves it to the standby; a chain under way goes to the end of the ready queue, so that it does not starve its
 * siblings. That is not enough: the JDK's scheduler lets a carrier take what its own threads have started before it looks at
 * what came from elsewhere, and a standby that is always there would keep it from ever looking. So the standby that follows
 * yields before it begins. If it was all that its carrier had of its own, it then queues where all others do. If not, it queues
 * behind its neighbours, and two runtimes could pass a carrier to each other for ever. So every so often it parks instead, for a
 * nanosecond: that leaves the carrier without it, and when the timer wakes it, it queues where all others do. Not
 * each time, for a carrier that has nothing else falls asleep, and the timer has to wake both. It is still the standby
 * meanwhile, so nobody starts another. Reading the clock costs as much as a task, so it is read every n-th task, n being
 * chosen by how long tasks have taken lately.
 */
final class WorkerPool {
    /** Of so many standbys that let others go first, one parks. Fairness, not speed: it comes once in some 40 milliseconds. */
    private static final int WAYS_GIVEN_PER_PARKING = 8;

    // Figures are nanoseconds for a task: docs/internals/before-and-after.md, "Constants".

    /** With a hundredth, IndependentTasks took 20.5 instead of 18.6, and IndependentTasksFromTask 19.5 instead of 18.4. */
    private static final long DROWSE_NANOS = 100_000;

    /**
     * Of so many polls, one begins at the queue, and one at the deques of all. A power of two. With 4, Skynet took 30.6 instead of
     * 25.5.
     */
    private static final int TURNS = 32;

    private static final int NOBODY = 0;
    private static final int ASLEEP = 1;
    /** Asleep, and the standby: it will clear the flag and poll when it wakes. */
    private static final int ASSIGNED = 2;

    private static final VarHandle STANDBY;
    private static final VarHandle RANKS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STANDBY = lookup.findVarHandle(Flag.class, "set", boolean.class);
            RANKS = lookup.findVarHandle(WorkerPool.class, "ranks", PriorityQueues.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        linkAccesses();
    }

    /** Makes each kind of access of this class once, to nothing: see {@link ClassPreloader}. */
    private static void linkAccesses() {
        for (int access = 0; access < 2; access++) {
            try {
                switch (access) {
                    case 0 -> STANDBY.compareAndSet((Standby) null, false, true);
                    case 1 -> RANKS.compareAndSet((WorkerPool) null, null, (PriorityQueues) null);
                    default -> throw new AssertionError(access);
                }
            } catch (NullPointerException linked) {
                // as it should be
            }
        }
    }

    // Together they keep the flag, which every producer reads, on a cache line away from what is written often: the
    // fields of a superclass come before those of a subclass. Two lines on either side, for lines are fetched in pairs.

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
    /** Made when the first task of other than normal priority becomes ready; read after the flag by who polls. */
    private volatile @Nullable PriorityQueues ranks;

    private final Standby standby = new Standby();

    /** Set by a worker whose slice is used up, cleared by the standby that follows it. A hint, and so not atomic. */
    private volatile boolean givesWay;
    /** How often a standby has given way. Only a standby does, before it clears the flag. */
    private int timesGivenWay;

    private final AtomicInteger drowsy = new AtomicInteger(NOBODY);

    /** Tasks whose own threads are started, and do not run yet. For people who ask. */
    private final Set<Node> apart = ConcurrentHashMap.newKeySet();

    private final Map<Integer, Worker> byNumber = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();

    private final ReentrantLock exitLock = new ReentrantLock();
    /** What workers that have gone away had ended. Written under the lock. */
    private volatile long completedByExited;

    WorkerPool(DagCore core, String name) {
        this.core = core;
        this.threads = Thread.ofVirtual()
                .name(name + "-worker")
                .inheritInheritableThreadLocals(false)
                .factory();
    }

    // ---- Tasks in ---------------------------------------------------------------------------------------------------

    /** Sees to it that a ready task is run. */
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

    /** Adds a task to the deque of the calling worker; if that is full, moves all that is there to the queue, and returns false. */
    private boolean pushed(WorkerDeque own, Node node) {
        if ((node.flags & Node.TERMS) != 0 || hasRanks()) {
            return false;
        }
        boolean pushed = deques.push(own, node);
        if (!pushed) {
            own.moveAll(ready);
        }
        return pushed;
    }

    /** Takes over the deque of a worker that goes away, with what is in it. */
    void takeBack(WorkerDeque deque) {
        deque.moveAll(ready);
        deques.leave(deque);
    }

    /** Takes back what a worker that goes away has reserved, and not come to. */
    void takeBack(ReadyQueue.Reservation reserved) {
        ready.takeBack(reserved);
    }

    /** Returns the deques of the workers. */
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

    /** The producer's half of the hand-shake: what was to be seen has been offered. */
    void ensureStandby() {
        if (!standby.set && STANDBY.compareAndSet(standby, false, true)) {
            try {
                if (!drowsy.compareAndSet(ASLEEP, ASSIGNED)) {
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

    /** The worker's half of the hand-shake: to be followed by a poll. */
    void clearStandby() {
        standby.set = false;
    }

    /** Leaves the work to the standby, which is to let other virtual threads of the program go first. */
    void yieldSlice() {
        givesWay = true;
        ensureStandby();
    }

    /** Called by a worker before it begins, and before it clears the flag. */
    void yieldToOthers() {
        if (givesWay) {
            givesWay = false;
            if (++timesGivenWay % WAYS_GIVEN_PER_PARKING == 0) {
                LockSupport.parkNanos(this, 1);
            } else {
                Thread.yield();
            }
        }
    }

    /** Makes a worker that has run out of work the standby, if there is none. */
    boolean standBy() {
        return !standby.set && STANDBY.compareAndSet(standby, false, true);
    }

    /** The standby is about to go away. Returns whether there is work, which then may have been left to it. */
    boolean standDown() {
        clearStandby();
        return hasWork();
    }

    /**
     * Parks a worker that has run out of work for a short while, if no other is parked so.
     *
     * @return whether it was made the standby meanwhile; if not, somebody else is, or was
     */
    boolean nap() {
        if (!drowsy.compareAndSet(NOBODY, ASLEEP)) {
            return false;
        }
        try {
            LockSupport.parkNanos(this, DROWSE_NANOS);
        } catch (OutOfMemoryError none) {
            Thread.onSpinWait(); // it has not slept; but it may have been made the standby, and must not miss that
        }
        return drowsy.getAndSet(NOBODY) == ASSIGNED;
    }

    /** Tells whether there is something ready, and no standby for it: whoever was to start one may not have been able to. */
    boolean isUnattended() {
        return !standby.set && hasReady();
    }

    /**
     * Takes a ready task, null if there is none.
     *
     * @param turn counts the polls of workers: not all turns begin at the same place
     * @param deque of the worker, null if it has none
     * @param own what the worker has reserved
     * @param most how many tasks it may reserve
     */
    @Nullable
    Node poll(int turn, @Nullable WorkerDeque deque, ReadyQueue.Reservation own, int most) {
        PriorityQueues ranked = ranks;
        int place = turn & TURNS - 1;
        Node node = null;
        if (place == TURNS / 2) {
            node = deques.take(turn / TURNS);
        } else if (ranked == null && place != 0) {
            node = own.take(); // older than what is in the deque
            if (node == null && deque != null) {
                node = deque.poll();
            }
        } else if (ranked != null && deque != null) {
            deque.moveAll(ready); // what is there is of normal priority
        }
        if (node == null) {
            node = ranked == null ? ready.poll(own, most) : ranked.poll(turn, ready, own);
        }
        return node != null ? node : deques.take(turn / TURNS);
    }

    /**
     * Lets go of tasks that were claimed where they were joined, and not polled, so that they do not keep their results.
     *
     * @param slots how many slots of the queue to look at
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

    void offer(Node node) {
        if ((node.flags & Node.TERMS) == 0) {
            ready.offer(node);
            return;
        }
        Priority priority = node.terms().priority;
        if (priority == Priority.NORMAL) {
            ready.offer(node);
        } else {
            (priority == Priority.HIGH ? ranks().high : ranks().low).offer(node);
        }
    }

    private PriorityQueues ranks() {
        PriorityQueues there = ranks;
        if (there == null) {
            RANKS.compareAndSet(this, null, new PriorityQueues());
            there = Objects.requireNonNull(ranks);
        }
        return there;
    }

    /** Tells whether there are, or were, tasks of other than normal priority. */
    boolean hasRanks() {
        return ranks != null;
    }

    /**
     * Sees to the standby, if there is more work than the caller has taken, reserved by others included: they may have left that to
     * the caller. The flag first: it is the cheapest to read; then what is most likely.
     */
    void ensureStandbyIfReady(ReadyQueue.Reservation own) {
        if (!standby.set && (!own.isEmpty() || hasWork())) {
            tryToEnsureStandby();
        }
    }

    /** For a worker that holds a task, which must not be lost: if there is no memory, it tries again with the next. */
    void tryToEnsureStandby() {
        try {
            ensureStandby();
        } catch (OutOfMemoryError none) {
            // with the next task
        }
    }

    /** Tells whether there is something to poll. The deques first: tasks move from there to the queue, and not back. */
    boolean hasReady() {
        PriorityQueues ranked = ranks;
        return !deques.isEmpty() || !ready.isEmpty() || ranked != null && !ranked.isEmpty();
    }

    /** As {@link #hasWork}, but no to what is only about to be offered: who comes for that may go away with nothing. */
    boolean hasWorkAtHand() {
        PriorityQueues ranked = ranks;
        return ready.isFilled()
                || ready.hasReserved()
                || !deques.isEmpty()
                || ranked != null && (ranked.high.isFilled() || ranked.low.isFilled());
    }

    /** Tells whether there is something to poll or to take over: a worker must know before it goes away. */
    boolean hasWork() {
        return hasReady() || ready.hasReserved();
    }

    /** Enters a worker and returns its number, by which the tasks it runs refer to it. */
    int enter(Worker worker) {
        while (true) {
            int number = 1 + (numbers.getAndIncrement() & Node.MAX_WORKER - 1);
            if (byNumber.putIfAbsent(number, worker) == null) {
                return number;
            }
        }
    }

    /** Takes a worker that goes away off the list. */
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

    /** Returns how many tasks those workers have ended that have gone away since. */
    long completedByExited() {
        return completedByExited;
    }

    /** Returns how many tasks workers have ended. Counts all whose end happened before the call. */
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

    /** Interrupts the task that a worker runs; it cannot end before this returns. Returns as {@link Worker#deliver} does. */
    @Nullable
    Node deliver(int number, Node task, InterruptHandshake interruption) {
        Worker worker = byNumber.get(number);
        return worker == null ? null : worker.deliver(task, interruption);
    }

    /** Interrupts whatever is running now. */
    void interruptAll() {
        for (Worker worker : byNumber.values()) {
            worker.interrupt();
        }
    }

    /** Tells of the tasks that are ready and that no worker has taken, roughly: for people. */
    void forEachReady(Consumer<Node> action) {
        ready.forEach(action);
        deques.forEach(action);
        apart.forEach(action);
        PriorityQueues ranked = ranks;
        if (ranked != null) {
            ranked.high.forEach(action);
            ranked.low.forEach(action);
        }
    }

    /** Returns how many tasks are ready and not taken, roughly. */
    int readyCount() {
        int[] count = new int[1];
        forEachReady(node -> count[0] += node.isReady() ? 1 : 0);
        return count[0];
    }

    /** Returns the worker with a number, null if there is none now. */
    @Nullable
    Worker find(int number) {
        return byNumber.get(number);
    }

    /** Returns the workers there are. */
    Iterable<Worker> all() {
        return byNumber.values();
    }

    /** Returns how many workers there are: running, blocked and standing by. A snapshot. */
    int count() {
        return byNumber.size();
    }
}
