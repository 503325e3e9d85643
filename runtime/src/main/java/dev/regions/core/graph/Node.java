package dev.regions.core.graph;

import dev.regions.core.graph.Link.CancelRequest;
import dev.regions.core.util.ClassPreloader;
import dev.regions.core.util.StackGuard;
import dev.regions.core.util.Timer;
import dev.regions.internal.Suppressed;
import dev.regions.queue.TaskQueue;
import dev.regions.task.TaskState;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A node of the graph: how a task becomes ready, which thread completes it, and with which effects. {@link TaskNode}
 * adds the part that users and queues see; the two are one object.
 *
 * <h2>Implementation overview</h2>
 *
 * <p>Threads race for two words only: {@code status}, and the {@link DependentStack}, which becomes the outcome. This
 * class has the life of a task that runs; {@link Wiring} has its edges, and {@link Withdrawal} the other ways to end.
 * The effects on other tasks are run by {@link Completion}.
 *
 * <p><b>{@code status}</b> decides which thread completes the task. It is, by range:
 *
 * <pre>
 *   UNLAUNCHED               held by the queues
 *   n &gt; 0                    WAITING: n edges or guards are outstanding
 *   0                        READY
 *   -w, w a worker's number  RUNNING on that worker, or completed by it
 *   CANCELLING - w           the same, and a canceller has intervened
 *   WITHDRAWN_UNLAUNCHED     completed before launch; a queue still holds it
 *   WITHDRAWING_UNLAUNCHED   the same, but the outcome is about to be set: a launch adds a guard for that
 *   WITHDRAWN + n            completed, or about to be, by another thread than a worker that ran it,
 *                            while n edges or guards are outstanding
 * </pre>
 *
 * These are all transitions. A guard is a count of 1 that is no edge; n is the number of edges, or of edges and guards.
 *
 * <pre>
 *   UNLAUNCHED -&gt; n                    // launched: by the spawner of a task that no other thread knows; 0 is READY
 *   UNLAUNCHED -&gt; 1                    // launched: a completable task, by its spawner; its completer's guard
 *   UNLAUNCHED -&gt; 1 + n                // launched: by the submitter; the guard of the wiring
 *   n -&gt; n - k                         // k edges or guards off: by the completing thread of a predecessor, the
 *                                      // wirer, or (back-off) a timer or canceller; the one that makes it 0
 *                                      // passes the task on
 *   n -&gt; n + 1                         // follows a predecessor of a detached task: by the thread that connects it
 *   READY -&gt; -w                        // claimed: by the worker, or by a joining task in place
 *
 *   -w -&gt; CANCELLING - w               // to be cancelled: by a canceller, a timer, or the runner
 *   -w -&gt; 1                            // another attempt: by the runner; the guard of the back-off
 *   1 -&gt; -w                            // no thread for the back-off's timer: by the runner, which fails the task
 *
 *   UNLAUNCHED -&gt; WITHDRAWING_UNLAUNCHED            // cancelled or late: by a canceller or timer
 *   WITHDRAWING_UNLAUNCHED -&gt; WITHDRAWN_UNLAUNCHED  // the outcome is set: by the same thread
 *   WITHDRAWN_UNLAUNCHED -&gt; WITHDRAWN + 1 + n       // launched or abandoned: by the submitter or the queue
 *   WITHDRAWING_UNLAUNCHED -&gt; WITHDRAWN + 2 + n     // the same, before the outcome is set
 *   UNLAUNCHED -&gt; WITHDRAWN + 1 + n                 // abandoned: by the queue or submitter, which then wires it
 *   n -&gt; WITHDRAWN + n                 // n &gt; 0, batch rolled back: by the submitter, or the consumer of the
 *                                      // submission queue; it has the guard of the wiring
 *   n -&gt; WITHDRAWN + n + 1             // n &gt; 0, cancelled, late, abandoned or skipped: by a canceller, a timer,
 *                                      // the completing thread of a predecessor, or the wirer; a guard for the outcome
 *   1 -&gt; WITHDRAWN                     // skipped at the last edge: by the completing thread of that predecessor;
 *                                      // or a completable task is completed, cancelled or late
 *   READY -&gt; WITHDRAWN                 // cancelled or late: by a canceller or timer; or a barrier is passed: by the
 *                                      // thread that made it ready
 *   WITHDRAWN + n -&gt; WITHDRAWN + n - k // as above, or by the thread that holds a guard; the one that makes it
 *                                      // WITHDRAWN settles the task
 *   WITHDRAWN + n -&gt; WITHDRAWN + n + 1 // as above
 * </pre>
 *
 * Every transition is an atomic update, except the first two, which no other thread can contend. A task leaves the
 * states from UNLAUNCHED to READY by one compare-and-set in each attempt: a claim, or a withdrawal by the thread that
 * cancels, skips, abandons or completes it. That thread alone sets the outcome (or, while its body is suspended, a
 * canceller: see {@link Withdrawal}); hence a single finisher. Because the states are numbers, a satisfied edge costs
 * one decrement, and the decrement to 0 makes a task ready. The claim carries the worker's number, so a thread that
 * sees the task running also knows which worker to interrupt.
 *
 * <p><b>Memory ordering.</b> All accesses of the two words are volatile or stronger, except the stores of
 * {@code status} in a task that no other thread knows yet; the other fields are plain. {@code body}, {@code inputs},
 * {@code owner} and {@code metadata} are written by one thread at a time: the spawner, then the queue that holds the
 * task, then the core that wires it. Each publishes its writes to the next through a queue or {@code status}. They are
 * visible to the runner because the wirer's decrement of the guard, and that of every predecessor, is in the chain of
 * atomic updates of {@code status} that ends in the claim. Therefore the writes before the spawn, and those of every
 * predecessor, happen before the body. The finish publishes the writes of the body to the threads that read the
 * outcome. A race here would show as a body that runs twice, a dependent that sees an argument unset, or a waiter that
 * is never woken.
 *
 * <p><b>Another attempt.</b> A task that is retried after a failure goes from RUNNING back to WAITING, with a guard
 * that the back-off takes off. That must not cross a cancellation that takes the task to be on a worker. Therefore a
 * canceller of a running task first takes {@code status} from RUNNING to CANCELLING, and only from RUNNING does it go
 * back to WAITING. That alone cancels nothing: of several cancellers, the one with the first request on the stack has
 * done it.
 *
 * <p><b>Memory.</b> Body, arguments and edges are discarded as soon as they are spent; links at the finish. Only the
 * result stays and, of a detached task, its predecessors.
 */
public abstract sealed class Node extends DependentStack permits TaskNode {
    static final int READY = 0;
    static final int CANCELLING = -(1 << 29);
    static final int WITHDRAWN = -(1 << 30);
    static final int UNLAUNCHED = Integer.MIN_VALUE;
    static final int WITHDRAWN_UNLAUNCHED = Integer.MIN_VALUE + 1;
    static final int WITHDRAWING_UNLAUNCHED = Integer.MIN_VALUE + 2;
    /**
     * Worker numbers go from 1 up to this. Statuses below {@code CANCELLING - MAX_WORKER} are withdrawn or unlaunched.
     */
    public static final int MAX_WORKER = 1 << 28;

    /** Flag: the body gets a thread that runs nothing else. */
    public static final byte DEDICATED = 1;
    /** Flag: the task has {@link TaskAttributes}. */
    public static final byte ATTRIBUTES = 2;
    /** Flag: the core has registered the task, because it waits for an event that the core does not control. */
    static final byte EXTERNAL_WAIT = 4;
    /** Flag: the task is observed; set before any other thread knows the task, or never. */
    static final byte OBSERVED = 8;
    /** Flags of tasks that a worker runs neither right after another one nor in place. */
    static final byte APART = DEDICATED | ATTRIBUTES;

    static final VarHandle STATUS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATUS = lookup.findVarHandle(Node.class, "status", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        linkAccesses();
    }

    /** Performs each kind of access of this class once, on null: see {@link ClassPreloader}. */
    private static void linkAccesses() {
        for (int access = 0; access < 6; access++) {
            try {
                switch (access) {
                    case 0 -> STATUS.compareAndSet((Node) null, 0, 0);
                    case 1 -> STATUS.set((Node) null, 0);
                    case 2 -> STATUS.setRelease((Node) null, 0);
                    case 3 -> {
                        int unused = (int) STATUS.getAndAdd((Node) null, 0);
                    }
                    case 4 -> OUTCOME.compareAndSet((Node) null, (Object) null, (Object) null);
                    case 5 -> {
                        Dependent unused = (Dependent) OUTCOME.getAndSet((Node) null, (Object) null);
                    }
                    default -> throw new AssertionError(access);
                }
            } catch (NullPointerException linked) {
                // as expected
            }
        }
    }

    volatile int status;

    // Plain; see "memory ordering" above.
    @Nullable
    public Object body;

    @Nullable
    public Object inputs;
    /** The holder of the task: null when new, a queue until launch, the core afterwards. */
    @Nullable
    public TaskQueue owner;

    /** The region of the task, null at root or once completed; or a {@link TaskMetadata}, which has that and more. */
    @Nullable
    public Object metadata;

    public byte bodyKind;
    /** Special properties of the task, in bits; 0 for most. */
    public byte flags;
    /** Written, and never read, by a consumer of the ready queue: see {@code ReadyQueue}. */
    public byte prefetchMark;

    Node(byte bodyKind, @Nullable Object body, @Nullable Object inputs) {
        this.bodyKind = bodyKind;
        this.body = body;
        this.inputs = inputs;
        STATUS.set(this, UNLAUNCHED);
    }

    /** Returns this node as the task that it is. */
    public final TaskNode<?> asTask() {
        return (TaskNode<?>) this;
    }

    /** Returns the name that the user gave, null if none. */
    public abstract @Nullable String givenName();

    /** Returns the given name, or a substitute. */
    public abstract String displayName();

    /** Returns the region in which the task was spawned, null at root or once the task is completed. */
    public abstract @Nullable TaskQueue region();

    /** Creates the outcome of a body that threw. */
    public abstract ExceptionalOutcome.Failed failed(Throwable thrown);

    /** Creates the outcome of a task that has failed, whether or not it is launched. */
    public abstract ExceptionalOutcome.Failed failed(Scheduler core, @Nullable TaskQueue region, Throwable thrown);

    /** Returns the attributes of a task that is flagged to have them. */
    public abstract TaskAttributes attributes();

    /** Returns the probe of the task, null if it is not observed. */
    public final @Nullable TaskProbe observation() {
        return (flags & OBSERVED) != 0 && metadata instanceof TaskMetadata more ? more.observation : null;
    }

    // ---- Current state ----------------------------------------------------------------------------------------------

    /**
     * Returns the state. Does not wait: a task that was withdrawn, and has no outcome yet, is reported in the state in
     * which it was withdrawn, because no thread can have seen another one.
     */
    public final TaskState currentState() {
        Object end = outcomeOrNull();
        if (end != null) {
            return end instanceof ExceptionalOutcome unsuccessful ? unsuccessful.state() : TaskState.SUCCEEDED;
        }
        int now = status;
        if (now <= WITHDRAWING_UNLAUNCHED) {
            return TaskState.UNLAUNCHED;
        }
        if (now > READY) {
            return TaskState.WAITING;
        }
        if (now == READY) {
            return TaskState.READY;
        }
        if (isRunning(now)) {
            return TaskState.RUNNING;
        }
        return now == WITHDRAWN && bodyKind != BodyKind.COMPLETABLE ? TaskState.READY : TaskState.WAITING;
    }

    /** Returns true if the status is that of a task that runs on a worker, or was completed by one. */
    static boolean isRunning(int status) {
        return status < READY && status >= CANCELLING - MAX_WORKER;
    }

    public final boolean isUnlaunched() {
        return status == UNLAUNCHED;
    }

    /** Returns true if the queues hold the task, and may change it: withdrawn or not, it is not launched. */
    final boolean isPending() {
        int now = status;
        return now <= WITHDRAWING_UNLAUNCHED;
    }

    public final boolean isReady() {
        return status == READY;
    }

    /** Returns the number of the worker that has claimed the task, 0 if there is none. */
    public final int runner() {
        int now = status;
        return !isRunning(now) ? 0 : now >= -MAX_WORKER ? -now : CANCELLING - now;
    }

    /** Returns how many edges or guards are outstanding. */
    public final int edgesLeft() {
        return Math.max(0, status);
    }

    /** Returns the scheduler that the task was launched into. */
    public final Scheduler core() {
        return (Scheduler) Objects.requireNonNull(owner);
    }

    // ---- Launching and wiring ---------------------------------------------------------------------------------------

    /**
     * Launches and wires a task that no other thread has seen yet, and that depends on its arguments alone. It needs no
     * guard: this method does not touch it after its last edge has been made, which may run it.
     *
     * @return true if the task is ready now, and the caller has to schedule it
     */
    public final boolean launchFresh(Scheduler core) {
        Object edges = inputs;
        owner = core;
        if (edges == null) {
            STATUS.setRelease(this, READY);
            return true;
        }
        int count = Dependencies.count(edges);
        STATUS.setRelease(this, count);
        if (count == 0) {
            return true; // an empty list of arguments: there is no edge that could make the task ready
        }
        int satisfied = 0;
        if (edges instanceof TaskNode<?> one) {
            satisfied = Wiring.connectFresh(this, one);
        } else {
            for (TaskNode<?> each : (TaskNode<?>[]) edges) {
                satisfied += Wiring.connectFresh(this, each);
            }
        }
        if (satisfied == 0) {
            return false; // the thread that takes the last edge off does the rest
        }
        int left = countDown(satisfied);
        if (left == WITHDRAWN) {
            Completion release = new Completion();
            settle(release);
            release.runForSubmitter();
        }
        return left == READY;
    }

    /**
     * Launches the task, with the guard of its wiring outstanding.
     *
     * @return true if the task is live; false if it was withdrawn before, and only keeps its order
     * @throws IllegalStateException if it was launched before
     */
    public final boolean launch(Scheduler core) {
        while (true) {
            int now = status;
            if (now == UNLAUNCHED) {
                if ((flags & ATTRIBUTES) != 0) {
                    core.setDeadline(this); // may throw if there is no thread for the timer
                }
                TaskQueue from = owner;
                owner = core;
                if (STATUS.compareAndSet(this, now, 1 + Dependencies.count(inputs))) {
                    return true;
                }
                owner = from;
            } else if (now <= WITHDRAWING_UNLAUNCHED) {
                owner = core;
                if (STATUS.compareAndSet(this, now, WITHDRAWN + 1 + guardOfOutcome(now) + Dependencies.count(inputs))) {
                    forgetRegion();
                    return false;
                }
            } else {
                throw new IllegalStateException("task '" + displayName() + "' was handed to the root queue twice");
            }
        }
    }

    /** A task must not settle before its outcome is set. */
    static int guardOfOutcome(int unlaunched) {
        return unlaunched == WITHDRAWING_UNLAUNCHED ? 1 : 0;
    }

    /** Returns true if the queues still hold a predecessor: in a batch launched in order, a later task. */
    public final boolean dependsOnUnlaunched() {
        Object edges = inputs;
        if (edges == null) {
            return false;
        }
        if (edges instanceof TaskNode<?> one) {
            return one.isPending();
        }
        Unlaunched unlaunched = new Unlaunched();
        Dependencies.forEach(edges, unlaunched);
        return unlaunched.found;
    }

    /** Finds a predecessor that the queues hold. */
    private static final class Unlaunched implements Dependencies.Visitor {
        private boolean found;

        @Override
        public void edge(TaskNode<?> predecessor, boolean soft) {
            found |= predecessor.isPending();
        }
    }

    /**
     * Connects this task to each of its predecessors.
     *
     * @return how many edges are satisfied already: the caller takes them off with the guard
     */
    public final int wire(Completion release) {
        Object edges = inputs;
        if (edges == null) {
            return 0;
        }
        int satisfied = Dependencies.wire(edges, this, release);
        if (isCompleted()) {
            Wiring.departed(this);
        }
        return satisfied;
    }

    /** Takes edges or guards off, and returns the status after. */
    public final int countDown(int satisfied) {
        return (int) STATUS.getAndAdd(this, -satisfied) - satisfied;
    }

    // ---- Ending -----------------------------------------------------------------------------------------------------

    /** Launches a completable task. Nothing takes its guard off: it waits until it is completed or cancelled. */
    public final void launchCompletable(Scheduler core) {
        owner = core;
        STATUS.set(this, 1);
        try {
            core.setDeadline(this);
        } catch (Throwable noThread) {
            cancelNow();
            throw noThread;
        }
        registerWithCore();
    }

    /**
     * Registers this task for cancellation at shutdown, because it waits for an event that the core does not control.
     */
    public final void registerWithCore() {
        Completion release = new Completion();
        registerWithCore(release);
        release.runForSubmitter();
    }

    public final void registerWithCore(Completion release) {
        flags |= EXTERNAL_WAIT;
        Scheduler core = core();
        core.registerExternalWait(this);
        if (isCompleted()) {
            core.unregisterExternalWait(this);
        } else if (core.isStopping()) {
            cancel(true, release);
        }
    }

    /** Called when a predecessor is completed and not settled; the tasks before it may be outside of the core. */
    final void onOrderDeferred(Completion release) {
        if (!isCompleted() && owner instanceof Scheduler) { // otherwise it is abandoned, or about to be
            registerWithCore(release);
        }
    }

    /** Cancels the task, and runs the effects. */
    public final void cancelNow() {
        Completion release = new Completion();
        cancel(true, release);
        release.runForSubmitter();
    }

    /** Calls the timer of the back-off off, and takes its guard off. */
    public final void callOffBackoff(Completion release) {
        Timer backoff = attributes().backoffTimer;
        if (backoff != null && backoff.callOff()) {
            release.satisfied(this, 1);
        }
    }

    /** Completes a completable task; returns false if it is completed already. */
    public final boolean complete(@Nullable Object result, @Nullable Throwable thrown) {
        StackGuard.ensure8K();
        if (isCompleted()) {
            return false;
        }
        Object end = thrown == null ? encode(result) : failed(thrown); // first: there may be no memory
        Completion release = new Completion();
        if (!STATUS.compareAndSet(this, 1, WITHDRAWN)) {
            if (end instanceof ExceptionalOutcome failed && thrown != null) {
                failed.markSeen(); // another thread has completed the task
            }
            return false;
        }
        publish(end, release);
        core().taskEnded(this);
        release.run();
        return true;
    }

    /** Returns true if the worker has claimed the task, and has not completed it. */
    public final boolean isRunningOn(int worker) {
        int now = status;
        return (now == -worker || now == CANCELLING - worker) && !isCompleted();
    }

    /**
     * Sends the task, which the caller runs, back to wait for another attempt; returns false if a canceller has
     * intervened.
     */
    public final boolean suspend(int worker) {
        return STATUS.compareAndSet(this, -worker, 1);
    }

    /** Undoes {@link #suspend}; returns false if a canceller has intervened. */
    public final boolean resume(int worker) {
        return STATUS.compareAndSet(this, 1, -worker);
    }

    /** Claims the task for the calling worker; returns false if it is not ready. */
    public final boolean claim(int worker) {
        return STATUS.compareAndSet(this, READY, -worker);
    }

    /** Completes a barrier, which has no body. The caller has made it ready. */
    final void passBarrier(Completion release) {
        if (STATUS.compareAndSet(this, READY, WITHDRAWN)) {
            inputs = null;
            publish(NULL_RESULT, release);
            core().taskEnded(this);
        }
    }

    /**
     * Completes the task after the caller has run its body.
     *
     * @param result {@linkplain #encode encoded}; ignored if the body threw
     * @param thrown the exception of the body, null if there was none
     * @return the task to run next, as {@link Completion#succeeded}
     */
    public final @Nullable Node finish(Object result, @Nullable Throwable thrown, Completion release) {
        body = null;
        inputs = null;
        Object end = result;
        boolean plain = metadata == null && flags == 0; // one check for all that most tasks do not use
        if (!plain) {
            showEnding();
        }
        while (true) {
            Object word = outcome;
            CancelRequest request = word instanceof CancelRequest cancelled ? cancelled : null;
            if (word instanceof Unsettled) {
                return finishCancelled(end, thrown, release);
            }
            if (request != null && end != request.outcome) {
                request.interruption.close();
                giveUp(end, thrown, request.outcome);
                end = request.outcome;
            } else if (thrown != null && !(end instanceof ExceptionalOutcome)) {
                end = failed(thrown);
            }
            if (OUTCOME.compareAndSet(this, word, end)) {
                if (plain && thrown == null && request == null) {
                    return word == null ? null : release.succeeded(this, (Dependent) word, end);
                }
                TaskQueue region = thrown == null && request == null ? null : region();
                if (metadata != null) {
                    forgetRegion();
                }
                if (flags != 0) {
                    callOffTimers(release);
                    showEnd(end);
                }
                release.now(this, (Dependent) word, end);
                if (region != null && end instanceof ExceptionalOutcome.Failed) {
                    release.addFailureNotice(this, region);
                }
                return null;
            }
        }
    }

    /** Discards the body's own outcome: the task was cancelled. */
    private static void giveUp(Object end, @Nullable Throwable thrown, ExceptionalOutcome cancelled) {
        if (end instanceof ExceptionalOutcome failed) {
            failed.markSeen();
        }
        if (thrown != null && !(thrown instanceof InterruptedException)) {
            Suppressed.add(cancelled.rootCause(), thrown);
        }
    }

    /** As {@link #finish}, for a task that was completed while its body was suspended: settles it. */
    private @Nullable Node finishCancelled(Object end, @Nullable Throwable thrown, Completion release) {
        giveUp(end, thrown, ((Unsettled) Objects.requireNonNull(outcome)).outcome);
        if (metadata != null) {
            forgetRegion();
        }
        settle(release);
        release.runButCallbacks();
        return null;
    }

    final void showEnding() {
        TaskProbe observed = observation();
        if (observed != null) {
            observed.ending();
        }
    }

    final void showEnd(Object end) {
        TaskProbe observed = observation();
        if (observed != null) {
            observed.ended(asTask(), end);
        }
    }

    /** Cancels the task in any state; returns true if this is the first cancellation. */
    final boolean cancel(boolean interrupt, Completion release) {
        return Withdrawal.cancel(this, interrupt, release);
    }

    /** Sets the outcome of a task that the caller has withdrawn. */
    final void publish(Object end, Completion release) {
        publishUnlaunched(end, release);
        TaskQueue region = region();
        if (region != null && isFailure(end)) {
            release.addFailureNotice(this, region);
        }
        forgetRegion();
    }

    private static boolean isFailure(Object end) {
        return (end instanceof Unsettled unsettled ? unsettled.outcome : end) instanceof ExceptionalOutcome.Failed;
    }

    /**
     * Sets the outcome of a task that the caller has withdrawn while the queues hold it. The region is left to be
     * discarded when the queues release the task: until then they own the metadata, and may be writing attributes
     * there.
     */
    final void publishUnlaunched(Object end, Completion release) {
        body = null;
        TaskProbe observed = observation();
        if (observed != null) {
            observed.withdrawn(asTask(), end);
        }
        release.add(this, (Dependent) OUTCOME.getAndSet(this, end), end);
        if (flags != 0) {
            callOffTimers(release);
        }
    }

    /** Discards the region: a handle must not keep its queue, other tasks or a class loader reachable. */
    final void forgetRegion() {
        if (metadata instanceof TaskMetadata more) {
            more.region = null;
            more.contextLoader = null;
        } else {
            metadata = null;
        }
    }

    /** Called once the task is completed. */
    final void callOffTimers(Completion release) {
        if ((flags & ATTRIBUTES) != 0) {
            Timer deadline = attributes().deadlineTimer;
            if (deadline != null) {
                deadline.callOff();
            }
            callOffBackoff(release);
        }
        if ((flags & ~OBSERVED) != 0 && owner instanceof Scheduler core) {
            core.unregisterExternalWait(this);
        }
    }

    /** Releases the held soft successors: everything before this completed task is settled. */
    final void settle(Completion release) {
        Unsettled unsettled = (Unsettled) Objects.requireNonNull(outcome);
        inputs = null;
        outcome = unsettled.outcome;
        TaskProbe observed = observation();
        if (observed != null) {
            observed.settled();
        }
        release.add(this, unsettled.settle(), unsettled.outcome);
    }
}
