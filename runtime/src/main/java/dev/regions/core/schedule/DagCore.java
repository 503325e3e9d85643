package dev.regions.core.schedule;

import dev.regions.core.graph.BatchCycleFinder;
import dev.regions.core.graph.BodyKind;
import dev.regions.core.graph.CallbackRunner;
import dev.regions.core.graph.Completion;
import dev.regions.core.graph.CoreHooks;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.Scheduler;
import dev.regions.core.graph.TaskNode;
import dev.regions.core.graph.TaskProbe;
import dev.regions.core.graph.UncaughtFailures;
import dev.regions.core.graph.Withdrawal;
import dev.regions.core.util.Blocking;
import dev.regions.core.util.ClassPreloader;
import dev.regions.core.util.InterruptHandshake;
import dev.regions.core.util.RegionDescriptions;
import dev.regions.core.util.StackGuard;
import dev.regions.core.util.StripedCounter;
import dev.regions.core.util.StructuredScopes;
import dev.regions.core.util.TimerService;
import dev.regions.internal.LockFreeCondition;
import dev.regions.observe.UncaughtFailure;
import dev.regions.queue.PendingTask;
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
 * The root queue of a runtime: launches the tasks that reach it.
 *
 * <p>The spawner of a task straight onto the core, which no other thread has seen yet, wires it. Tasks that come
 * through a queue, and all batches, are wired by the {@link SubmissionQueue}. The overview is in the comment of this
 * package.
 *
 * <p><b>Termination.</b> Two sums show whether any task is in flight: launched tasks, counted before other threads can
 * see them, and completed tasks, counted afterwards. The completed ones are summed up first. If the launched ones are
 * then no more, no task was in flight when the first sum was done; and because the core is closed to outsiders, only a
 * task in flight could have changed that. A submitter counts its task, then reads whether the core is closed; the
 * closing thread writes that it is, then sums up. Therefore a task is either refused or waited for.
 */
public final class DagCore extends Scheduler {
    private enum Phase {
        OPEN,
        /** Only tasks in flight may launch more. */
        CLOSED,
        /** Tasks in flight are cancelled. */
        STOPPING
    }

    private final String name;
    private final int parallelism;
    private final List<RegionPass> passes;
    private final TaskQueue root;
    private final @Nullable WaitHook waitHook;
    private final WorkerPool workers;
    private final SubmissionQueue submissions;
    private final UncaughtFailures uncaughtFailures;

    private final StripedCounter launched = new StripedCounter();
    /**
     * Tasks completed by another thread than a worker that ran them. Workers count the others, and hand the count over.
     */
    private final StripedCounter endedUnrun = new StripedCounter();

    /** True once any core was observed; never reset. Plain: see {@link #isObserved()}. */
    private static boolean anyObserved;

    private boolean observed;

    private final CoreHooks hooks;

    private final TimerService timers;
    private final @Nullable InFlightLimiter inFlightLimiter;
    /** Tasks that wait for events that this core does not control: {@link #stop} cancels them. */
    private final Set<Node> waitingOutside = ConcurrentHashMap.newKeySet();

    private volatile Phase phase = Phase.OPEN;
    private volatile boolean terminated;
    private final Termination termination = new Termination();

    /**
     * Creates a core; it has no threads until a task is launched.
     *
     * @param name of the runtime, for its threads and messages
     * @param parallelism how many workers to wake at once for a batch
     * @param passes the passes that rewrite each batch before its launch
     * @param root creates the queue for tasks spawned outside of regions, given this core
     * @param handler is notified of unobserved failures
     * @param maxInFlight how many tasks may be in flight; 0 for any number
     * @param overflow the policy for a spawn past that
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

    /** As above, with the given timer service. */
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
        this.submissions = new SubmissionQueue(name);
        this.timers = timers;
        this.inFlightLimiter =
                maxInFlight == 0 ? null : new InFlightLimiter("runtime '" + name + "'", maxInFlight, overflow);
        RegionDescriptions.note(this);
        this.root = Objects.requireNonNull(root.apply(this), "the root queue: its factory returned null");
        RegionDescriptions.note(this.root);
        this.waitHook = this.root instanceof WaitHook observer ? observer : null;
        this.hooks = hooks.apply(this);
    }

    /** Returns the queue for tasks spawned outside of regions: this core, or the user's queue in front of it. */
    @Override
    public TaskQueue root() {
        return root;
    }

    @Override
    @Nullable
    public WaitHook waitHook() {
        return waitHook;
    }

    /**
     * Notifies the root queue's hook, if any, that the calling worker is idle; returns true if the worker is to stay.
     */
    boolean staysWhenIdle() {
        return waitHook != null && waitHook.onIdle();
    }

    /** Returns the name of the runtime. */
    public String name() {
        return name;
    }

    @Override
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

    /**
     * Returns the core of the calling code; null if it runs within no runtime and the shared one is not created yet.
     */
    public static @Nullable DagCore here() {
        return (DagCore) ofCaller();
    }

    public WorkerPool workers() {
        return workers;
    }

    public TimerService timers() {
        return timers;
    }

    @Override
    public UncaughtFailures uncaughtFailures() {
        return uncaughtFailures;
    }

    // ---- Launching --------------------------------------------------------------------------------------------------

    /** Launches a new task that no other thread has seen. */
    public void launchFresh(Node node) {
        launchFresh(node, null);
    }

    /** As {@link #launchFresh(Node)}, for a task that may be observed. */
    public void launchFresh(Node node, @Nullable TaskProbe observed) {
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
                taskEnded(node);
            } else {
                node.cancelNow();
            }
            throw exhausted;
        }
    }

    /** Launches a completable task. */
    public void launchCompletable(Node node) {
        admit(1, 1, node);
        TaskProbe observed = node.observation();
        if (observed != null) {
            observed.launched();
        }
        node.launchCompletable(this);
    }

    @Override
    public void enqueue(PendingTask task) {
        StackGuard.ensure8K();
        Node node = nodeOf(task);
        admit(1, permitsFor(node), node);
        if (!node.mayHoldUp()) {
            launch(node);
            submissions.submit(node);
        } else {
            Node[] alone = {node};
            launchAll(alone);
            submissions.submit(alone);
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
            wanted += permitsFor(nodes[i]);
        }
        admit(nodes.length, wanted, nodes);
        launchAll(nodes);
        workers.startMore(Math.min(parallelism, nodes.length) - 1 - workers.count());
        submissions.submit(nodes);
    }

    /** Launches all tasks or none. Their guards keep launched tasks from starting, so a launch can be rolled back. */
    private void launchAll(Node[] nodes) {
        int done = 0;
        BatchCycleFinder.Cycle cycle = null;
        try {
            boolean inOrder = true;
            boolean isAwaited = false;
            for (; done < nodes.length; done++) {
                inOrder &= !nodes[done].dependsOnUnlaunched();
                isAwaited |= nodes[done].mayHoldUp();
                launch(nodes[done]);
            }
            cycle = isAwaited ? BatchCycleFinder.through(nodes) : null;
            if (cycle == null && !inOrder) {
                cycle = BatchCycleFinder.within(nodes);
            }
            if (cycle != null) {
                throw waitForEachOther(cycle, nodes.length);
            }
        } catch (Throwable wrong) {
            rollbackLaunch(nodes, done, wrong, cycle);
            throw wrong;
        }
    }

    private static IllegalArgumentException waitForEachOther(BatchCycleFinder.Cycle cycle, int tasks) {
        return new IllegalArgumentException(
                tasks == 1
                        ? "a task would wait for itself: " + cycle.path() + "; it is not launched"
                        : "tasks of one batch wait for each other: " + cycle.path() + "; none of its " + tasks
                                + " tasks is launched");
    }

    private void rollbackLaunch(Node[] nodes, int done, Throwable wrong, BatchCycleFinder.@Nullable Cycle cycle) {
        for (int i = done + 1; i < nodes.length; i++) {
            taskEnded(nodes[i]); // admitted, but not tried; the one that failed is counted
        }
        String why = "the batch that it was in launches nothing";
        Completion release = new Completion();
        for (int i = 0; i < nodes.length; i++) {
            if (i < done) {
                Withdrawal.rollbackLaunch(nodes[i], why, wrong, cycle == null ? Set.of() : cycle.unsorted(), release);
            } else {
                Withdrawal.abandon(nodes[i], why, wrong, release);
            }
        }
        release.runForSubmitter();
    }

    /**
     * Called by the submission queue before it wires a task of a batch that has dependents already: searches, as a
     * launch does, for a cycle that the batch closes. The launch has not seen edges that were in the submission queue
     * at that time.
     *
     * @param wired the number of tasks of the batch that are wired
     * @return true if there is one; then the batch is abandoned, and no more of it is to be wired
     */
    static boolean abandonIfCircular(Node[] batch, int wired, Completion release) {
        BatchCycleFinder.Cycle cycle;
        try {
            cycle = BatchCycleFinder.through(batch);
        } catch (OutOfMemoryError noMemory) {
            return false;
        }
        if (cycle == null) {
            return false;
        }
        IllegalArgumentException wrong = waitForEachOther(cycle, batch.length);
        String why = "the batch that it was in does not run: " + wrong.getMessage();
        for (int i = 0; i < batch.length; i++) {
            if (i < wired) {
                Withdrawal.abandonWired(batch[i], why, wrong, release);
            } else {
                Withdrawal.rollbackLaunch(batch[i], why, wrong, cycle.unsorted(), release);
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
                taskEnded(node);
            }
        }
        TaskProbe observed = node.observation();
        if (observed != null) {
            observed.launched();
        }
    }

    /**
     * Returns the number of permits that a task needs: none for a barrier, which runs nothing and is no task of the
     * user.
     */
    private static int permitsFor(Node node) {
        return node.bodyKind == BodyKind.BARRIER ? 0 : 1;
    }

    private void admit(int tasks, int wantedPermits, Object wanted) {
        if (inFlightLimiter != null && wantedPermits > 0) {
            inFlightLimiter.take(wantedPermits, isCurrent(), wanted);
        }
        launched.add(tasks);
        if (phase != Phase.OPEN && !isFromWithin()) {
            countEnded(tasks, wantedPermits);
            throw new QueueClosedException("runtime '" + name + "' is closed and takes no more tasks");
        }
    }

    /**
     * Tasks in flight, and the tasks that they spawn, count as launched before the close, until the core is stopped.
     */
    private boolean isFromWithin() {
        Worker worker = Worker.ofThread();
        return phase == Phase.CLOSED && worker != null && worker.isInBodyOf(this);
    }

    /**
     * Runs the work that a timer leaves on a virtual thread, because it may be long, or user code; on the calling
     * thread if no thread can be started.
     */
    void startApart(String what, Completion work) {
        try {
            Thread.ofVirtual().name(name + what).start(work);
        } catch (OutOfMemoryError noThread) {
            work.run();
        }
    }

    // ---- Ending -----------------------------------------------------------------------------------------------------

    @Override
    public void schedule(Node ready) {
        workers.schedule(ready);
    }

    @Override
    public void admit(Node ready, Completion release) {
        LimitGate.passOn(ready);
        if (ready.attributes().isLimited()) {
            ready.registerWithCore(release); // the tasks that hold permits may be of another runtime
        }
    }

    @Override
    public void setDeadline(Node node) {
        Deadline.set(node, this);
    }

    @Override
    @Nullable
    public Node interrupt(int worker, Node task, InterruptHandshake interruption) {
        return workers.deliver(worker, task, interruption);
    }

    @Override
    public void taskEnded(Node node) {
        countEnded(1, permitsFor(node));
    }

    /** Takes over the count of a worker that is about to run callbacks: these may block, and must not delay a close. */
    void takeOverCount(long ended) {
        endedUnrun.add(ended);
        checkTerminated();
    }

    private void countEnded(int tasks, int permits) {
        endedUnrun.add(tasks);
        returnPermits(permits);
        checkTerminated();
    }

    /** Returns permits of completed tasks. */
    void returnPermits(int tasks) {
        if (inFlightLimiter != null && tasks > 0) {
            inFlightLimiter.giveBack(tasks);
        }
    }

    @Override
    public void registerExternalWait(Node node) {
        waitingOutside.add(node);
    }

    /** Returns the number of pending timers. A snapshot. */
    public int timersPending() {
        return timers.pending();
    }

    /** Returns the number of workers. A snapshot. */
    public int workerCount() {
        return workers.count();
    }

    /** Returns the number of tasks that are ready and queued for workers. A snapshot. */
    public int readyCount() {
        return workers.readyCount();
    }

    /** Returns the number of tasks that wait for events that this core does not control. A snapshot. */
    public int waitingOutside() {
        return waitingOutside.size();
    }

    /** Returns those tasks. */
    public Set<Node> waitingOutsideNow() {
        return Set.copyOf(waitingOutside);
    }

    /** Describes the threads that wait for permits, null if there are none. */
    @Nullable
    public String describePermitWaiters() {
        return inFlightLimiter == null ? null : inFlightLimiter.whoWaits();
    }

    /** Visits the tasks that the in-flight bound keeps from being launched. Weakly consistent. */
    public void forEachAwaitingPermit(Consumer<Node> action) {
        if (inFlightLimiter != null) {
            inFlightLimiter.forEachWaiting(action);
        }
    }

    /** Visits the tasks that are launched and not wired. Weakly consistent, for diagnostics. */
    public void forEachUnwired(Consumer<Node> action) {
        submissions.forEachUnwired(action);
    }

    @Override
    public void unregisterExternalWait(Node node) {
        waitingOutside.remove(node);
    }

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    @Override
    public boolean isStopping() {
        return phase == Phase.STOPPING;
    }

    /** Returns true if the calling thread runs the body of a task of this core. */
    public boolean isCurrent() {
        Worker worker = Worker.ofThread();
        return worker != null && worker.isInBodyOf(this);
    }

    /** Closes the core to tasks from outside. Idempotent. */
    public synchronized void close() {
        if (phase == Phase.OPEN) {
            phase = Phase.CLOSED;
        }
        checkTerminated();
    }

    /** Closes the core to all tasks, and cancels the tasks in flight. */
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
     * @throws dev.regions.task.UnlaunchedTaskException if that never happens, because a task in flight depends on a
     *     task held by a region that the calling thread has open
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
            protected void await() throws InterruptedException {
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

    /** Throws the exception of {@link #awaitTerminated}, as far as that can be known now. */
    public void ensureMayAwaitEnd() {
        hooks.ensureMayAwaitEnd();
    }

    /** Reports the unobserved failures. */
    public void reportUncaught() {
        uncaughtFailures.reportAll();
    }

    /**
     * Called whenever a task in flight may have been the last one. Counts the tasks completed by workers that have
     * exited: the others exit when they run out of work, and then call this. Summing over all of them each time would
     * be quadratic.
     */
    void checkTerminated() {
        if (phase != Phase.OPEN && workers.completedByExited() + endedUnrun.sum() >= launched.sum()) {
            terminated = true;
            termination.signalAll();
            timers.end(); // takes no lock: see there
        }
    }

    /** Returns the number of tasks in flight: exact while no task is launched or completed, otherwise close to it. */
    public long inFlight() {
        long ended = endedUnrun.sum() + workers.ended(); // in the other order, a count handed over could be taken twice
        return Math.max(0, launched.sum() - ended);
    }

    @Override
    public String toString() {
        return "runtime '" + name + "'";
    }
}
