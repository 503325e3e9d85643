package dev.regions.core;

import dev.regions.internal.SafeToString;
import dev.regions.task.DeadlockException;
import dev.regions.task.UnlaunchedTaskException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds tasks that wait for each other in a circle, at least one of them in a {@code join()}. This class decides when to look;
 * {@link CycleSearch} looks.
 *
 * <p><b>Idea.</b> Edges made before launch cannot close a circle without a {@code join()}: {@link BatchCycleFinder} looks for that. A body that
 * waits for a task can, and so can a limit, and a region that holds tasks while its body waits.
 *
 * <p><b>When.</b> Most joins return at once. So a join notes, before it parks, that its worker waits, and every half second, as
 * long as any worker waits, the timer looks for those that have not moved, first after two ticks and then after four, eight, and
 * so on, so that long waits cost little. All that are due at a tick are looked at in one search, whose cost is linear in the
 * number of unfinished tasks that they hold up. In a large graph that may take its time, so the search gets a thread.
 *
 * <p><b>Memory.</b> A search may take a quarter of the heap that is free when it begins, and no more than {@link #MAX_BYTES}. What
 * does not fit into that is not looked at: the search finds a circle in what it has, or gives up. A dump of the runtime says so.
 *
 * <p><b>Looks do not end while a worker waits.</b> {@code watch} is the alarm of the next look, or of the one under way; null
 * means that no look is set. It is a Dekker pair: a waiting thread notes that it waits, then reads {@code watch}, and sets the
 * next look if there is none; the thread that ends a look clears {@code watch}, then reads who waits. Either of the two may
 * fail to set an alarm, because there is no memory for it or no thread for the timer. Then it calls the alarm off, should
 * it be known to the timer, clears {@code watch} again, and a worker that waits takes over: a worker parks without a limit of time
 * only after it has seen {@code watch} set, and for half a second otherwise. The thread that fails to set the next look wakes a
 * waiting worker for that. Nothing that fails while looking, a lack of memory included, gets past the end of the look.
 *
 * <p><b>Threads that run no task</b> are not watched: a wait there may be ended by means that the runtime does not know. But where
 * such a thread has a region open that holds tasks until it is closed, and only this thread can close it, all that depends on these tasks is
 * held up by the thread itself. So a wait of a thread with such a region looks at that first, see {@link #ensureMayWait}.
 */
final class DeadlockDetector {
    /** Between two looks at the workers that wait, in nanoseconds. */
    static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How much memory a search takes at most, in bytes: some five million tasks. */
    private static final long MAX_BYTES = 1L << 30;
    /** How much memory a search may take in any case, in bytes: some thousand tasks. */
    private static final long MIN_BYTES = 1L << 18;
    /** How much memory a search may take that a thread does before each of its waits, in bytes: some thousand tasks, less than a millisecond. */
    private static final long BYTES_BEFORE_WAIT = 1L << 18;
    /** Of the free heap, a search may take one part in so many. */
    private static final int SHARE_OF_FREE = 4;

    static {
        CycleSearch.load();
    }

    private final DagCore core;
    private final Consumer<Timer> setter;
    private final LongSupplier memory;
    private final AtomicReference<@Nullable Timer> watch = new AtomicReference<>();

    /** Whether those that were due at the last look were not looked at. */
    private volatile boolean overdue;
    /** One that waited at the last tick. */
    private volatile Link.@Nullable Waiter witness;
    /** Why the last look was not complete, null if it was. */
    private volatile @Nullable String incomplete;

    DeadlockDetector(DagCore core) {
        this(core, next -> core.timers().start(next, TICK_NANOS), DeadlockDetector::maxBytes);
    }

    /**
     * Makes one whose resources a test takes care of.
     *
     * @param setter sets the alarm of the next look
     * @param memory says how many bytes the next search may take
     */
    DeadlockDetector(DagCore core, Consumer<Timer> setter, LongSupplier memory) {
        this.core = core;
        this.setter = setter;
        this.memory = memory;
    }

    /** Called when a worker has noted that it waits: sets the next look if there is none. Returns false if that fails. */
    boolean watch() {
        if (watch.get() != null) {
            return true;
        }
        Timer next = null;
        try {
            Timer made = new Timer(this::tick);
            if (!watch.compareAndSet(null, made)) {
                return true;
            }
            next = made;
            setter.accept(made);
            return true;
        } catch (Throwable noMemoryOrThread) {
            incomplete = "the next look could not be set: there was no memory, or no thread, for it";
            if (next != null && next.callOff()) {
                watch.compareAndSet(next, null);
                return false;
            }
            return next != null; // it goes off by itself
        }
    }

    /** Returns true if a look at the workers that wait is set, or under way. */
    boolean isWatching() {
        return watch.get() != null;
    }

    /** Returns why the last search was not complete, null if it was, or if there was none. */
    @Nullable
    String whyIncomplete() {
        return incomplete;
    }

    /** Called by the timer: has the workers looked at that have waited for long enough, and sets the next look if any wait. */
    void tick() {
        boolean handedOver = false;
        try {
            List<Worker> due = takeDue();
            handedOver = !due.isEmpty() && start(due);
        } catch (Throwable exhausted) {
            overdue = true;
        } finally {
            if (!handedOver) {
                watchOn();
            }
        }
    }

    private List<Worker> takeDue() {
        boolean all = overdue;
        List<Worker> due = new ArrayList<>();
        for (Worker worker : core.workers().all()) {
            Link.Waiter waiter = worker.waiting();
            if (waiter != null) {
                witness = waiter;
                int ticks = ++waiter.ticks;
                if (ticks > 1 && (all || Integer.bitCount(ticks) == 1)) {
                    due.add(worker);
                }
            }
        }
        overdue = false;
        return due;
    }

    /** Starts the search on a thread of its own; returns false if there is none. */
    private boolean start(List<Worker> due) {
        Runnable look = () -> lookAt(due);
        String name = core.name() + "-deadlocks";
        try {
            Thread.ofPlatform() // a virtual one gets no carrier while all of these are busy
                    .name(name)
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .start(look);
            return true;
        } catch (Throwable noPlatformThread) {
            try {
                Thread.ofVirtual()
                        .name(name)
                        .inheritInheritableThreadLocals(false)
                        .start(look);
                return true;
            } catch (Throwable noThread) {
                incomplete = "no thread could be started for it";
                overdue = true;
                return false;
            }
        }
    }

    private void lookAt(List<Worker> due) {
        try {
            CycleSearch search = new CycleSearch(memory.getAsLong());
            for (CycleSearch.Found found : search.from(due)) {
                breakUp(found.waiter(), found.why());
            }
            incomplete = search.isFull()
                    ? "it gave up at " + search.size() + " tasks, because it may take no more memory"
                    : null;
        } catch (OutOfMemoryError none) {
            incomplete = "it gave up, because there was no memory for it";
        } catch (Throwable wrong) {
            incomplete = "it failed with " + SafeToString.of(wrong);
        } finally {
            watchOn();
        }
    }

    private static long maxBytes() {
        Runtime jvm = Runtime.getRuntime();
        long free = jvm.maxMemory() - (jvm.totalMemory() - jvm.freeMemory());
        return Math.max(MIN_BYTES, Math.min(MAX_BYTES, free / SHARE_OF_FREE));
    }

    /** Ends the wait of one on the circle. ObserverSet are notified before, so that no task that goes on since is ahead of them. */
    void breakUp(Link.Waiter waiter, DeadlockException found) {
        core.observing().deadlockFound(String.valueOf(found.getMessage()));
        waiter.giveUp(found);
    }

    /** Ends the look, and sets the next one if a worker waits. */
    private void watchOn() {
        Link.Waiter seen = witness;
        witness = null;
        watch.set(null);
        try {
            for (Worker worker : core.workers().all()) {
                Link.Waiter waiter = worker.waiting();
                if (waiter != null) {
                    seen = waiter;
                    if (watch()) {
                        return;
                    }
                    break;
                }
            }
        } catch (OutOfMemoryError exhausted) {
            incomplete = "the next look could not be set: there was no memory for it";
        }
        if (seen != null) {
            seen.wake(); // if it still waits, it tries to set the next look, and goes on to try
        }
    }

    // ---- Threads with open regions ----------------------------------------------------------------------------------

    /**
     * Called before a wait without a limit of time: throws if it would never end, because the awaited task depends on what a region
     * holds that the calling code has open. Looks at no more than some thousand tasks, so that many waits in a large region cost
     * little: what that misses is found while the thread waits.
     *
     * @throws UnlaunchedTaskException if so
     */
    static void ensureMayWait(Node awaited) {
        ensureMayWait(awaited, BYTES_BEFORE_WAIT);
    }

    /** As {@link #ensureMayWait}, now and then while a thread waits, with as much memory as the other searches. */
    static void ensureMayGoOnWaiting(Node awaited) {
        ensureMayWait(awaited, maxBytes());
    }

    private static void ensureMayWait(Node awaited, long maxBytes) {
        if (RegionRegistry.hasOpenHere()) {
            refuse("", whyItNeverEnds(maxBytes, (search, open) -> search.fromCaller(open, awaited)));
        }
    }

    /**
     * Called before the calling thread waits until nothing is in flight in a core, and now and then meanwhile.
     *
     * @throws UnlaunchedTaskException if that never happens, because of a region that the calling code has open
     */
    static void ensureMayAwaitEnd(DagCore closing) {
        if (RegionRegistry.hasOpenHere()) {
            refuse(
                    closing + " cannot come to an end: ",
                    whyItNeverEnds(maxBytes(), (search, open) -> search.fromCaller(open, closing)));
        }
    }

    private interface SearchFromCaller {
        @Nullable
        String run(CycleSearch search, List<RegionRegistry.Entry> open);
    }

    private static @Nullable String whyItNeverEnds(long maxBytes, SearchFromCaller from) {
        try {
            List<RegionRegistry.Entry> open = RegionRegistry.holdingHere();
            return open.isEmpty() ? null : from.run(new CycleSearch(maxBytes), open);
        } catch (OutOfMemoryError | StackOverflowError exhausted) {
            return null; // then it is not known
        }
    }

    private static void refuse(String what, @Nullable String why) {
        if (why != null) {
            throw new UnlaunchedTaskException(what + why);
        }
    }
}
