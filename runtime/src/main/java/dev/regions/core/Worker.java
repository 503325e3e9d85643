package dev.regions.core;

import dev.regions.core.Link.CancelRequest;
import dev.regions.queue.QueueStack;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A virtual thread that runs ready tasks; see {@link Workers} for how they keep each other company.
 *
 * <p><b>In place.</b> A task that joins another one, ready but not taken, claims and runs it on its own worker, inside the
 * call of {@code join()}: recursive spawn-and-join so neither parks nor needs a thread per level. The worker then runs two
 * tasks, one inside the other, and an interrupt that cancels the outer must not hit the inner. {@code running} says which
 * one is on top. It is a Dekker pair again: the worker writes {@code running} and then looks for a cancel request of the
 * outer task; who cancels pushes the request and then reads {@code running}. If the canceller saw the outer task on top, the
 * worker sees the request, waits until the interrupt has come, takes it off for the time of the inner task, and puts it back
 * afterwards. If the canceller saw the inner one, it does not interrupt, and the worker finds the request when it returns.
 */
final class Worker implements Runnable {
    /** How deep tasks may run inside each other; past it a join parks. Keeps the stack from overflowing. */
    private static final int MAX_DEPTH = 64;

    /** How long a worker may keep its carrier, in nanoseconds, before other virtual threads get their turn. */
    private static final long SLICE_NANOS = 1_000_000;
    /** How often the clock is read, in nanoseconds, as far as tasks allow. */
    private static final long CHECK_NANOS = 100_000;
    /** At most this many tasks between two looks at the clock. */
    private static final int MAX_STRIDE = 256;
    /** How often an idle worker looks for work before it goes away: some ten microseconds. */
    private static final int SPINS_BEFORE_LEAVING = 256;

    private static final ThreadLocal<@Nullable Worker> CURRENT = new ThreadLocal<>();
    private static final VarHandle RUNNING;
    private static final VarHandle ENDED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            RUNNING = lookup.findVarHandle(Worker.class, "running", Node.class);
            ENDED = lookup.findVarHandle(Worker.class, "ended", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final DagCore core;
    private final Workers workers;

    // Set by the worker's thread before it runs anything.
    private @Nullable Thread thread;
    private @Nullable String threadName;
    private @Nullable ClassLoader contextLoader;
    private int number;

    // Written by the worker's thread, read by others.
    private volatile @Nullable Node running;
    private volatile long ended;

    // Used by the worker's thread alone.
    private final Release release = new Release(true);
    private final Release inPlaceRelease = new Release();
    private int depth;
    private int stride = 1;
    private int untilCheck = 1;
    private long checkedAt;
    private long sliceEnds;

    Worker(DagCore core, Workers workers) {
        this.core = core;
        this.workers = workers;
    }

    // ---- The worker's life ------------------------------------------------------------------------------------------

    @Override
    public void run() {
        enter();
        try {
            QueueStack.callAtRoot(core.root(), () -> {
                do {
                    workers.clearStandby();
                    runReady();
                } while (staysFor());
                return null;
            });
        } finally {
            leave();
        }
    }

    /** Runs one task that asked for a thread of its own. */
    void runOnly(Node node) {
        enter();
        try {
            QueueStack.callAtRoot(core.root(), () -> {
                Node next = execute(node);
                if (next != null) {
                    workers.schedule(next);
                }
                return null;
            });
        } finally {
            leave();
        }
    }

    private void enter() {
        thread = Thread.currentThread();
        threadName = thread.getName();
        contextLoader = thread.getContextClassLoader();
        number = workers.enter(this);
        CURRENT.set(this);
        checkedAt = System.nanoTime();
        sliceEnds = checkedAt + SLICE_NANOS;
    }

    private void leave() {
        workers.leave(this, number);
    }

    private void runReady() {
        for (Node node; (node = workers.poll()) != null; ) {
            if (workers.hasReady()) {
                workers.ensureStandby();
            }
            while (node != null) {
                node = execute(node);
                if (--untilCheck <= 0) {
                    node = checkSlice(node);
                }
            }
        }
    }

    /** Takes the standby's part for a while. */
    private boolean staysFor() {
        if (!workers.standBy()) {
            return false;
        }
        for (int spins = SPINS_BEFORE_LEAVING; spins > 0; spins--) {
            if (workers.hasReady()) {
                return true;
            }
            Thread.onSpinWait();
        }
        workers.clearStandby();
        return workers.hasReady();
    }

    private @Nullable Node checkSlice(@Nullable Node next) {
        long now = System.nanoTime();
        long spent = Math.max(1, now - checkedAt);
        stride = (int) Math.min(MAX_STRIDE, Math.max(1, stride * CHECK_NANOS / spent));
        untilCheck = stride;
        checkedAt = now;
        if (now - sliceEnds < 0) {
            return next;
        }
        if (next != null) {
            workers.offer(next);
            workers.ensureStandby();
        }
        Thread.yield();
        checkedAt = System.nanoTime();
        sliceEnds = checkedAt + SLICE_NANOS;
        return null;
    }

    // ---- Running a task ---------------------------------------------------------------------------------------------

    /** Runs a task, unless somebody else has it; returns one that it has made ready, to be run next. */
    private @Nullable Node execute(Node node) {
        RUNNING.setOpaque(this, node); // ordered before the claim, which is what makes a canceller look here
        if (!node.claim(number)) {
            return null;
        }
        runClaimed(node, release);
        RUNNING.setOpaque(this, null);
        release.run();
        return release.takeFirst();
    }

    private void runClaimed(Node node, Release tells) {
        Object result = null;
        Throwable thrown = null;
        try {
            if (core.isStopping()) {
                node.cancel(false, tells); // leaves a request that the finish will find
            } else {
                result = Body.call(node.shape, Objects.requireNonNull(node.body), node.inputs);
            }
        } catch (Throwable t) {
            thrown = t;
        }
        IllegalStateException leftOpen = QueueStack.endScopesLeftOpen();
        if (leftOpen != null) {
            if (thrown == null) {
                thrown = leftOpen;
            } else {
                thrown.addSuppressed(leftOpen);
            }
        }
        node.finish(result, thrown, tells);
        ENDED.setRelease(this, ended + 1);
        cleanUp();
    }

    /** Leaves the thread as the next task may expect it. */
    private void cleanUp() {
        Thread.interrupted();
        Thread self = Objects.requireNonNull(thread);
        if (self.getName() != threadName) {
            self.setName(threadName);
        }
        if (self.getContextClassLoader() != contextLoader) {
            self.setContextClassLoader(contextLoader);
        }
    }

    // ---- In place ---------------------------------------------------------------------------------------------------

    /** Runs a task inside the call that waits for it, if that is on a worker, and the task is ready and not taken. */
    static boolean runInPlace(Node node) {
        if (!node.isReady() || node.dedicated) {
            return false;
        }
        Worker worker = CURRENT.get();
        return worker != null && worker.core == node.core() && worker.depth < MAX_DEPTH && worker.tryRunInside(node);
    }

    private boolean tryRunInside(Node node) {
        Node outer = running;
        if (outer == null) {
            return false; // not in a body, but in some callback at the end of one
        }
        running = node;
        if (!node.claim(number)) {
            returnTo(outer);
            return false;
        }
        depth++;
        try {
            CancelRequest request = outer.cancelRequest();
            if (request != null) {
                request.awaitDelivered();
                Thread.interrupted();
            }
            if (QueueStack.isBare()) {
                runClaimed(node, inPlaceRelease);
            } else {
                QueueStack.callAtRoot(core.root(), () -> {
                    runClaimed(node, inPlaceRelease);
                    return null;
                });
            }
        } finally {
            depth--;
            returnTo(outer);
        }
        inPlaceRelease.run();
        return true;
    }

    private void returnTo(Node outer) {
        running = outer;
        if (core.isStopping()) {
            cancel(outer);
        }
        if (outer.cancelRequest() != null) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- Called by other threads ------------------------------------------------------------------------------------

    void interruptIfRunning(Node task) {
        Thread target = thread;
        if (running == task && target != null) {
            target.interrupt();
        }
    }

    void cancelRunning() {
        Node task = running;
        if (task != null) {
            cancel(task);
        }
    }

    private static void cancel(Node task) {
        Release release = new Release();
        task.cancel(true, release);
        release.run();
    }

    long ended() {
        return ended;
    }

    /** Returns the worker whose thread this is, null if it is no worker's. */
    static @Nullable Worker current() {
        return CURRENT.get();
    }

    /** Tells whether a body is running on this worker now, called on its own thread. */
    boolean isInBodyOf(DagCore other) {
        return core == other && running != null;
    }
}
