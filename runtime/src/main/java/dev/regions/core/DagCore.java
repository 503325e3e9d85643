package dev.regions.core;

import dev.regions.internal.LockFreeCondition;
import dev.regions.observe.UncaughtFailure;
import dev.regions.queue.PendingTask;
import dev.regions.queue.QueueStack;
import dev.regions.queue.RegionPass;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.queue.WaitHook;
import dev.regions.task.OverflowPolicy;
import dev.regions.task.QueueClosedException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The root queue of a runtime: launches what reaches it.
 *
 * <p>A task spawned straight onto it, which nobody else has seen yet, is wired by its spawner; what comes through a
 * queue, and every batch, by the {@link SubmissionQueue}. See there, in {@link Node} and in {@link WorkerPool} for how
 * it works.
 *
 * <p><b>Coming to an end.</b> Two sums tell whether anything is in flight: tasks launched, counted before they can be
 * seen, and tasks ended, counted afterwards. The ended ones are summed up first. If then the launched ones are no more,
 * there was nothing in flight when the first sum was done; and with the core closed to outsiders, only a task in flight
 * could have changed that. A submitter counts its task, then looks whether the core is closed; who closes it says so,
 * then sums up: so a task is either refused or waited for.
 */
public final class DagCore implements TaskQueue {
    private enum Phase {
        OPEN,
        /** Only tasks in flight may launch more. */
        CLOSED,
        /** What is in flight is cancelled. */
        STOPPING
    }

    private final String name;
    private final int parallelism;
    private final List<RegionPass> passes;
    private final TaskQueue root;
    private final @Nullable WaitHook waitHook;
    private final WorkerPool workers;
    private final SubmissionQueue intake;
    private final UncaughtFailures uncaughtFailures;

    private final StripedCounter launched = new StripedCounter();
    /**
     * Tasks that were ended without having run. Those that ran are counted by their workers, until these hand that
     * over.
     */
    private final StripedCounter endedUnrun = new StripedCounter();

    /** True once any core was observed; never reset. Plain: see {@link #isObserved()}. */
    private static boolean anyObserved;
    /** The core of the shared runtime, for code that runs within no runtime. Null until that is made. */
    private static volatile @Nullable DagCore shared;

    private boolean observed;

    private final CoreHooks hooks;

    private final TimerService timers;
    private final @Nullable InFlightLimiter room;
    /** Tasks that wait for something that is not in flight here: {@link #stop} has to tell them. */
    private final Set<Node> waitingOutside = ConcurrentHashMap.newKeySet();

    private volatile Phase phase = Phase.OPEN;
    private volatile boolean terminated;
    private final Termination termination = new Termination();

    /**
     * Makes a core; it has no threads until something is launched.
     *
     * @param name of the runtime, for its threads and messages
     * @param parallelism how many workers to wake at once for a batch
     * @param passes what each batch goes through before it is launched
     * @param root makes the queue that tasks spawned outside of regions go to, given this core
     * @param handler is told of failures nobody has seen
     * @param maxInFlight how many tasks may be in flight; 0 for any number
     * @param overflow what becomes of a spawn past that
     * @param hooks creates the diagnostics around this core, given it; called last
     */
    public DagCore(
            String name,
            int parallelism,
            List<RegionPass> passes,
            UnaryOperator<TaskQueue> root,
            Consumer<UncaughtFailure> handler,
            int maxInFlight,
            OverflowPolicy overflow,
            Function<DagCore, CoreHooks> hooks) {
        this(name, parallelism, passes, root, handler, maxInFlight, overflow, hooks, new TimerService(name));
    }

    /** As above, with timers of the caller's choice. */
    DagCore(
            String name,
            int parallelism,
            List<RegionPass> passes,
            UnaryOperator<TaskQueue> root,
            Consumer<UncaughtFailure> handler,
            int maxInFlight,
            OverflowPolicy overflow,
            Function<DagCore, CoreHooks> hooks,
            TimerService timers) {
        ClassPreloader.load();
        CallbackRunner.prepare();
        StructuredScopes.prepare();
        this.name = name;
        this.parallelism = parallelism;
        this.passes = List.copyOf(passes);
        this.uncaughtFailures = new UncaughtFailures(name, handler);
        this.workers = new WorkerPool(this, name);
        this.intake = new SubmissionQueue(name);
        this.timers = timers;
        this.room = maxInFlight == 0 ? null : new InFlightLimiter("runtime '" + name + "'", maxInFlight, overflow);
        this.root = Objects.requireNonNull(root.apply(this), "the root queue: its factory returned null");
        RegionDescriptions.note(this.root);
        this.waitHook = this.root instanceof WaitHook observer ? observer : null;
        this.hooks = hooks.apply(this);
    }

    /** Returns the queue that tasks spawned outside of regions go to: this core, or the user's queue in front of it. */
    public TaskQueue root() {
        return root;
    }

    /** Returns what is to be told of waits of the calling code, null if there is nothing. */
    static @Nullable WaitHook waitObserverHere() {
        return QueueStack.runtime() instanceof DagCore core ? core.waitHook : null;
    }

    /**
     * Tells the root queue, if it wants to know, that the calling worker has nothing to run; returns whether it is to
     * stay.
     */
    boolean staysWhenIdle() {
        return waitHook != null && waitHook.onIdle();
    }

    /** Returns the name of the runtime. */
    public String name() {
        return name;
    }

    /** Returns the diagnostics around this core. */
    public CoreHooks hooks() {
        return hooks;
    }

    /**
     * Returns true if new tasks are observed. A plain read: a spawner that must see the change has synchronised with
     * the thread that registered the observer.
     */
    public boolean isObserved() {
        return observed;
    }

    /** Returns true if any core was ever observed. A plain read, as {@link #isObserved()}. */
    public static boolean isAnyObserved() {
        return anyObserved;
    }

    /** Observes new tasks from now on, or no longer. */
    public void setObserved(boolean observed) {
        if (observed) {
            anyObserved = true;
        }
        this.observed = observed;
    }

    /** Registers the core of the shared runtime. */
    public static void setShared(DagCore core) {
        shared = core;
    }

    /** Returns the core of the running code, null if it runs within no runtime and the shared one is not made yet. */
    public static @Nullable DagCore here() {
        return QueueStack.runtime() instanceof DagCore core ? core : shared;
    }

    /** Returns the diagnostics around {@link #here()}, null if there is none. */
    static @Nullable CoreHooks hooksHere() {
        DagCore core = here();
        return core == null ? null : core.hooks;
    }

    /** Returns true if the calling code has a region open that holds tasks until it is closed. */
    static boolean hasOpenRegionHere() {
        CoreHooks hooks = hooksHere();
        return hooks != null && hooks.hasOpenRegionHere();
    }

    public WorkerPool workers() {
        return workers;
    }

    public TimerService timers() {
        return timers;
    }

    UncaughtFailures uncaughtFailures() {
        return uncaughtFailures;
    }

    // ---- Launching --------------------------------------------------------------------------------------------------

    /** Launches a task that was just made, and that nobody but the caller has seen. */
    void launchFresh(Node node) {
        launchFresh(node, null);
    }

    /** As {@link #launchFresh(Node)}, for a task that may be observed. */
    void launchFresh(Node node, @Nullable TaskProbe observed) {
        admit(1, 1, node);
        try {
            if (observed != null) {
                observed.launched();
            }
            if (node.launchFresh(this)) {
                if (observed != null) {
                    observed.ready();
                }
                workers.schedule(node);
            }
        } catch (OutOfMemoryError exhausted) {
            if (node.isUnlaunched()) {
                countEnded(node);
            } else {
                node.cancelNow();
            }
            throw exhausted;
        }
    }

    /** Launches a task that somebody outside completes. */
    void launchExternal(Node node) {
        admit(1, 1, node);
        TaskProbe observed = node.observation();
        if (observed != null) {
            observed.launched();
        }
        node.launchExternal(this);
    }

    @Override
    public void enqueue(PendingTask task) {
        StackGuard.ensure8K();
        Node node = nodeOf(task);
        admit(1, roomFor(node), node);
        if (!node.mayHoldUp()) {
            launch(node);
            intake.submit(node);
        } else {
            Node[] alone = {node};
            launchAll(alone);
            intake.submit(alone);
        }
    }

    @Override
    public void enqueue(TaskBatch batch) {
        StackGuard.ensure8K();
        TaskBatch rewritten = batch;
        for (RegionPass pass : passes) {
            rewritten = Objects.requireNonNull(pass.rewrite(rewritten), "the batch: a pass returned null");
        }
        if (rewritten.isEmpty()) {
            return;
        }
        Node[] nodes = new Node[rewritten.size()];
        int wanted = 0;
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = nodeOf(rewritten.tasks().get(i));
            wanted += roomFor(nodes[i]);
        }
        admit(nodes.length, wanted, nodes);
        launchAll(nodes);
        workers.startMore(Math.min(parallelism, nodes.length) - 1 - workers.count());
        intake.submit(nodes);
    }

    /** Launches all or nothing. The guards keep what is launched from starting, so it can still be taken back. */
    private void launchAll(Node[] nodes) {
        int done = 0;
        BatchCycleFinder.Circle circle = null;
        try {
            boolean inOrder = true;
            boolean isAwaited = false;
            for (; done < nodes.length; done++) {
                inOrder &= !nodes[done].dependsOnUnlaunched();
                isAwaited |= nodes[done].mayHoldUp();
                launch(nodes[done]);
            }
            circle = isAwaited ? BatchCycleFinder.through(nodes) : null;
            if (circle == null && !inOrder) {
                circle = BatchCycleFinder.within(nodes);
            }
            if (circle != null) {
                throw waitForEachOther(circle, nodes.length);
            }
        } catch (Throwable wrong) {
            rollbackLaunch(nodes, done, wrong, circle);
            throw wrong;
        }
    }

    private static IllegalArgumentException waitForEachOther(BatchCycleFinder.Circle circle, int tasks) {
        return new IllegalArgumentException(
                tasks == 1
                        ? "a task would wait for itself: " + circle.path() + "; it is not launched"
                        : "tasks of one batch wait for each other: " + circle.path() + "; none of its " + tasks
                                + " tasks is launched");
    }

    private void rollbackLaunch(Node[] nodes, int done, Throwable wrong, BatchCycleFinder.@Nullable Circle circle) {
        for (int i = done + 1; i < nodes.length; i++) {
            countEnded(nodes[i]); // admitted, but not even tried; the one that failed is counted
        }
        String why = "the batch that it was in launches nothing";
        Completion release = new Completion();
        for (int i = 0; i < nodes.length; i++) {
            if (i < done) {
                nodes[i].rollbackLaunch(why, wrong, circle == null ? Set.of() : circle.unsorted(), release);
            } else {
                nodes[i].abandon(why, wrong, release);
            }
        }
        release.runForSubmitter();
    }

    /**
     * Called by the intake before it wires a task of a batch that others hang on already: looks, as a launch does, for
     * a circle that the batch closes. The launch has not seen edges that were waiting in the intake at that time.
     *
     * @param wired how many tasks of the batch are wired
     * @return whether there is one: then the batch is abandoned, and there is no more to wire
     */
    static boolean abandonIfCircular(Node[] batch, int wired, Completion release) {
        BatchCycleFinder.Circle circle;
        try {
            circle = BatchCycleFinder.through(batch);
        } catch (OutOfMemoryError noMemory) {
            return false;
        }
        if (circle == null) {
            return false;
        }
        IllegalArgumentException wrong = waitForEachOther(circle, batch.length);
        String why = "the batch that it was in does not run: " + wrong.getMessage();
        for (int i = 0; i < batch.length; i++) {
            if (i < wired) {
                batch[i].abandonWired(why, wrong, release);
            } else {
                batch[i].rollbackLaunch(why, wrong, circle.unsorted(), release);
            }
            release.runButCallbacks();
        }
        return true;
    }

    private static Node nodeOf(PendingTask task) {
        return TaskNode.of(task.task());
    }

    private void launch(Node node) {
        boolean live = false;
        try {
            live = node.launch(this);
        } finally {
            if (!live) {
                countEnded(node);
            }
        }
        TaskProbe observed = node.observation();
        if (observed != null) {
            observed.launched();
        }
    }

    /**
     * Returns how much of the bound on tasks in flight a task takes up: a barrier runs nothing, and is no task of the
     * user's.
     */
    private static int roomFor(Node node) {
        return node.bodyKind == BodyKind.BARRIER ? 0 : 1;
    }

    private void admit(int tasks, int wantedRoom, Object wanted) {
        if (room != null && wantedRoom > 0) {
            room.take(wantedRoom, isCurrent(), wanted);
        }
        launched.add(tasks);
        if (phase != Phase.OPEN && !isFromWithin()) {
            countEnded(tasks, wantedRoom);
            throw new QueueClosedException("runtime '" + name + "' is closed and takes no more tasks");
        }
    }

    /**
     * A task in flight is part of what was launched before the close, and so is what it spawns; until all is stopped.
     */
    private boolean isFromWithin() {
        Worker worker = Worker.current();
        return phase == Phase.CLOSED && worker != null && worker.isInBodyOf(this);
    }

    /**
     * Does the work that an alarm leaves on a virtual thread, because it may be long, and the user's; where no thread
     * can be made, on the calling one.
     */
    void startApart(String what, Completion work) {
        try {
            Thread.ofVirtual().name(name + what).start(work);
        } catch (OutOfMemoryError noThread) {
            work.run();
        }
    }

    // ---- Ending -----------------------------------------------------------------------------------------------------

    /** Counts a launched task that was ended without having run. */
    void countEnded(Node node) {
        countEnded(1, roomFor(node));
    }

    /**
     * Takes over what a worker has counted, which is about to run callbacks: these may block, and must hold up no
     * close.
     */
    void takeOverCount(long ended) {
        endedUnrun.add(ended);
        checkTerminated();
    }

    private void countEnded(int tasks, int takenRoom) {
        endedUnrun.add(tasks);
        makeRoom(takenRoom);
        checkTerminated();
    }

    /** Called after tasks have ended. */
    void makeRoom(int tasks) {
        if (room != null && tasks > 0) {
            room.giveBack(tasks);
        }
    }

    /**
     * Called before a task begins to wait for something that is not in flight here; the caller then looks whether this
     * stops.
     */
    void registerExternalWait(Node node) {
        waitingOutside.add(node);
    }

    /** Returns how many alarms are set. A snapshot. */
    public int alarmsSet() {
        return timers.pending();
    }

    /** Returns how many workers there are. A snapshot. */
    public int workerCount() {
        return workers.count();
    }

    /** Returns how many tasks are ready, and in the queue for workers. A snapshot. */
    public int readyCount() {
        return workers.readyCount();
    }

    /** Returns how many tasks wait for something that is not in flight here. A snapshot. */
    public int waitingOutside() {
        return waitingOutside.size();
    }

    /** Returns those tasks. */
    public Set<Node> waitingOutsideNow() {
        return Set.copyOf(waitingOutside);
    }

    /** Says who waits for room for more tasks, null if nobody does. */
    @Nullable
    public String whoWaitsForRoom() {
        return room == null ? null : room.whoWaits();
    }

    /** Tells of the tasks whose launch waits for room. A look at a moment. */
    public void forEachAwaitingRoom(Consumer<Node> action) {
        if (room != null) {
            room.forEachWaiting(action);
        }
    }

    /** Tells of the tasks that are launched and not wired, roughly: for people. */
    public void forEachUnwired(Consumer<Node> action) {
        intake.forEachUnwired(action);
    }

    void unregisterExternalWait(Node node) {
        waitingOutside.remove(node);
    }

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    boolean isStopping() {
        return phase == Phase.STOPPING;
    }

    /** Tells whether the calling thread runs the body of a task of this core. */
    public boolean isCurrent() {
        Worker worker = Worker.current();
        return worker != null && worker.isInBodyOf(this);
    }

    /** Refuses tasks from outside from now on. Harmless if that is so already. */
    public synchronized void close() {
        if (phase == Phase.OPEN) {
            phase = Phase.CLOSED;
        }
        checkTerminated();
    }

    /** Refuses all tasks from now on, and cancels what is in flight. */
    public void stop() {
        synchronized (this) {
            phase = Phase.STOPPING;
        }
        workers.interruptAll();
        for (Node node : waitingOutside) {
            node.cancelNow();
        }
        checkTerminated();
    }

    /**
     * Waits until the core is closed or stopping, and nothing is in flight.
     *
     * @throws dev.regions.task.UnlaunchedTaskException if that never happens, because a task in flight depends on what
     *     a region holds that the calling thread has open
     */
    public void awaitTerminated() throws InterruptedException {
        for (long nanos = CoreHooks.TICK_NANOS; hasOpenRegionHere(); nanos *= 2) {
            ensureMayAwaitEnd();
            if (termination.await(nanos)) {
                return;
            }
        }
        Blocking.await(new Blocking.Wait() {
            @Override
            void await() throws InterruptedException {
                termination.await();
            }
        });
    }

    private final class Termination extends LockFreeCondition {
        @Override
        protected boolean isTrue() {
            return terminated;
        }
    }

    /** Throws what {@link #awaitTerminated} does, as far as that can be known now. */
    public void ensureMayAwaitEnd() {
        hooks.ensureMayAwaitEnd();
    }

    /** Reports the failures that nobody has seen. */
    public void reportUncaught() {
        uncaughtFailures.reportAll();
    }

    /**
     * Called whenever a task in flight may have been the last one. Counts what workers that have gone away had ended:
     * the others go when they run out of work, and call this then. Adding up all of them each time would be quadratic.
     */
    void checkTerminated() {
        if (phase != Phase.OPEN && workers.completedByExited() + endedUnrun.sum() >= launched.sum()) {
            terminated = true;
            termination.signalAll();
            timers.end(); // takes no lock: see there
        }
    }

    /** Returns how many tasks are launched and not final: exact when nothing is going on, otherwise close to it. */
    public long inFlight() {
        long ended = endedUnrun.sum() + workers.ended(); // in the other order, a count handed over would be taken twice
        return Math.max(0, launched.sum() - ended);
    }

    @Override
    public String toString() {
        return "runtime '" + name + "'";
    }
}
