package dev.regions.core.schedule;

import dev.regions.core.graph.BodyKind;
import dev.regions.core.graph.CallbackRunner;
import dev.regions.core.graph.Completion;
import dev.regions.core.graph.CoreHooks;
import dev.regions.core.graph.Dependencies;
import dev.regions.core.graph.Link;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.Scheduler;
import dev.regions.core.graph.TaskMetadata;
import dev.regions.core.graph.TaskProbe;
import dev.regions.core.graph.Withdrawal;
import dev.regions.core.util.Backoff;
import dev.regions.core.util.ClassPreloader;
import dev.regions.core.util.InterruptHandshake;
import dev.regions.core.util.StackGuard;
import dev.regions.core.util.StructuredScopes;
import dev.regions.internal.Suppressed;
import dev.regions.queue.QueueStack;
import dev.regions.queue.RegionBody;
import dev.regions.queue.TaskQueue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A virtual thread that runs ready tasks; {@link WorkerPool} describes how workers replace each other.
 *
 * <p><b>In place.</b> A task that joins a ready task which no worker has claimed runs it on its own worker, inside the
 * call of {@code join()}. Recursive spawn-and-join therefore neither parks nor needs a thread per level. The worker
 * then runs two tasks, one inside the other, and an interrupt that cancels the outer task must not hit the inner one.
 * {@code inPlace} is the innermost task, null for the outermost; {@code cancels} lists the tasks on this worker that
 * are to be cancelled. The two are a Dekker pair: the worker writes {@code inPlace}, then reads {@code cancels}; the
 * canceller adds to {@code cancels}, then reads {@code inPlace}. If the canceller sees the outer task, it interrupts;
 * the worker, which then sees the entry, awaits the interrupt and clears it for the time of the inner task. If the
 * canceller sees the inner task, it does not interrupt. In both cases the worker finds the entry when it returns to the
 * outer task, and interrupts itself. {@link Node} describes the other effects of cancelling an outer task.
 *
 * <p><b>One reference per task.</b> Workers live long, tasks do not. A generational collector charges for each
 * reference from an old object to a young one; with G1, a memory fence. Therefore the worker writes the task that it
 * runs to one field, for the deadlock detector and for dumps, and otherwise keeps it in local variables.
 */
public final class Worker extends Scheduler.Runner implements Runnable {
    /** Maximum depth of tasks inside each other; a join at that depth parks. */
    private static final int MAX_DEPTH = 64;
    /**
     * Maximum number of frames on the stack at which a task is run in place, so that most of the stack is left to it: a
     * virtual thread cannot even park when some 40 % of its stack are in use. Simple interpreted frames take about 100
     * bytes, so this is about a tenth of a stack of 1 MiB.
     */
    private static final int MAX_FRAMES = 1000;
    /** Depth from which the frames are counted; counting them costs microseconds. */
    private static final int FRAMES_COUNTED_FROM = 4;

    private static final StackWalker FRAMES = StackWalker.getInstance();
    private static final Function<Stream<StackWalker.StackFrame>, Integer> COUNT = Worker::count;

    /**
     * Number of tasks that joins claimed without removing them from the queue, after which twice as many slots of the
     * queue are swept. The tasks keep their results until then.
     */
    private static final int CLAIMED_BEFORE_SWEEP = 32;

    /** Time for which a worker may keep its carrier before it yields to other virtual threads, in nanoseconds. */
    private static final long SLICE_NANOS = 5_000_000;
    /** Intended time between two readings of the clock, in nanoseconds; a longer task exceeds it. */
    private static final long CHECK_NANOS = 100_000;

    // Figures are nanoseconds per task: docs/internals/before-and-after.md, "Constants".

    /** Maximum number of tasks between two readings of the clock. With 16, ChainOfTasks took 16.0 instead of 14.9. */
    private static final int MAX_STRIDE = 256;
    /**
     * Of the tasks between two readings of the clock, one in this many may be reserved: some microseconds' worth. With
     * one at a time, IndependentTasks took 62.6 instead of 18.6; with all of them 17.4, within the noise, but more
     * tasks would wait for one that blocks.
     */
    private static final int SHARE_RESERVED = 8;
    /**
     * Checks for work by an idle worker before it leaves, and spins between two checks: together some microseconds, in
     * which a thread that joins a task and spawns the next finds the worker awake. With 1 check, and with 8 spins,
     * throughput was the same within the noise.
     */
    private static final int CHECKS_BEFORE_LEAVING = 16;

    private static final int SPINS_PER_CHECK = 64;
    /** Time between two checks for work by a worker that stays when idle, in nanoseconds. */
    private static final long LINGER_NANOS = 20_000;

    /**
     * Times its number, this is where a worker begins to count its polls: one more than a multiple of every cycle of
     * turns. Turns, and the position where one begins, therefore advance from worker to worker, however few tasks each
     * runs.
     */
    private static final int TURNS_APART = 65;

    private static final VarHandle ENDED;
    private static final VarHandle CANCELS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ENDED = lookup.findVarHandle(Worker.class, "ended", long.class);
            CANCELS = lookup.findVarHandle(Worker.class, "cancels", Cancel.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        linkAccesses();
    }

    /** Links the accesses of this class by making each kind once, on null: see {@link ClassPreloader}. */
    private static void linkAccesses() {
        for (int access = 0; access < 3; access++) {
            try {
                switch (access) {
                    case 0 -> CANCELS.compareAndSet((Worker) null, (Cancel) null, (Cancel) null);
                    case 1 -> {
                        long unused = (long) ENDED.get((Worker) null);
                    }
                    case 2 -> ENDED.setRelease((Worker) null, 0L);
                    default -> throw new AssertionError(access);
                }
            } catch (NullPointerException linked) {
                // expected
            }
        }
    }

    private record Cancel(
            Node task,
            InterruptHandshake interruption,
            @Nullable Cancel rest) {}

    private final DagCore core;
    private final WorkerPool workers;

    // Set by the worker's thread before it runs anything.
    private @Nullable Thread thread;
    private @Nullable String threadName;
    private @Nullable ClassLoader contextLoader;
    private Thread.@Nullable UncaughtExceptionHandler uncaught;
    private int number;
    private QueueStack.@Nullable Binding binding;

    // Read by other threads. Written by the worker's thread, except that cancellers add to the second.
    private volatile @Nullable Node inPlace;
    private volatile @Nullable Cancel cancels;
    private volatile long ended;
    /** The waiter of the task on this thread that waits without a time limit; null if there is none. */
    private volatile Link.@Nullable Waiter waiting;
    /** The last of the regions that tasks on this thread have open and that may hold tasks; it leads to the others. */
    private volatile @Nullable Object openRegions;
    /** The outermost task that runs, or ran last; then the tasks in place inside it. Exact while the thread waits. */
    private @Nullable Node current;

    private @Nullable Node @Nullable [] inlined;
    /** One bit per task in place: whether it is awaited on behalf of a region. Written before the task. */
    private long regionWaits;

    // Used only by the worker's thread.
    private final Completion release;
    private final Completion inPlaceRelease = new Completion();
    private int depth;
    /** Number of outermost tasks so far. */
    private int bodies;
    /** Value of {@code bodies} when the frames were last counted. */
    private int framesCountedIn;
    /** Depth at which the frames are counted again, estimated from the last count. */
    private int countFramesAt;
    /** Number of tasks run in place since the last sweep that are still in the queue or in a deque. */
    private int claimedInQueue;

    private final ReadyQueue.Reservation reserved = new ReadyQueue.Reservation();
    /** Tasks spawned by bodies on this worker; null if this worker has no deque. */
    private @Nullable WorkerDeque deque;
    /** Whether to steal reserved tasks if there is no other work: this worker may have been started for one of them. */
    private boolean stealsReserved = true;

    /** Whether the standby flag is set for this worker, which must then clear it. No other worker clears it. */
    private boolean standsBy;

    private int polls;
    private int stride = 1;
    private int untilCheck = 1;
    private long checkedAt;
    private long sliceEnds;
    private boolean sliceOver;

    /**
     * Creates a worker, to be started by the caller.
     *
     * @param standsBy whether the standby flag is set for it
     */
    public Worker(DagCore core, WorkerPool workers, boolean standsBy) {
        this.core = core;
        this.workers = workers;
        this.standsBy = standsBy;
        this.release = new Completion(core);
    }

    // ---- The worker's life ------------------------------------------------------------------------------------------

    @Override
    public void run() {
        try {
            for (int turns = 0; !runTasks(); turns++) {
                Backoff.pause(turns); // the thread that has the memory may need this carrier to free it
            }
        } finally {
            leave();
            if (standsBy && standDown()) { // only if code that is not ours has thrown
                workers.ensureStandby();
            }
        }
    }

    /**
     * Runs ready tasks until there are none, or the slice is used up. Returns false if memory ran out outside of a
     * body. This may be the standby that ready tasks wait for, and must not leave then. Exceptions of bodies do not get
     * here.
     */
    private boolean runTasks() {
        try {
            enter();
            callAtRoot(new Slice());
            return true;
        } catch (OutOfMemoryError none) {
            return false;
        }
    }

    // Named classes in place of lambdas: see ClassPreloader.

    private final class Slice implements RegionBody<@Nullable Void, RuntimeException> {
        @Override
        public @Nullable Void call() {
            runSlice();
            return null;
        }
    }

    private final class Only implements RegionBody<@Nullable Void, RuntimeException> {
        private final Node node;

        Only(Node node) {
            this.node = node;
        }

        @Override
        public @Nullable Void call() {
            binding = QueueStack.binding();
            Node next = execute(node);
            if (next != null) {
                workers.schedule(next);
            }
            return null;
        }
    }

    private record Life(RegionBody<@Nullable Void, RuntimeException> body, boolean[] done)
            implements RegionBody<@Nullable Void, RuntimeException> {
        @Override
        public @Nullable Void call() {
            body.call();
            done[0] = true;
            return null;
        }
    }

    private final class InPlace implements RegionBody<@Nullable Void, RuntimeException> {
        private final Node node;
        private final boolean[] done;

        InPlace(Node node, boolean[] done) {
            this.node = node;
            this.done = done;
        }

        @Override
        public @Nullable Void call() {
            QueueStack.Binding inner = QueueStack.binding();
            binding = inner;
            runClaimed(node, inPlaceRelease, inner);
            done[0] = true;
            return null;
        }
    }

    private void runSlice() {
        binding = QueueStack.binding();
        enterDeque();
        workers.yieldToOthers();
        startSlice();
        do {
            if (standsBy) {
                standsBy = false;
                workers.clearStandby();
            }
            runReady();
        } while (!sliceOver && awaitWork());
        returnUnrunTasks();
    }

    /** Runs one task that asked for a dedicated thread. */
    void runOnly(Node node) {
        enter();
        try {
            callAtRoot(new Only(node));
        } finally {
            leave();
        }
    }

    /** Runs all or part of the worker's life at the root; JDK scopes that a task has left open end with it. */
    private void callAtRoot(RegionBody<@Nullable Void, RuntimeException> life) {
        boolean[] done = new boolean[1];
        try {
            QueueStack.callAtRoot(core.root(), core, new Life(life, done));
        } catch (RuntimeException thrown) {
            if (!done[0] || !StructuredScopes.isViolation(thrown)) {
                throw thrown;
            }
            StructuredScopes.report("a task that ran on " + threadName, thrown);
        }
    }

    private void enter() {
        if (number == 0) {
            thread = Thread.currentThread();
            threadName = thread.getName();
            contextLoader = thread.getContextClassLoader();
            uncaught = thread.getUncaughtExceptionHandler();
            becomeCurrent();
            number = workers.enter(this);
            polls = TURNS_APART * number;
        }
    }

    private void leave() {
        workers.leave(this, number);
    }

    private void enterDeque() {
        if (deque == null) { // else this is another try after memory ran out
            try {
                deque = workers.deques().enter(Objects.requireNonNull(thread));
            } catch (OutOfMemoryError none) {
                return; // this worker has no deque
            }
        }
    }

    /** Returns unrun tasks from the deque and the reservation to the shared queue. */
    private void returnUnrunTasks() {
        workers.takeBack(reserved);
        WorkerDeque own = deque;
        if (own != null) {
            workers.takeBack(own);
            deque = null;
        }
        if (sliceOver && workers.hasWork()) {
            workers.ensureStandby();
        }
    }

    private void runReady() {
        int most = 1; // the first at once: a thread may be waiting for it
        while (!sliceOver) {
            Node node = workers.poll(++polls, deque, reserved, most);
            most = Math.max(1, stride / SHARE_RESERVED);
            if (node != null) {
                stealsReserved = false;
                workers.ensureStandbyIfReady(reserved);
            } else {
                node = stealsReserved ? workers.stealReserved() : null;
                if (node == null) {
                    return;
                }
                workers.tryToEnsureStandby(); // there may be more reserved tasks
            }
            while (node != null && !sliceOver) {
                node = execute(node);
                if (node != null && workers.hasPriorityQueues()) {
                    workers.offer(node); // a more urgent task may be ready
                    node = null;
                }
                if (--untilCheck <= 0) {
                    checkSlice(node);
                }
            }
        }
    }

    /** Waits briefly for more work; returns true if the worker must poll again. */
    private boolean awaitWork() {
        current = null;
        if (!core.isOpen()) {
            stealsReserved = true;
            return workers.hasWork();
        }
        standsBy = workers.standBy();
        boolean lingers = core.staysWhenIdle(); // tasks that the hook launches must find the standby in place
        if (!standsBy) {
            stealsReserved |= lingers;
            standsBy = !lingers && workers.nap();
            return standsBy || workers.isUnattended();
        }
        if (lingers) {
            return linger();
        }
        for (int checks = CHECKS_BEFORE_LEAVING; checks > 0; checks--) {
            for (int spins = SPINS_PER_CHECK; spins > 0; spins--) {
                Thread.onSpinWait();
            }
            if (workers.hasReady()) {
                return true;
            }
        }
        stealsReserved = true;
        return standDown();
    }

    private boolean standDown() {
        standsBy = false;
        return workers.standDown();
    }

    /** Stays, as the standby, until there is work or the core is closed. */
    private boolean linger() {
        stealsReserved = true;
        while (core.isOpen()) {
            if (workers.hasWorkAtHand()) {
                return true;
            }
            LockSupport.parkNanos(this, LINGER_NANOS);
        }
        return standDown();
    }

    private void startSlice() {
        checkedAt = System.nanoTime();
        sliceEnds = checkedAt + SLICE_NANOS;
    }

    /** Reads the clock. If the slice is used up and there is work left, leaves that to other workers. */
    private void checkSlice(@Nullable Node next) {
        long now = System.nanoTime();
        long spent = Math.max(1, now - checkedAt);
        stride = (int) Math.min(MAX_STRIDE, Math.max(1, stride * CHECK_NANOS / spent));
        untilCheck = stride;
        checkedAt = now;
        if (now - sliceEnds < 0) {
            return;
        }
        if (next != null) {
            workers.offer(next);
        } else if (!workers.hasReady()) {
            sliceEnds = now + SLICE_NANOS;
            return;
        }
        sliceOver = true;
        workers.yieldSlice();
    }

    // ---- Running a task ---------------------------------------------------------------------------------------------

    /** Runs a task unless another thread has claimed it; returns a task that it made ready, to be run next. */
    private @Nullable Node execute(Node node) {
        if (!node.claim(number)) {
            if ((node.flags & Node.ATTRIBUTES) != 0) {
                node.attributes().returnPermits(node.asTask()); // it is not to run any more
            }
            return null;
        }
        current = node;
        bodies++;
        if (deque != null) {
            deque.beginBody();
        }
        inBody = true;
        Node next = runClaimed(node, release, Objects.requireNonNull(binding));
        inBody = false;
        if (cancels != null) {
            cancels = null; // all were for this task, or for tasks in place inside it
        }
        if (next != null) {
            return next;
        }
        if (release.hasCallbacks()) {
            runCallbacks();
        }
        return release.takeFirst();
    }

    /**
     * Runs the user callbacks that are due after a task. They may block: the worker first schedules the task that it
     * keeps and, unless all are brief, hands over its count of completed tasks.
     */
    private void runCallbacks() {
        Deque<CallbackRunner.Due> due = Objects.requireNonNull(release.takeCallbacks());
        release.scheduleFirst();
        if (!CallbackRunner.areBrief(due)) {
            long counted = (long) ENDED.get(this);
            ENDED.setRelease(this, 0L);
            core.takeOverCount(counted);
        }
        CallbackRunner.run(due, core, binding);
        cleanUp();
    }

    /** Runs and completes a claimed task; returns as {@link Node#finish}, or null if it is to be tried again. */
    private @Nullable Node runClaimed(Node node, Completion completion, QueueStack.Binding bound) {
        Attempt attempt = node.metadata == null ? null : begin(node);
        Object result = Node.NULL_RESULT;
        Throwable thrown = null;
        try {
            if (attempt != null) {
                attempt.start();
            }
            if (!core.isStopping()) {
                result = Node.encode(BodyCall.call(
                        node.bodyKind, Objects.requireNonNull(node.body), Dependencies.arguments(node.inputs)));
            }
        } catch (Throwable t) {
            thrown = t;
        }
        IllegalStateException leftOpen = bound.endScopesLeftOpen();
        if (leftOpen != null) {
            if (thrown == null) {
                thrown = leftOpen;
            } else {
                Suppressed.add(thrown, leftOpen);
            }
        }
        if (core.isStopping()) {
            Withdrawal.cancelByRunner(node, completion); // adds a request, which finish() finds
        }
        if (attempt != null) {
            depth = 0; // a task with attributes never runs in place
            if (attempt.isPastDeadline()) {
                Deadline.expireByRunner(node, core, completion);
            }
            thrown = attempt.end(thrown);
            if (thrown != null) {
                boolean again = attempt.isToBeRepeated(thrown);
                CallbackRunner.endScopes(bound, "the retry policy of a task");
                if (again) {
                    cleanUp();
                    return null;
                }
            }
        }
        Node next;
        try {
            next = node.finish(result, thrown, completion);
        } finally { // even after an error, because close() waits for the count
            ENDED.setRelease(this, (long) ENDED.get(this) + 1);
            core.returnPermits(1);
        }
        try {
            cleanUp();
        } catch (Throwable exhausted) {
            completion.putBack(next);
            throw exhausted;
        }
        return next;
    }

    /** Reports the start of a task with metadata and prepares the thread; returns null if there are no attributes. */
    private @Nullable Attempt begin(Node node) {
        if (node.metadata instanceof TaskMetadata metadata) {
            showStart(node);
            ClassLoader loader = metadata.contextLoader;
            if (loader != null) {
                Objects.requireNonNull(thread).setContextClassLoader(loader);
            }
        }
        if ((node.flags & Node.ATTRIBUTES) == 0) {
            return null;
        }
        Attempt attempt = new Attempt(node, core, number);
        if (attempt.isTimed()) {
            depth = MAX_DEPTH; // run nothing in place: an interrupt would have to wait until that completes
        }
        return attempt;
    }

    private void showStart(Node node) {
        TaskProbe observed = node.observation();
        if (observed != null) {
            observed.started(number);
        }
        nameThreadAfter(node);
    }

    /**
     * Adds the name that a task was given to the name of the thread, for thread dumps. A task without a name that runs
     * in place leaves that of the enclosing task, which is on the thread, too.
     */
    private void nameThreadAfter(Node node) {
        String name = node.givenName();
        if (name != null) {
            Objects.requireNonNull(thread).setName(threadName + ": " + name);
        }
    }

    /** Restores the thread for the next task. */
    private void cleanUp() {
        Thread.interrupted();
        leaveThreadAs(threadName, contextLoader, uncaught);
    }

    private void leaveThreadAs(
            @Nullable String name, @Nullable ClassLoader loader, Thread.@Nullable UncaughtExceptionHandler handler) {
        Thread self = Objects.requireNonNull(thread);
        if (self.getName() != name) {
            self.setName(name);
        }
        if (self.getContextClassLoader() != loader) {
            self.setContextClassLoader(loader);
        }
        if (self.getUncaughtExceptionHandler() != handler) {
            self.setUncaughtExceptionHandler(handler);
        }
    }

    // ---- In place ---------------------------------------------------------------------------------------------------

    @Override
    public boolean runInPlace(Node node, boolean ofRegion) {
        return core == node.core()
                && inBody
                && depth < MAX_DEPTH
                && (ofRegion || !isInRegion())
                && BodyKind.mayRunInPlace(node.bodyKind, node.body)
                && tryRunInside(node, ofRegion);
    }

    /**
     * Returns true if the innermost task was spawned in a region. A region that is given up awaits the completion of
     * its tasks, and a task below another one on a stack cannot complete.
     */
    private boolean isInRegion() {
        Node outer = inPlace;
        Node joining = outer != null ? outer : current;
        if (joining == null || joining.metadata == null) {
            return false;
        }
        TaskQueue region = joining.region();
        return region != null && region != core && region != core.root();
    }

    /** Counts the frames on the stack, and returns true if it has room for another task. */
    private boolean hasStack() {
        if (framesCountedIn != bodies) {
            framesCountedIn = bodies;
            countFramesAt = 0;
        }
        int frames = FRAMES.walk(COUNT);
        if (frames > MAX_FRAMES) {
            return false;
        }
        countFramesAt = depth + 1 + (MAX_FRAMES - frames) / (2 * frames / depth); // about half of the remaining frames
        return true;
    }

    private static Integer count(Stream<StackWalker.StackFrame> frames) {
        return (int) frames.limit(MAX_FRAMES + 1L).count();
    }

    // Each rare step is a method of its own: the compiler does not inline a frequent method of more than 325 bytes.

    private boolean tryRunInside(Node node, boolean ofRegion) {
        StackGuard.ensure16K();
        if (depth >= FRAMES_COUNTED_FROM && (depth >= countFramesAt || framesCountedIn != bodies) && !hasStack()) {
            return false;
        }
        if (claimedInQueue >= CLAIMED_BEFORE_SWEEP) {
            sweep();
        }
        Thread self = Objects.requireNonNull(thread);
        return self.getName() == threadName
                        && self.getContextClassLoader() == contextLoader
                        && self.getUncaughtExceptionHandler() == uncaught
                ? runInside(node, ofRegion)
                : runInsideChanged(node, ofRegion, self);
    }

    private void sweep() {
        claimedInQueue = 0;
        workers.sweep(2 * CLAIMED_BEFORE_SWEEP, deque);
    }

    /** As {@link #runInside}, where the thread's name, loader or handler is not the worker's; restores it. */
    private boolean runInsideChanged(Node node, boolean ofRegion, Thread self) {
        String name = self.getName();
        ClassLoader loader = self.getContextClassLoader();
        Thread.UncaughtExceptionHandler handler = self.getUncaughtExceptionHandler();
        try {
            self.setContextClassLoader(contextLoader);
            self.setUncaughtExceptionHandler(uncaught);
            return runInside(node, ofRegion);
        } finally {
            leaveThreadAs(name, loader, handler);
        }
    }

    private boolean runInside(Node node, boolean ofRegion) {
        Node outer = inPlace;
        if (inlined == null) {
            inlined = new Node[MAX_DEPTH];
        }
        if (ofRegion || regionWaits != 0) {
            noteRegionWait(ofRegion);
        }
        inlined[depth] = node;
        inPlace = node;
        boolean claimed = node.claim(number);
        if (deque == null || !deque.remove(node)) {
            claimedInQueue++;
        }
        if (!claimed) {
            inlined[depth] = null;
            returnTo(outer);
            return false;
        }
        if (cancels != null) {
            awaitInterrupts();
        }
        depth++;
        try {
            if (!StructuredScopes.POSSIBLE && QueueStack.isBare()) {
                runClaimed(node, inPlaceRelease, Objects.requireNonNull(binding));
            } else {
                runInPlaceAtRoot(node);
            }
            if (inPlaceRelease.hasCallbacks()) {
                CallbackRunner.runBesideJoiner(Objects.requireNonNull(inPlaceRelease.takeCallbacks()));
            }
        } finally {
            inlined[--depth] = null;
            returnTo(outer);
        }
        return true;
    }

    /** Records whether a region waits for the task about to be run in place. The task must be recorded after this. */
    private void noteRegionWait(boolean ofRegion) {
        long bit = 1L << depth;
        regionWaits = ofRegion ? regionWaits | bit : regionWaits & ~bit;
        VarHandle.releaseFence();
    }

    /** Waits for interrupts that are on their way to outer tasks, and clears them. */
    private void awaitInterrupts() {
        for (Cancel cancel = cancels; cancel != null; cancel = cancel.rest) {
            cancel.interruption.awaitDelivered();
        }
        Thread.interrupted();
    }

    /**
     * Runs a task with the scopes of the joining task hidden, also from tasks joined in turn: these must not end them.
     */
    private void runInPlaceAtRoot(Node node) {
        QueueStack.Binding outer = binding;
        boolean[] done = new boolean[1];
        try {
            QueueStack.callAtRoot(core.root(), core, new InPlace(node, done));
        } catch (RuntimeException thrown) {
            if (!done[0] || !StructuredScopes.isViolation(thrown)) {
                throw thrown;
            }
            StructuredScopes.report("task '" + node.displayName() + "', which ran in place,", thrown);
        } finally {
            binding = outer;
        }
    }

    /** Resumes a task, null for the outermost, and interrupts it if it is to be cancelled. */
    private void returnTo(@Nullable Node outer) {
        inPlace = outer;
        if (cancels != null) {
            Node joining = outer != null ? outer : current;
            for (Cancel cancel = cancels; cancel != null; cancel = cancel.rest) {
                if (cancel.task == joining) {
                    Thread.currentThread().interrupt();
                }
            }
        }
        if (core.isStopping()) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- Waiting ----------------------------------------------------------------------------------------------------

    @Override
    public void waitsFor(Link.@Nullable Waiter waiter) {
        waiting = waiter;
        if (waiter != null) {
            core.hooks().watch();
        }
    }

    public Link.@Nullable Waiter waiting() {
        return waiting;
    }

    @Override
    public boolean isWatched() {
        return core.hooks().watch();
    }

    /**
     * Returns the innermost open region of the body, an object of the {@linkplain CoreHooks hooks}; null if there is
     * none.
     */
    public @Nullable Object openRegions() {
        return openRegions;
    }

    public void setOpenRegions(@Nullable Object top) {
        openRegions = top;
    }

    /** Returns the tasks on this thread, which waits: outermost first, each waiting for the next one in place. */
    public List<Node> tasks() {
        List<Node> tasks = new ArrayList<>();
        Node outermost = current;
        if (outermost != null) {
            tasks.add(outermost);
        }
        @Nullable Node[] inner = inlined;
        if (inner != null) {
            for (Node inside : inner) {
                if (inside == null) {
                    break;
                }
                tasks.add(inside);
            }
        }
        return tasks;
    }

    /** Returns those of the tasks on this thread that run now, whether or not the thread waits. */
    public List<Node> runningNow() {
        List<Node> tasks = tasks();
        List<Node> running = new ArrayList<>();
        for (Node task : tasks) {
            if (task.isRunningOn(number)) {
                running.add(task);
            }
        }
        return running;
    }

    @Nullable
    public Thread thread() {
        return thread;
    }

    // ---- Called by other threads ------------------------------------------------------------------------------------

    /**
     * Interrupts the thread if the task is innermost on it; an outer task is interrupted when the worker returns to it.
     *
     * @return as {@link Scheduler#interrupt} does
     */
    @Nullable
    Node deliver(Node task, InterruptHandshake interruption) {
        Cancel before;
        do {
            before = cancels;
        } while (!CANCELS.compareAndSet(this, before, new Cancel(task, interruption, before)));
        Node top = inPlace;
        if (top == null || top == task) {
            interrupt();
            return null;
        }
        return inside(task);
    }

    /** Returns the result of {@link #deliver} for a task that was not innermost a moment ago. */
    private @Nullable Node inside(Node task) {
        @Nullable Node[] inner = Objects.requireNonNull(inlined); // written before inPlace, and never again
        int level = 0;
        if (task != current) {
            while (level < MAX_DEPTH && inner[level++] != task) {}
        }
        Node inside = level == MAX_DEPTH ? null : inner[level];
        VarHandle.acquireFence(); // the bit below is of the task just read, or of one begun after its completion
        if (inside == null) {
            return null; // the task is innermost again, and the worker found the request when it returned to it
        }
        return (regionWaits >>> level & 1) != 0 ? inside : task;
    }

    void interrupt() {
        Thread target = thread;
        if (target != null) {
            target.interrupt();
        }
    }

    long ended() {
        return ended;
    }

    /** Returns the worker that the calling thread belongs to, null if there is none. */
    static @Nullable Worker ofThread() {
        return (Worker) Scheduler.Runner.current();
    }

    /** Returns the worker of the calling thread if a body is running on it now; null otherwise. */
    public static @Nullable Worker ofBody() {
        return (Worker) Scheduler.Runner.inBody();
    }

    /** Returns the innermost task with a body running on the calling thread, null if there is none. */
    public static @Nullable Node innermostHere() {
        Worker worker = ofBody();
        if (worker == null) {
            return null;
        }
        Node inside = worker.inPlace;
        return inside != null ? inside : worker.current;
    }

    /** Returns true if a body is running on this worker of the given core now. Called on the worker's thread. */
    boolean isInBodyOf(DagCore other) {
        return core == other && inBody;
    }
}
