package dev.regions.core;

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
 * A virtual thread that runs ready tasks; see {@link WorkerPool} for how they keep each other company.
 *
 * <p><b>In place.</b> A task that joins another one, ready but not taken, claims and runs it on its own worker, inside the
 * call of {@code join()}: recursive spawn-and-join so neither parks nor needs a thread per level. The worker then runs two
 * tasks, one inside the other, and an interrupt that cancels the outer must not hit the inner. {@code inPlace} says which
 * one is on top, null for the outermost; {@code cancels} lists those on this worker that are to be cancelled. It is a Dekker
 * pair again: the worker writes {@code inPlace}, then reads {@code cancels}; who cancels adds to {@code cancels}, then reads
 * {@code inPlace}. If the canceller saw the outer task on top, it interrupts, and the worker, which sees the entry, waits
 * until that is done and takes the interrupt off for the time of the inner task. If it saw the inner one, it does not
 * interrupt. Either way the worker finds the entry when it returns to the outer task, and interrupts itself. {@link Node} says what
 * else becomes of an outer task that is cancelled.
 *
 * <p><b>One reference per task.</b> WorkerPool live long, tasks do not; a collector that keeps generations apart makes one pay
 * for each reference from an old object to a young one, with G1 a memory fence. So the worker notes the task that it runs in one
 * field, for those who look for deadlocks or ask what runs, and has it in local variables otherwise.
 */
final class Worker implements Runnable {
    /** How deep tasks may run inside each other; past it a join parks. */
    private static final int MAX_DEPTH = 64;
    /**
     * How many frames there may be on the stack where a task is run inside another, so that most of the stack is left to it: a
     * virtual thread cannot even park when some 40 % of its stack are in use. Simple interpreted frames take about 100 bytes, so
     * this is about a tenth of a stack of 1 MiB.
     */
    private static final int MAX_FRAMES = 1000;
    /** Down to this depth, tasks run inside each other without a look at the frames: to count them costs microseconds. */
    private static final int FRAMES_COUNTED_FROM = 4;

    private static final StackWalker FRAMES = StackWalker.getInstance();
    private static final Function<Stream<StackWalker.StackFrame>, Integer> COUNT = Worker::count;

    /**
     * After so many tasks that were claimed where they are joined, but not taken out of the queue, twice as many slots of it are
     * swept. They keep their results until then.
     */
    private static final int CLAIMED_BEFORE_SWEEP = 32;

    /** How long a worker may keep its carrier, in nanoseconds, before other virtual threads get their turn. */
    private static final long SLICE_NANOS = 5_000_000;
    /** How often the clock is read, in nanoseconds, as far as tasks allow. */
    private static final long CHECK_NANOS = 100_000;

    // Figures are nanoseconds for a task: docs/internals/before-and-after.md, "Constants".

    /** At most this many tasks between two looks at the clock. With 16, ChainOfTasks took 16.0 instead of 14.9. */
    private static final int MAX_STRIDE = 256;
    /**
     * Of the tasks between two looks at the clock, one in so many may be reserved: some microseconds' worth. With one at a time,
     * IndependentTasks took 62.6 instead of 18.6; with all of them 17.4, within the noise, but more would wait for one that
     * blocks.
     */
    private static final int SHARE_RESERVED = 8;
    /**
     * How often an idle worker looks for work before it goes away, and how long it lets producers alone in between: together
     * some microseconds, in which whoever joins a task and spawns the next finds it awake. With 1 look, and with 8 spins,
     * throughput was the same within the noise.
     */
    private static final int LOOKS_BEFORE_LEAVING = 16;

    private static final int SPINS_PER_LOOK = 64;
    /** How often a worker that is to stay looks for work, in nanoseconds. */
    private static final long LINGER_NANOS = 20_000;

    /**
     * Times its number, this is where a worker begins to count its polls. It is one more than a multiple of all turns there are: so
     * these go on from worker to worker, however few tasks each of them runs, and so does the place where a turn begins to look.
     */
    private static final int TURNS_APART = 65;

    private static final ThreadLocal<@Nullable Worker> CURRENT = new ThreadLocal<>();
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

    /** Makes each kind of access of this class once, to nothing: see {@link ClassPreloader}. */
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
                // as it should be
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

    // Written by the worker's thread, read by others.
    private volatile @Nullable Node inPlace;
    private volatile @Nullable Cancel cancels;
    private volatile long ended;
    /** What is waited for on this thread, by a task, without a limit of time. */
    private volatile Link.@Nullable Waiter waiting;
    /** The regions that tasks on this thread have open, and that may hold tasks: the last one, which leads to the others. */
    private volatile RegionRegistry.@Nullable Entry openRegions;
    /** The task that runs, or ran last, and those that run in place inside it. Exact while the thread waits. */
    private @Nullable Node current;

    private @Nullable Node @Nullable [] inlined;
    /** A bit for each of those: whether the task around it waits for it on behalf of a region. Written before the task is. */
    private long regionWaits;

    // Used by the worker's thread alone.
    private final Completion release;
    private final Completion inPlaceRelease = new Completion();
    private boolean inBody; // of a task; not in some callback at the end of one
    private int depth;
    /** How many outermost tasks there have been. */
    private int bodies;
    /** In the how manieth of those the frames were counted last. */
    private int framesCountedIn;
    /** How deep tasks may run until the frames are counted again, by that count. */
    private int countFramesAt;
    /** How many tasks were run in place that are still in the queue, or in a deque, since the last sweep. */
    private int claimedInQueue;

    private final ReadyQueue.Reservation reserved = new ReadyQueue.Reservation();
    /** What bodies here have spawned; null where this worker is to have none. */
    private @Nullable WorkerDeque deque;
    /** Whether to look for what others have reserved if there is nothing else: what this worker came for may be there. */
    private boolean stealsReserved = true;

    /** Whether the standby flag is set for this worker, which so has to clear it. What is set for others is left to them. */
    private boolean standsBy;

    private int polls;
    private int stride = 1;
    private int untilCheck = 1;
    private long checkedAt;
    private long sliceEnds;
    private boolean sliceOver;

    /**
     * Makes a worker, to be started.
     *
     * @param standsBy whether the standby flag is set for it
     */
    Worker(DagCore core, WorkerPool workers, boolean standsBy) {
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
                Backoff.pause(turns); // what has the memory may need the carrier to give it back
            }
        } finally {
            leave();
            if (standsBy && standDown()) { // something has thrown meanwhile that is not ours
                workers.ensureStandby();
            }
        }
    }

    /**
     * Runs ready tasks until there are none, or the slice is over. Returns false if there was no memory for what surrounds them:
     * this may be the standby, which ready tasks wait for, so it must not just go away. What a body throws does not get here.
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

    /** Runs one task that asked for a thread of its own. */
    void runOnly(Node node) {
        enter();
        try {
            callAtRoot(new Only(node));
        } finally {
            leave();
        }
    }

    /** Runs the whole of the worker's life, or of a part of it. A scope of the JDK that a task has left open ends with that. */
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
            CURRENT.set(this);
            number = workers.enter(this);
            polls = TURNS_APART * number;
        }
    }

    private void leave() {
        workers.leave(this, number);
    }

    private void enterDeque() {
        if (deque == null) { // else there was no memory for something, and this begins again
            try {
                deque = workers.deques().enter(Objects.requireNonNull(thread));
            } catch (OutOfMemoryError none) {
                return; // it goes without
            }
        }
    }

    /** Leaves what it has not come to, in its deque and of what it has reserved, to others. */
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
        int most = 1; // the first at once: somebody may be waiting for it
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
                workers.tryToEnsureStandby(); // where there was one, there may be more
            }
            while (node != null && !sliceOver) {
                node = execute(node);
                if (node != null && workers.hasRanks()) {
                    workers.offer(node); // there may be something more urgent
                    node = null;
                }
                if (--untilCheck <= 0) {
                    checkSlice(node);
                }
            }
        }
    }

    /** Waits a while for more work; returns whether there is some. */
    private boolean awaitWork() {
        current = null;
        if (!core.isOpen()) {
            stealsReserved = true;
            return workers.hasWork();
        }
        standsBy = workers.standBy();
        boolean lingers = core.staysWhenIdle(); // what this sets off must find the standby there already
        if (!standsBy) {
            stealsReserved |= lingers;
            standsBy = !lingers && workers.nap();
            return standsBy || workers.isUnattended();
        }
        if (lingers) {
            return linger();
        }
        for (int looks = LOOKS_BEFORE_LEAVING; looks > 0; looks--) {
            for (int spins = SPINS_PER_LOOK; spins > 0; spins--) {
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

    /** Stays, as the standby, until there is work, or the core is closed. */
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

    /** Looks at the clock; if the slice is over, and there is work left, leaves it to others. */
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

    /** Runs a task, unless somebody else has it; returns one that it has made ready, to be run next. */
    private @Nullable Node execute(Node node) {
        if (!node.claim(number)) {
            node.onRejected();
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
            cancels = null; // all of them were for this task, or for tasks in place inside it
        }
        if (next != null) {
            return next;
        }
        if (release.hasCallbacks()) {
            runCallbacks();
        }
        return release.takeFirst();
    }

    /** Runs the callbacks of users that are due after a task. They may block, so first nothing is left that others wait for. */
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

    /** Runs a task and ends it; returns what {@link Node#finish} does. */
    private @Nullable Node runClaimed(Node node, Completion completion, QueueStack.Binding bound) {
        Attempt attempt = node.metadata == null ? null : begin(node);
        Object result = Node.NULL_RESULT;
        Throwable thrown = null;
        try {
            if (attempt != null) {
                attempt.start();
            }
            if (!core.isStopping()) {
                result = Node.encode(BodyKind.call(
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
            node.cancelByRunner(completion); // leaves a request, which the finish finds
        }
        if (attempt != null) {
            depth = 0; // what has terms never runs in place
            if (attempt.isPastDeadline()) {
                node.expireByRunner(completion);
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
        } finally { // whatever strikes there: close() waits for the count
            ENDED.setRelease(this, (long) ENDED.get(this) + 1);
            core.makeRoom(1);
        }
        try {
            cleanUp();
        } catch (Throwable exhausted) {
            completion.putBack(next);
            throw exhausted;
        }
        return next;
    }

    /** Sees to what a task with a metadata wants before its body runs; returns null if it has no terms. */
    private @Nullable Attempt begin(Node node) {
        if (node.metadata instanceof TaskMetadata metadata) {
            showStart(node);
            ClassLoader loader = metadata.contextLoader;
            if (loader != null) {
                Objects.requireNonNull(thread).setContextClassLoader(loader);
            }
        }
        if ((node.flags & Node.TERMS) == 0) {
            return null;
        }
        Attempt attempt = new Attempt(node, number);
        if (attempt.isTimed()) {
            depth = MAX_DEPTH; // nothing in place: an interrupt would have to wait until that has ended
        }
        return attempt;
    }

    private void showStart(Node node) {
        TaskRecord observed = node.observation();
        if (observed != null) {
            observed.started(number);
        }
        nameThreadAfter(node);
    }

    /**
     * For thread dumps: while a task runs that was given a name, the thread has it in its own. A task without one that runs in place
     * leaves it at that of the task around it, which is on the thread, too.
     */
    private void nameThreadAfter(Node node) {
        String name = node.givenName();
        if (name != null) {
            Objects.requireNonNull(thread).setName(threadName + ": " + name);
        }
    }

    /** Leaves the thread as the next task may expect it. */
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

    /**
     * Runs a task inside the call that waits for it, if that is on a worker, and the task is ready and not taken.
     *
     * @param ofRegion whether the calling task waits on behalf of a region that the task is in
     */
    static boolean runInPlace(Node node, boolean ofRegion) {
        if (!node.isReady() || (node.flags & Node.APART) != 0) {
            return false;
        }
        Worker worker = CURRENT.get();
        return worker != null
                && worker.core == node.core()
                && worker.inBody
                && worker.depth < MAX_DEPTH
                && (ofRegion || !worker.isInRegion())
                && BodyKind.mayRunInPlace(node.bodyKind, node.body)
                && worker.tryRunInside(node, ofRegion);
    }

    /**
     * Returns true if the task on top was spawned in a region. A region that is given up awaits its tasks, which are to be over
     * then; a task below another one on a stack cannot be.
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

    /** Returns true if the stack has room for another task, by the number of frames that are on it: counts them if need be. */
    private boolean hasStack() {
        if (framesCountedIn != bodies) {
            framesCountedIn = bodies;
            countFramesAt = 0;
        }
        int frames = FRAMES.walk(COUNT);
        if (frames > MAX_FRAMES) {
            return false;
        }
        countFramesAt = depth + 1 + (MAX_FRAMES - frames) / (2 * frames / depth); // about half of what is left
        return true;
    }

    private static Integer count(Stream<StackWalker.StackFrame> frames) {
        return (int) frames.limit(MAX_FRAMES + 1L).count();
    }

    // Each rare step is a method by itself: the compiler inlines no frequent method of more than 325 bytes.

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

    /** As {@link #runInside}, where the joining task, or its body, has changed the thread; it has it back as it was. */
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

    /** Notes whether the task about to be run in place is waited for on behalf of a region. To be followed by the note of the task. */
    private void noteRegionWait(boolean ofRegion) {
        long bit = 1L << depth;
        regionWaits = ofRegion ? regionWaits | bit : regionWaits & ~bit;
        VarHandle.releaseFence();
    }

    /** Waits for interrupts that are on their way to outer tasks, and takes them off the thread. */
    private void awaitInterrupts() {
        for (Cancel cancel = cancels; cancel != null; cancel = cancel.rest) {
            cancel.interruption.awaitDelivered();
        }
        Thread.interrupted();
    }

    /** Out of sight of what the joining task has open; so is what the task joins in its turn, which must not end that. */
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

    /** Goes on with a task; null stands for the outermost. */
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

    /** Notes what a task of this thread waits for, null when it no longer does. */
    void waitsFor(Link.@Nullable Waiter waiter) {
        waiting = waiter;
        if (waiter != null) {
            core.deadlocks().watch();
        }
    }

    Link.@Nullable Waiter waiting() {
        return waiting;
    }

    /** Returns true if a look for deadlocks is set, or could be set now: else the thread must not wait for long. */
    boolean isWatched() {
        return core.deadlocks().watch();
    }

    RegionRegistry.@Nullable Entry openRegions() {
        return openRegions;
    }

    void setOpenRegions(RegionRegistry.@Nullable Entry top) {
        openRegions = top;
    }

    /** Returns the tasks on this thread, which waits: the outermost first, each waiting for the next in place. */
    List<Node> tasks() {
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

    /** Returns those of the tasks that do run here now, whether or not the thread waits. */
    List<Node> runningNow() {
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
    Thread thread() {
        return thread;
    }

    // ---- Called by other threads ------------------------------------------------------------------------------------

    /**
     * Interrupts the thread if the task is the innermost one on it; if it is an outer one, that is done on return to it.
     *
     * @return null if the task was interrupted; the task itself if it is suspended in a {@code join()} of a task that runs in place
     *     and goes on; or the task that runs in place in it, if it is of a region that the task joins, and is to be cancelled, too
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

    /** Returns what {@link #deliver} says of a task that was not on top a moment ago. */
    private @Nullable Node inside(Node task) {
        @Nullable Node[] inner = Objects.requireNonNull(inlined); // written before the task on top, and never again
        int level = 0;
        if (task != current) {
            while (level < MAX_DEPTH && inner[level++] != task) {}
        }
        Node inside = level == MAX_DEPTH ? null : inner[level];
        VarHandle
                .acquireFence(); // the flag below is that of the task just read, or of one that came after it had ended
        if (inside == null) {
            return null; // the task is back on top, and the worker has found the request on the way there
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

    /** Returns the worker whose thread this is, null if it is no worker's. */
    static @Nullable Worker current() {
        return CURRENT.get();
    }

    /** Returns the worker whose thread this is, if a body is running on it now; null otherwise. */
    static @Nullable Worker inBody() {
        Worker worker = CURRENT.get();
        return worker != null && worker.inBody ? worker : null;
    }

    /** Returns the task whose body the calling thread runs, the innermost one; null if it is no worker, or runs none. */
    static @Nullable Node innermostHere() {
        Worker worker = inBody();
        if (worker == null) {
            return null;
        }
        Node inside = worker.inPlace;
        return inside != null ? inside : worker.current;
    }

    /** Tells whether a body is running on this worker now, called on its own thread. */
    boolean isInBodyOf(DagCore other) {
        return core == other && inBody;
    }
}
