package dev.regions.core.diagnostics;

import dev.regions.core.graph.BatchCycleFinder;
import dev.regions.core.graph.CoreHooks;
import dev.regions.core.graph.Link;
import dev.regions.core.graph.Node;
import dev.regions.core.schedule.DagCore;
import dev.regions.core.schedule.Worker;
import dev.regions.core.util.Timer;
import dev.regions.internal.SafeToString;
import dev.regions.task.DeadlockException;
import dev.regions.task.UnlaunchedTaskException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds cycles of tasks that wait for each other, at least one of them in a {@code join()}. This class decides when to
 * scan; {@link CycleSearch} searches.
 *
 * <p><b>Idea.</b> {@link BatchCycleFinder} finds cycles of edges alone, when tasks are launched. A cycle may also lead
 * through a body that waits for a task, through a limit, and through a region that holds tasks while its body waits.
 *
 * <p><b>When.</b> Most joins return at once. A join therefore notes, before it parks, that its worker waits. Every half
 * second, as long as any worker waits, the timer checks for waits that have not moved, first after two ticks and then
 * after four, eight, and so on, so that long waits cost little. One search covers all waits that are due at a tick; its
 * cost is linear in the number of unfinished tasks that they hold up. In a large graph that may take its time, so the
 * search gets a thread.
 *
 * <p><b>Memory.</b> A search may take a quarter of the heap that is free when it begins, and at most
 * {@link #MAX_BYTES}. It does not examine tasks beyond that: it finds a cycle in the part that it has, or gives up. A
 * dump of the runtime says so.
 *
 * <p><b>Scans go on while a worker waits.</b> {@code watch} is the timer of the next scan, or of the scan under way;
 * null means that no scan is set. It is a Dekker pair: a waiting thread notes its wait, then reads {@code watch}, and
 * sets the next scan if there is none; the thread that ends a scan clears {@code watch}, then reads the waits. Either
 * thread may fail to start the timer, for lack of memory or of a thread for the timers. It then calls the timer off, in
 * case the timer service has it, and clears {@code watch} again, and a waiting worker takes over: a worker parks
 * without a time limit only after it has seen {@code watch} set, and for half a second otherwise. The thread that ends
 * a scan and fails to set the next one wakes a waiting worker for that. No failure during a scan, lack of memory
 * included, gets past the end of the scan.
 *
 * <p><b>Threads that run no task</b> are not watched, because a wait there may be ended by means that the runtime does
 * not know. But such a thread may have a region open that holds tasks until it is closed, and only this thread can
 * close it. Then the thread itself holds up everything that depends on these tasks. A wait of such a thread therefore
 * checks for that first, see {@link #ensureMayWait}.
 */
public final class DeadlockDetector {
    /** Maximum memory of a search, in bytes: some five million tasks. */
    private static final long MAX_BYTES = 1L << 30;
    /** Memory that a search may take in any case, in bytes: some thousand tasks. */
    private static final long MIN_BYTES = 1L << 18;
    /**
     * Maximum memory of a search before each wait of a thread, in bytes: some thousand tasks, less than a millisecond.
     */
    private static final long BYTES_BEFORE_WAIT = 1L << 18;
    /** A search may take one part in this many of the free heap. */
    private static final int SHARE_OF_FREE = 4;

    static {
        CycleSearch.load();
    }

    private final DagCore core;
    private final Consumer<Timer> setter;
    private final LongSupplier memory;
    private final AtomicReference<@Nullable Timer> watch = new AtomicReference<>();

    /** True if the waits that were due at the last scan were not searched. */
    private volatile boolean overdue;
    /** A wait that was seen at the last tick. */
    private volatile Link.@Nullable Waiter witness;
    /** Why the last scan was not complete, null if it was. */
    private volatile @Nullable String incomplete;

    DeadlockDetector(DagCore core) {
        this(core, next -> core.timers().start(next, CoreHooks.TICK_NANOS), DeadlockDetector::maxBytes);
    }

    /**
     * Creates a detector with timers and memory that a test controls.
     *
     * @param setter starts the timer of the next scan
     * @param memory returns how many bytes the next search may take
     */
    DeadlockDetector(DagCore core, Consumer<Timer> setter, LongSupplier memory) {
        this.core = core;
        this.setter = setter;
        this.memory = memory;
    }

    /**
     * Sets the next scan if there is none; returns false if that fails. Called when a worker has noted that it waits.
     */
    public boolean watch() {
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

    /** Returns true if a scan of the waiting workers is set, or under way. */
    public boolean isWatching() {
        return watch.get() != null;
    }

    /** Returns why the last search was not complete, null if it was, or if there was none. */
    @Nullable
    String whyIncomplete() {
        return incomplete;
    }

    /**
     * Scans: starts a search from the workers that have waited for long enough, and sets the next scan if any wait.
     * Called by the timer.
     */
    public void tick() {
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

    /** Starts the search on a thread of its own; returns false if none can be started. */
    private boolean start(List<Worker> due) {
        Runnable look = () -> lookAt(due);
        String name = core.name() + "-deadlocks";
        try {
            Thread.ofPlatform() // a virtual one gets no carrier while all carriers are busy
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

    /**
     * Ends a wait that is on a cycle. Observers are notified first, so that they are never behind a task that goes on
     * afterwards.
     */
    public void breakUp(Link.Waiter waiter, DeadlockException found) {
        Diagnostics.of(core).observers().deadlockFound(String.valueOf(found.getMessage()));
        waiter.giveUp(found);
    }

    /** Ends the scan, and sets the next one if a worker waits. */
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
            seen.wake(); // if it still waits, it tries to set the next scan, repeatedly
        }
    }

    // ---- Threads with open regions ----------------------------------------------------------------------------------

    /**
     * Throws if the calling thread would wait forever, because the awaited task depends on tasks of a region that the
     * calling code has open. Called before a wait without a time limit. Examines at most some thousand tasks, so that
     * many waits in a large region cost little; a cycle that this misses is found while the thread waits.
     *
     * @throws UnlaunchedTaskException if the wait would never end
     */
    static void ensureMayWait(Node awaited) {
        ensureMayWait(awaited, BYTES_BEFORE_WAIT);
    }

    /**
     * As {@link #ensureMayWait}, with as much memory as the other searches. Called now and then while a thread waits.
     */
    static void ensureMayGoOnWaiting(Node awaited) {
        ensureMayWait(awaited, maxBytes());
    }

    private static void ensureMayWait(Node awaited, long maxBytes) {
        if (RegionRegistry.hasOpenHere()) {
            refuse("", whyItNeverEnds(maxBytes, (search, open) -> search.fromCaller(open, awaited)));
        }
    }

    /**
     * Throws if the calling thread would wait forever until nothing is in flight in a core. Called before such a wait,
     * and now and then during it.
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
            return null; // not known then
        }
    }

    private static void refuse(String what, @Nullable String why) {
        if (why != null) {
            throw new UnlaunchedTaskException(what + why);
        }
    }
}
