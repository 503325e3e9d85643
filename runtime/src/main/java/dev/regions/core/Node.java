package dev.regions.core;

import dev.regions.core.ExceptionalOutcome.Cancelled;
import dev.regions.core.Link.CancelRequest;
import dev.regions.core.Link.SoftEdge;
import dev.regions.internal.Suppressed;
import dev.regions.queue.TaskQueue;
import dev.regions.task.TaskState;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of the graph: how a task becomes ready, which thread completes it, and with which effects. {@link TaskNode}
 * adds the part that users and queues see; the two are one object.
 *
 * <h2>Implementation overview</h2>
 *
 * <p>Threads race for two words only.
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
 * canceller: see below); hence a single finisher. Because the states are numbers, a satisfied edge costs one decrement,
 * and the decrement to 0 makes a task ready. The claim carries the worker's number, so a thread that sees the task
 * running also knows which worker to interrupt.
 *
 * <p><b>{@code outcome}</b> is the Treiber stack of the dependents and, later, the outcome: null or a {@link Dependent}
 * until the task is completed, anything else afterwards. That is a result as it is or {@link Encoded}, an
 * {@link ExceptionalOutcome}, or an {@link Unsettled} one. A push is a compare-and-set from one stack to the next; the
 * finish is a compare-and-set, or of a withdrawn task an exchange, from a stack to the outcome. Therefore the finisher
 * gets exactly the pushed links, and a push that fails reads the outcome in the same access: there is no moment between
 * finding the stack sealed and learning how the task completed. (With two separate words, a sealed stack and an
 * outcome, the outcome would have to be read again after a failed push.)
 *
 * <p><b>Memory ordering.</b> All accesses of the two words are volatile or stronger, except the stores of
 * {@code status} in a task that no other thread knows yet; the other fields are plain. {@code body}, {@code inputs},
 * {@code owner} and {@code metadata} are written by one thread at a time: the spawner, then the queue that holds the
 * task, then the core that wires it, each handing over by way of a queue or of {@code status}. They reach the runner
 * because the wirer's decrement of the guard, and that of every predecessor, is in the chain of atomic updates of
 * {@code status} that ends in the claim. The writes before the spawn, and those of every predecessor, therefore happen
 * before the body; by way of the finish, the writes of the body happen before the actions of a thread that reads the
 * outcome. A race here would show as a body that runs twice, a dependent that sees an argument unset, a waiter never
 * woken.
 *
 * <p><b>Order without having run.</b> A task that is withdrawn while its predecessors still run is completed at once:
 * waiters wake, and tasks that require it are skipped. But a task that merely comes <em>after</em> it must not overtake
 * those predecessors, or one cancelled task in the middle of a sequential region would let its two neighbours run at
 * the same time. Therefore the withdrawn task keeps counting its edges, and its outcome stays {@link Unsettled},
 * holding back soft successors, until the count says that everything before it is settled too.
 *
 * <p><b>Cancelling while it runs</b> puts a {@link Link.CancelRequest} on top of the stack, where it stays: later links
 * go below it. Then the canceller interrupts the worker. The finish, which has to take the stack anyway, finds the
 * request there, so a task that is not cancelled pays nothing. The runner closes the {@link InterruptHandshake}, which
 * waits for an interrupt that has begun, and clears it. A request that does not interrupt leaves the interruption open,
 * for a later one that does.
 *
 * <p><b>Cancelling while another task runs in place</b> inside a {@code join()} of this one. This body cannot end
 * before the inner one, which may take any time. If the inner task is of a region that this task joins, it is
 * cancelled, too, as the region would cancel it, and all goes on from there. Otherwise the canceller completes this
 * task at once, by a compare-and-set from the stack with the request to an {@link Unsettled} outcome, which decides
 * against the runner's finish, a compare-and-set of the same word. Waiters wake, and tasks that require this one are
 * skipped. But tasks that come after it are held back until its body has ended, and the runner settles it. It counts as
 * in flight until then. Only tasks that were spawned outside of regions can come into that state. Others run a task in
 * place only if it is of a region that they join, because a region that is given up promises that the bodies of its
 * tasks have ended. A race would show as a task that is finished twice or never, or as a successor that overtakes a
 * body.
 *
 * <p><b>Departed links.</b> A wait that gives up, and a dependent that is withdrawn, leave links on a task that may
 * stay pending for long. Their threads {@linkplain #purge() purge} the stack now and then. A link to a withdrawn
 * dependent may be removed once the dependent is {@linkplain #detach() detached}: a compare-and-set of the
 * {@link Unsettled} outcome's stack from null says that it holds no task back and never will. A task that comes after
 * it later fails to be held back, and {@linkplain #follow follows} the predecessors of the detached one, which keeps
 * them for this. A race would show as a living link that is lost, or as a task that overtakes one of those
 * predecessors.
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
public abstract sealed class Node extends Dependent permits TaskNode {
    static final int READY = 0;
    static final int CANCELLING = -(1 << 29);
    static final int WITHDRAWN = -(1 << 30);
    static final int UNLAUNCHED = Integer.MIN_VALUE;
    static final int WITHDRAWN_UNLAUNCHED = Integer.MIN_VALUE + 1;
    static final int WITHDRAWING_UNLAUNCHED = Integer.MIN_VALUE + 2;
    /**
     * Worker numbers go from 1 up to this. Statuses below {@code CANCELLING - MAX_WORKER} are withdrawn or unlaunched.
     */
    static final int MAX_WORKER = 1 << 28;

    /** Flag: the body gets a thread that runs nothing else. */
    public static final byte DEDICATED = 1;
    /** Flag: the task has {@link TaskAttributes}. */
    public static final byte TERMS = 2;
    /** Flag: the core has registered the task, because it waits for an event that the core does not control. */
    static final byte OUTSIDE = 4;
    /** Flag: the task is observed; set before any other thread knows the task, or never. */
    static final byte OBSERVED = 8;
    /** Flags of tasks that a worker runs neither right after another one nor in place. */
    static final byte APART = DEDICATED | TERMS;

    /** A task that was withdrawn while it waited for more predecessors than this is not detached from them. */
    private static final int MOST_PLACES = 8;

    static final Object NULL_RESULT = new Encoded(null);

    private static final VarHandle STATUS;
    private static final VarHandle OUTCOME;

    // Of Unsettled; here, because its first use may be where the stack gives out, and a class whose initialisation
    // fails stays unusable.
    private static final VarHandle HELD_BACK;
    private static final VarHandle TRACKED; // of Link.Tracker, for the same reason
    private static final Link SETTLED = new Link.Callback(new Nothing());
    private static final Link DETACHED = new Link.Callback(new Nothing());

    private static final class Nothing implements Runnable {
        @Override
        public void run() {}
    }

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATUS = lookup.findVarHandle(Node.class, "status", int.class);
            OUTCOME = lookup.findVarHandle(Node.class, "outcome", Object.class);
            HELD_BACK = lookup.findVarHandle(Unsettled.class, "heldBack", Link.class);
            TRACKED = lookup.findVarHandle(Link.Tracker.class, "task", TaskNode.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
        linkAccesses();
    }

    /** Performs each kind of access of this class once, on null: see {@link ClassPreloader}. */
    private static void linkAccesses() {
        for (int access = 0; access < 14; access++) {
            try {
                switch (access) {
                    case 0 -> STATUS.compareAndSet((Node) null, 0, 0);
                    case 1 -> STATUS.set((Node) null, 0);
                    case 2 -> STATUS.setRelease((Node) null, 0);
                    case 3 -> STATUS.getAndAdd((Node) null, 0);
                    case 4 -> {
                        int unused = (int) STATUS.getAndAdd((Node) null, 0);
                    }
                    case 5 -> OUTCOME.compareAndSet((Node) null, (Object) null, (Object) null);
                    case 6 -> OUTCOME.compareAndSet((Node) null, (Object) null, (Link) null);
                    case 7 -> OUTCOME.compareAndSet((Node) null, (Object) null, (CancelRequest) null);
                    case 8 -> OUTCOME.compareAndSet((Node) null, (Dependent) null, (Dependent) null);
                    case 9 -> OUTCOME.compareAndSet((Node) null, (CancelRequest) null, (Unsettled) null);
                    case 10 -> OUTCOME.compareAndSet((Node) null, null, (Node) null);
                    case 11 -> {
                        Dependent unused = (Dependent) OUTCOME.getAndSet((Node) null, (Object) null);
                    }
                    case 12 -> {
                        TaskNode<?> unused = (TaskNode<?>) TRACKED.getAcquire((Link.Tracker) null);
                    }
                    case 13 -> TRACKED.setRelease((Link.Tracker) null, (TaskNode<?>) null);
                    default -> throw new AssertionError(access);
                }
            } catch (NullPointerException linked) {
                // as expected
            }
        }
    }

    private volatile int status;
    private volatile @Nullable Object outcome;

    // Plain; see "memory ordering" above.
    @Nullable
    Object body;

    @Nullable
    public Object inputs;
    /** The holder of the task: null when new, a queue until launch, the core afterwards. */
    @Nullable
    public TaskQueue owner;

    /** The region of the task, null at root or once completed; or a {@link TaskMetadata}, which has that and more. */
    @Nullable
    Object metadata;

    public byte bodyKind;
    /** Special properties of the task, in bits; 0 for most. */
    public byte flags;
    /** Written, and never read, by a consumer of the ready queue: see {@link ReadyQueue}. */
    byte prefetchMark;
    /**
     * The binary logarithm of the number of departures per purge of the stack. A hint: racing threads lose an update.
     */
    private byte purgeShift;

    Node(byte bodyKind, @Nullable Object body, @Nullable Object inputs) {
        this.bodyKind = bodyKind;
        this.body = body;
        this.inputs = inputs;
        STATUS.set(this, UNLAUNCHED);
    }

    /** Returns the name that the user gave, null if none. */
    abstract @Nullable String givenName();

    /** Returns the given name, or a substitute. */
    public abstract String displayName();

    /** Returns the region in which the task was spawned, null at root or once the task is completed. */
    abstract @Nullable TaskQueue region();

    /** Creates the outcome of a body that threw. */
    abstract ExceptionalOutcome.Failed failed(Throwable thrown);

    /** Creates the outcome of a task that has failed, whether or not it is launched. */
    abstract ExceptionalOutcome.Failed failed(DagCore core, @Nullable TaskQueue region, Throwable thrown);

    /** Returns the attributes of a task that is flagged to have them. */
    public abstract TaskAttributes terms();

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
    private static boolean isRunning(int status) {
        return status < READY && status >= CANCELLING - MAX_WORKER;
    }

    public final boolean isCompleted() {
        return isOutcome(outcome);
    }

    /** Returns true if the task is completed and holds no task back. */
    public final boolean isSettled() {
        Object word = outcome;
        return isOutcome(word) && !(word instanceof Unsettled);
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

    /** Returns true if the task is completed and not settled: it holds back the tasks that come after it. */
    public final boolean isHoldingBack() {
        return outcome instanceof Unsettled;
    }

    private static boolean isOutcome(@Nullable Object word) {
        return word != null && !(word instanceof Dependent);
    }

    /**
     * Returns the outcome, an {@link ExceptionalOutcome} or a result, {@link #encode encoded}; null if not completed.
     */
    public final @Nullable Object outcomeOrNull() {
        Object word = outcome;
        if (!isOutcome(word)) {
            return null;
        }
        return word instanceof Unsettled unsettled ? unsettled.outcome : word;
    }

    /** A result that cannot stand for itself, because it has another meaning in the word: null, or a task. */
    private record Encoded(@Nullable Object result) {}

    /** Returns the form of a result in the outcome. Needs memory for a result that is a task. */
    static Object encode(@Nullable Object result) {
        return result == null ? NULL_RESULT : result instanceof Dependent ? new Encoded(result) : result;
    }

    static @Nullable Object resultOf(Object ending) {
        return ending instanceof Encoded encoded ? encoded.result : ending;
    }

    /** Returns the result; the task has succeeded. */
    final @Nullable Object value() {
        return resultOf(Objects.requireNonNull(outcome));
    }

    /** Returns the core that the task was launched into. */
    final DagCore core() {
        return (DagCore) Objects.requireNonNull(owner);
    }

    /** Returns the newest dependent; null if there is none, or if the task is settled or holds none back. */
    public final @Nullable Dependent dependents() {
        Object word = outcome;
        return word instanceof Dependent newest
                ? newest
                : word instanceof Unsettled unsettled ? unsettled.held() : null;
    }

    /** Returns true if other tasks may wait for this one already: it has dependents other than regions' trackers. */
    final boolean mayHoldUp() {
        Dependent newest = dependents();
        while (newest instanceof Link.Tracker tracker) {
            newest = tracker.next;
        }
        return newest != null;
    }

    // ---- The stack of dependents ------------------------------------------------------------------------------------

    /**
     * Pushes a link.
     *
     * @return null if the link was pushed; the outcome word if the task is completed
     */
    final @Nullable Object push(Link link) {
        while (true) {
            Object word = outcome;
            if (isOutcome(word)) {
                return word;
            }
            if (OUTCOME.compareAndSet(this, word, onTop(link, (Dependent) word))) {
                return null;
            }
        }
    }

    /** Puts a link on top of a stack, but below the request to cancel, if there is one; returns the new top. */
    private static Link onTop(Link link, @Nullable Dependent stack) {
        if (stack instanceof CancelRequest request) {
            link.next = request.next;
            return new CancelRequest(request, link);
        }
        link.next = stack;
        return link;
    }

    /** As {@link #push}, for a successor that requires this task; without a link if it is the first dependent. */
    private @Nullable Object pushSuccessor(Node successor) {
        if (outcome == null && OUTCOME.compareAndSet(this, null, successor)) {
            return null;
        }
        return push(new Link.HardEdge(successor));
    }

    /**
     * Called when a link, or the successor that is here without a link, has become useless. Purges a short stack at
     * once, others with a probability of eight to their length at the last purge. Dead links are therefore fewer than
     * living ones, in expectation, and a purge costs each departure a constant.
     */
    final void linkDeparted() {
        try {
            int shift = purgeShift;
            if (shift == 0 || ThreadLocalRandom.current().nextInt() >>> Integer.SIZE - shift == 0) {
                purge();
            }
        } catch (VirtualMachineError exhausted) {
            // the next departure may have more memory, or stack; and the other work of this thread must not be lost
        }
    }

    /**
     * Removes dead links from the stack. As in {@code CompletableFuture.cleanStack}, a plain write leads the link above
     * a dead one past it. Dead links stay dead, and still lead to those below them, so a write that crosses others may
     * bring a dead link back, and never loses a living one. The thread that has taken the stack uses other fields.
     */
    final void purge() {
        int length = 0;
        Link above = null;
        Object word = outcome;
        Dependent at = isOutcome(word) ? null : (Dependent) word;
        while (at != null) {
            length++;
            Dependent below = at instanceof Link link ? link.next : null;
            if (at instanceof Link link ? !link.isDead() : !((Node) at).detach()) {
                above = at instanceof Link living ? living : above;
            } else if (above != null) {
                above.next = below;
            } else if (!OUTCOME.compareAndSet(this, at, below)) {
                Object top = outcome; // a new link, or the outcome
                if (isOutcome(top)) {
                    return;
                }
                below = (Dependent) top;
            }
            at = below;
        }
        purgeShift = (byte) Math.max(0, Integer.SIZE - 4 - Integer.numberOfLeadingZeros(length));
    }

    /**
     * Detaches this task from its predecessors if it was withdrawn, holds no task back, has few predecessors, and is
     * not a barrier, which does not know all of them. A task that comes after it later {@linkplain #follow follows} the
     * predecessors instead, which this task therefore keeps. Returns true if links to this task are useless.
     */
    final boolean detach() {
        Object word = outcome;
        if (!(word instanceof Unsettled unsettled)) {
            return isOutcome(word);
        }
        if (unsettled.isDetached()) {
            return true;
        }
        if (bodyKind == BodyKind.BARRIER || isRunning(status) || unsettled.held() != null) {
            return false; // its body is suspended: it has nothing before it, and is not settled
        }
        TaskNode<?>[] before = Dependencies.pending(inputs, MOST_PLACES);
        if (before == null || !unsettled.detach()) {
            return false;
        }
        VarHandle.releaseFence(); // a thread that sees the array must see its elements
        inputs = before;
        if (!(outcome instanceof Unsettled)) {
            inputs = null; // the last edge was taken off meanwhile
        }
        return true;
    }

    /** Returns true if the task is withdrawn, not settled, and detached from its predecessors. */
    final boolean isDetached() {
        return outcome instanceof Unsettled unsettled && unsettled.isDetached();
    }

    /** Called when this task was withdrawn while it waited: its links are useless, unless it holds tasks back. */
    private void departed() {
        if (bodyKind != BodyKind.BARRIER) {
            try {
                Dependencies.forEachPending(inputs, new LinkDeparted());
            } catch (VirtualMachineError exhausted) {
                // as there
            }
        }
    }

    private static final class LinkDeparted implements Consumer<Node> {
        @Override
        public void accept(Node predecessor) {
            predecessor.linkDeparted();
        }
    }

    /**
     * Orders this task after one that is completed and not settled: it is held back there or, if that one is detached,
     * comes after each of its predecessors. If this task was withdrawn itself, it is detached if possible.
     *
     * @return how many edges of this task the caller takes off; 0 if it is held back, or was detached
     */
    final int follow(Node withdrawn, Unsettled unsettled, Completion release) {
        if (detach()) {
            return 0;
        }
        Link held = unsettled.holdBack(this);
        if (held instanceof SoftEdge) {
            return 0;
        }
        int satisfied = 1;
        if (held == DETACHED) {
            TaskNode<?>[] before = Objects.requireNonNull(Dependencies.pending(withdrawn.inputs, Integer.MAX_VALUE));
            VarHandle.releaseFence();
            withdrawn.inputs = before; // the next one has less to visit
            for (TaskNode<?> each : before) {
                if (each != this) { // a cyclic order, through a task that was cancelled
                    STATUS.getAndAdd(this, 1);
                    satisfied += connect(each, true, release);
                }
            }
        }
        return satisfied;
    }

    /** Returns the request to cancel the task while it runs, null if there is none. */
    public final @Nullable CancelRequest cancelRequest() {
        return outcome instanceof CancelRequest request ? request : null;
    }

    /** Pushes a request to cancel unless there is one; returns the one that is there, null if the task is completed. */
    private @Nullable CancelRequest push(CancelRequest request) {
        while (true) {
            Object word = outcome;
            if (isOutcome(word)) {
                return null;
            }
            if (word instanceof CancelRequest first) {
                return first;
            }
            request.next = (Dependent) word;
            if (OUTCOME.compareAndSet(this, word, request)) {
                return request;
            }
        }
    }

    /** Returns the task that a region tracks, null if it was discarded. */
    static @Nullable TaskNode<?> trackedBy(Link.Tracker tracker) {
        return (TaskNode<?>) TRACKED.getAcquire(tracker);
    }

    /** Discards a region's reference to a task. */
    static void letGo(Link.Tracker tracker) {
        TRACKED.setRelease(tracker, (TaskNode<?>) null);
    }

    // ---- Launching and wiring ---------------------------------------------------------------------------------------

    /**
     * Launches and wires a task that no other thread has seen yet, and that depends on its arguments alone. It needs no
     * guard: this method does not touch it after its last edge has been made, which may run it.
     *
     * @return true if the task is ready now, and the caller has to schedule it
     */
    final boolean launchFresh(DagCore core) {
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
            satisfied = connectFresh(one);
        } else {
            for (TaskNode<?> each : (TaskNode<?>[]) edges) {
                satisfied += connectFresh(each);
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

    /** As {@link #connect}, for a task that no other thread has seen yet, and the task of an argument. */
    private int connectFresh(Node predecessor) {
        if (predecessor.owner == owner) {
            Object word = predecessor.outcome;
            if (!isOutcome(word)) {
                word = predecessor.pushSuccessor(this);
            }
            if (word == null) {
                return 0;
            }
            if (!(word instanceof ExceptionalOutcome || word instanceof Unsettled)) {
                return 1;
            }
        }
        Completion release = new Completion();
        int satisfied = connect(predecessor, false, release);
        release.runForSubmitter();
        return satisfied;
    }

    /**
     * Launches the task, with the guard of its wiring outstanding.
     *
     * @return true if the task is live; false if it was withdrawn before, and only keeps its order
     * @throws IllegalStateException if it was launched before
     */
    final boolean launch(DagCore core) {
        while (true) {
            int now = status;
            if (now == UNLAUNCHED) {
                if (flags != 0) {
                    setDeadline(core); // may throw if there is no thread for the timer
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
    private static int guardOfOutcome(int unlaunched) {
        return unlaunched == WITHDRAWING_UNLAUNCHED ? 1 : 0;
    }

    /** Returns true if the queues still hold a predecessor: in a batch launched in order, a later task. */
    final boolean dependsOnUnlaunched() {
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
    final int wire(Completion release) {
        Object edges = inputs;
        if (edges == null) {
            return 0;
        }
        int satisfied = Dependencies.wire(edges, this, release);
        if (isCompleted()) {
            departed();
        }
        return satisfied;
    }

    /** Wires one edge; returns 1 if it is satisfied already, and 0 if it is to be counted down later. */
    final int connect(Node predecessor, boolean soft, Completion release) {
        Object word = predecessor.outcome;
        if (!isOutcome(word)) {
            if (predecessor.owner != owner && owner instanceof DagCore) { // not one that is being abandoned
                registerWithCore();
            }
            word = soft ? predecessor.push(new SoftEdge(this)) : predecessor.pushSuccessor(this);
        }
        return connected(predecessor, word, soft, release);
    }

    /**
     * As {@link #connect}, for an edge that is not an argument's: only its link, if any, knows the predecessor.
     *
     * @param kept where to keep the link, so that it can be found when this task is withdrawn
     */
    final int connect(Node predecessor, boolean soft, Dependent[] kept, int index, Completion release) {
        Object word = predecessor.outcome;
        if (!isOutcome(word)) {
            if (predecessor.owner != owner && owner instanceof DagCore) { // not one that is being abandoned
                registerWithCore();
            }
            if (bodyKind == BodyKind.BARRIER && !soft) {
                kept[index] = null;
                word = predecessor.pushSuccessor(this);
            } else {
                Link link = soft ? new SoftEdge(this) : new Link.HardEdge(this);
                link.back = predecessor;
                VarHandle.releaseFence(); // a thread that detaches this task, and sees the link, must see its
                // target
                kept[index] = link;
                word = predecessor.push(link);
            }
        }
        if (word != null) {
            kept[index] = word instanceof Unsettled ? predecessor : null; // it keeps no result reachable
        }
        return connected(predecessor, word, soft, release);
    }

    private int connected(Node predecessor, @Nullable Object word, boolean soft, Completion release) {
        if (word == null) {
            return 0;
        }
        if (word instanceof Unsettled unsettled) {
            if (!soft) {
                skip(unsettled.outcome, predecessor, release);
            } else if (owner instanceof DagCore) {
                registerWithCore();
            }
            return follow(predecessor, unsettled, release);
        }
        if (!soft && word instanceof ExceptionalOutcome unsuccessful) {
            skip(unsuccessful, predecessor, release);
        }
        return 1;
    }

    /** Takes edges or guards off, and returns the status after. */
    final int countDown(int satisfied) {
        return (int) STATUS.getAndAdd(this, -satisfied) - satisfied;
    }

    // ---- Ending -----------------------------------------------------------------------------------------------------

    /** Launches a completable task. Nothing takes its guard off: it waits until it is completed or cancelled. */
    final void launchCompletable(DagCore core) {
        owner = core;
        STATUS.set(this, 1);
        try {
            setDeadline(core);
        } catch (Throwable noThread) {
            cancelNow();
            throw noThread;
        }
        registerWithCore();
    }

    /**
     * Registers this task for cancellation at shutdown, because it waits for an event that the core does not control.
     */
    private void registerWithCore() {
        Completion release = new Completion();
        registerWithCore(release);
        release.runForSubmitter();
    }

    private void registerWithCore(Completion release) {
        flags |= OUTSIDE;
        DagCore core = core();
        core.registerExternalWait(this);
        if (isCompleted()) {
            core.unregisterExternalWait(this);
        } else if (core.isStopping()) {
            cancel(true, release);
        }
    }

    /** Called when a predecessor is completed and not settled; the tasks before it may be outside of the core. */
    final void onOrderDeferred(Completion release) {
        if (!isCompleted() && owner instanceof DagCore) { // otherwise it is abandoned, or about to be
            registerWithCore(release);
        }
    }

    /**
     * Sets the timer of the deadline, if there is one, and it is not set. Called by the holder of the task: the
     * spawner, a queue, and the core that launches it, and that has the timer from then on. If this throws, no timer is
     * set.
     */
    final void setDeadline(DagCore core) {
        if ((flags & TERMS) == 0) {
            return;
        }
        TaskAttributes terms = terms();
        Timer before = terms.deadlineAlarm;
        if (!terms.hasDeadline
                || isCompleted()
                || before != null && before.isOf(core.timers()) && terms.deadline == terms.alarmDeadline) {
            return;
        }
        Timer alarm = core.timers().prepare(terms.deadline - System.nanoTime(), new Deadline(this, core, region()));
        terms.deadlineAlarm = alarm;
        try {
            core.timers().start(alarm);
        } catch (Throwable noThread) {
            alarm.callOff();
            terms.deadlineAlarm = before;
            throw noThread;
        }
        terms.alarmDeadline = terms.deadline;
        if (before != null) {
            before.callOff();
        }
        if (isCompleted()) {
            alarm.callOff();
        }
    }

    /** The action at the deadline of a task. */
    private record Deadline(
            Node node, DagCore core, @Nullable TaskQueue region) implements Runnable {
        @Override
        public void run() {
            node.expire(core, region);
        }
    }

    /**
     * Called by the timer: completes the task, wakes its waiters, and leaves the other effects, if they are many or
     * user code, to a thread of their own.
     */
    private void expire(DagCore core, @Nullable TaskQueue region) {
        Completion release = new Completion();
        expire(core, region, true, release);
        release.runBriefly();
        if (release.hasWork()) {
            core.startApart("-deadline", release);
        }
    }

    private void expire(DagCore core, @Nullable TaskQueue region, boolean interrupt, Completion release) {
        if (isCompleted()) {
            return;
        }
        ExceptionalOutcome.Failed late = failed(
                core, region, new TimeoutException("task '" + displayName() + "' was not final by its deadline"));
        boolean held = isUnlaunched();
        if (!withdraw(late, interrupt, release)) {
            late.markSeen();
        } else if (held && region != null) {
            release.tellLast(this, region);
        }
    }

    /** Fails a task that the caller has run past its deadline: the timer is late. */
    final void expireByRunner(Completion release) {
        expire(core(), region(), false, release);
    }

    // ---- LimitGate and further attempts -----------------------------------------------------------------------------

    /** Passes a task with attributes, which has just become ready, through its limits, then to the ready queue. */
    final void requestAdmission(Completion release) {
        requestAdmission();
        if (terms().isLimited()) {
            registerWithCore(release); // the tasks that hold permits may be of another runtime
        }
    }

    /** Passes a ready task with attributes through the limits left, then to the ready queue. */
    private void requestAdmission() {
        TaskAttributes terms = terms();
        LimitGate limit = terms.nextLimit();
        if (limit == null) {
            core().workers().schedule(this);
            return;
        }
        limit.request(this);
    }

    /** Called by a limit that has admitted the task. */
    final void onAdmitted() {
        terms().passedLimit();
        requestAdmission();
    }

    /** Called if the task was to run, and is not to run any more. */
    final void onRejected() {
        if ((flags & TERMS) != 0) {
            terms().givePlacesBack(this);
        }
    }

    /** Sends a running task back to wait for another attempt; returns false if a canceller has intervened. */
    final boolean rescheduleAfterFailure(int worker, long backoffNanos) {
        DagCore core = core();
        Timer alarm = core.timers().prepare(backoffNanos, new Retry(this));
        if (!STATUS.compareAndSet(this, -worker, 1)) {
            alarm.callOff();
            for (int turns = 0; cancelRequest() == null && !isCompleted(); turns++) {
                Backoff.pause(turns); // otherwise the task would fail, and the cancellation would be too late
            }
            return false;
        }
        TaskProbe observed = observation();
        if (observed != null) {
            observed.retrying(worker);
        }
        terms().backoffAlarm = alarm; // before it can go off, and the next attempt set another one
        try {
            core.timers().start(alarm);
        } catch (Throwable noThread) {
            if (alarm.callOff()) { // otherwise the timer or a canceller takes the guard off
                if (STATUS.compareAndSet(this, 1, -worker)) {
                    throw noThread; // it still runs here
                }
                Completion release = new Completion();
                release.satisfied(this, 1);
                release.run();
                return true;
            }
        }
        if (isCompleted()) {
            Completion release = new Completion();
            callOffBackoff(release);
            release.runForSubmitter();
        } else {
            registerWithCore();
        }
        return true;
    }

    /** The action at the end of a back-off. */
    private record Retry(Node node) implements Runnable {
        @Override
        public void run() {
            node.tryAgain();
        }
    }

    /** Called by the timer. */
    private void tryAgain() {
        Completion release = new Completion();
        core().unregisterExternalWait(this);
        release.satisfied(this, 1);
        if (release.hasWork()) {
            core().startApart("-retry", release);
        }
    }

    /** Cancels the task, and runs the effects. */
    final void cancelNow() {
        Completion release = new Completion();
        cancel(true, release);
        release.runForSubmitter();
    }

    private void callOffBackoff(Completion release) {
        Timer backoff = terms().backoffAlarm;
        if (backoff != null && backoff.callOff()) {
            release.satisfied(this, 1);
        }
    }

    /** Completes a completable task; returns false if it is completed already. */
    final boolean complete(@Nullable Object result, @Nullable Throwable thrown) {
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
        core().countEnded(this);
        release.run();
        return true;
    }

    /** Returns true if the worker has claimed the task, and has not completed it. */
    final boolean isRunningOn(int worker) {
        int now = status;
        return (now == -worker || now == CANCELLING - worker) && !isCompleted();
    }

    /** Claims the task for the calling worker; returns false if it is not ready. */
    final boolean claim(int worker) {
        return STATUS.compareAndSet(this, READY, -worker);
    }

    /** Completes a barrier, which has no body. The caller has made it ready. */
    final void passBarrier(Completion release) {
        if (STATUS.compareAndSet(this, READY, WITHDRAWN)) {
            inputs = null;
            publish(NULL_RESULT, release);
            core().countEnded(this);
        }
    }

    /**
     * Completes the task after the caller has run its body.
     *
     * @param result {@linkplain #encode encoded}; ignored if the body threw
     * @param thrown the exception of the body, null if there was none
     * @return the task to run next, as {@link Completion#succeeded}
     */
    final @Nullable Node finish(Object result, @Nullable Throwable thrown, Completion release) {
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
                    callOffAlarms(release);
                    showEnd(end);
                }
                release.now(this, (Dependent) word, end);
                if (region != null && end instanceof ExceptionalOutcome.Failed) {
                    release.tellLast(this, region);
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

    private void showEnding() {
        TaskProbe observed = observation();
        if (observed != null) {
            observed.ending();
        }
    }

    private void showEnd(Object end) {
        TaskProbe observed = observation();
        if (observed != null) {
            observed.ended(this, end);
        }
    }

    /** Describes the outcome of an observed task now, which may call code of a user's exception. */
    private ExceptionalOutcome inWords(ExceptionalOutcome how) {
        if ((flags & OBSERVED) != 0) {
            how.describe();
        }
        return how;
    }

    /** Cancels the task in any state; returns true if this is the first cancellation. */
    final boolean cancel(boolean interrupt, Completion release) {
        return !isCompleted() && withdraw(cancelled(), interrupt, release);
    }

    /**
     * Withdraws the task, or requests its cancellation if it runs. All objects are created before the status changes:
     * no action that takes a lock, calls user code, or may fail, must come between the status and its outcome.
     */
    private boolean withdraw(ExceptionalOutcome how, boolean interrupt, Completion release) {
        Unsettled unsettled = new Unsettled(how);
        CancelRequest request = new CancelRequest(how, null);
        while (!isCompleted()) {
            int now = status;
            if (now == UNLAUNCHED) {
                if (STATUS.compareAndSet(this, now, WITHDRAWING_UNLAUNCHED)) {
                    publishUnlaunched(unsettled, release);
                    if (!STATUS.compareAndSet(this, WITHDRAWING_UNLAUNCHED, WITHDRAWN_UNLAUNCHED)) {
                        release.satisfied(this, 1); // launched meanwhile: the guard for the outcome
                    }
                    return true;
                }
            } else if (now == READY || now > READY && bodyKind == BodyKind.COMPLETABLE) {
                if (STATUS.compareAndSet(this, now, WITHDRAWN)) {
                    inputs = null;
                    publish(how, release);
                    core().countEnded(this);
                    if (flags != 0) {
                        leaveQueue();
                    }
                    return true;
                }
            } else if (now > READY) {
                if (STATUS.compareAndSet(this, now, WITHDRAWN + now + 1)) {
                    publish(unsettled, release);
                    core().countEnded(this);
                    release.satisfied(this, 1);
                    departed();
                    return true;
                }
            } else if (now >= -MAX_WORKER) {
                if (STATUS.compareAndSet(this, now, CANCELLING + now)) {
                    return cancelRunning(request, -now, interrupt, release);
                }
            } else if (isRunning(now)) { // another canceller may not have pushed its request yet, and may be too late
                return cancelRunning(request, CANCELLING - now, interrupt, release);
            } else {
                return false;
            }
        }
        return false;
    }

    /**
     * Cancels a task that the caller runs, and that must not complete otherwise. Another thread may be cancelling it;
     * after this, there is a request, the first one.
     */
    final void cancelByRunner(Completion release) {
        cancel(false, release);
    }

    private void leaveQueue() {
        if ((flags & TERMS) != 0) {
            terms().giveUpPlaces(this);
        }
    }

    private Cancelled cancelled() {
        return Cancelled.cancelled("task '" + displayName() + "' was cancelled");
    }

    /**
     * Cancels a task that a worker runs. The first request counts; a later one that interrupts the body, where the
     * first did not, still does that.
     */
    private boolean cancelRunning(CancelRequest own, int worker, boolean interrupt, Completion release) {
        CancelRequest request = push(own);
        boolean first = request == own;
        if (!first) {
            own.outcome.markSeen(); // the task was completed by its runner, or another canceller was first
        }
        if (request != null && interrupt && request.interruption.begin()) {
            Node inside = interrupt(worker, request.interruption);
            if (inside == this) {
                publishSuspended(release);
            } else if (inside != null) {
                inside.cancel(true, release); // of a region that this task joins, and that would cancel it
            }
        }
        return first;
    }

    /**
     * Interrupts the body, which runs on the given worker and cannot end before this returns.
     *
     * @return as {@link Worker#deliver} does
     */
    final @Nullable Node interrupt(int worker, InterruptHandshake interruption) {
        try {
            return core().workers().deliver(worker, this, interruption);
        } finally {
            interruption.delivered();
        }
    }

    /**
     * Completes a task that was cancelled while another task runs in place inside its {@code join()}, and whose body
     * cannot end before that one. It keeps its place in the order until then, as a withdrawn task does.
     */
    final void publishSuspended(Completion release) {
        if (flags != 0) {
            showEnding();
        }
        while (outcome instanceof CancelRequest request) {
            Unsettled end = new Unsettled(request.outcome);
            if (OUTCOME.compareAndSet(this, request, end)) {
                if (flags != 0) {
                    callOffAlarms(release);
                    showEnd(end);
                }
                release.add(this, request.next, end);
                return;
            }
        }
    }

    /** Completes the task because a required predecessor did not succeed. Leaves the edge to that one counted. */
    final void skip(ExceptionalOutcome cause, Node predecessor, Completion release) {
        if (status <= READY) {
            return;
        }
        Unsettled end = new Unsettled(inWords(cause.skip(predecessor.givenName())));
        for (int now; (now = status) > READY; ) {
            if (STATUS.compareAndSet(this, now, WITHDRAWN + now + 1)) {
                publish(end, release);
                core().countEnded(this);
                release.satisfied(this, 1);
                departed();
                return;
            }
        }
    }

    /** As {@link #skip}, for a task with no other edge, which need not keep its order. Takes the edge off. */
    final boolean skipLast(ExceptionalOutcome cause, Node predecessor, Completion release) {
        if (status != 1) {
            return false;
        }
        ExceptionalOutcome end = inWords(cause.skip(predecessor.givenName()));
        if (STATUS.compareAndSet(this, 1, WITHDRAWN)) {
            inputs = null;
            publish(end, release);
            core().countEnded(this);
            return true;
        }
        return false;
    }

    /** Completes a task that no queue will launch any more. Does nothing if it was launched or abandoned already. */
    final void abandon(String why, Throwable reason, Completion release) {
        Unsettled end = null;
        while (true) {
            int now = status;
            if (now > WITHDRAWING_UNLAUNCHED) {
                return;
            }
            if (end == null && now == UNLAUNCHED) {
                end = new Unsettled(inWords(Cancelled.abandoned(why, reason)));
            }
            if (STATUS.compareAndSet(this, now, WITHDRAWN + 1 + guardOfOutcome(now) + Dependencies.count(inputs))) {
                if (now == UNLAUNCHED) {
                    publish(Objects.requireNonNull(end), release);
                } else {
                    forgetRegion();
                }
                release.satisfied(this, 1 + wire(release));
                return;
            }
        }
    }

    /**
     * Abandons a task that the caller has launched and not wired yet.
     *
     * @param circular predecessors that the task does not wait for, because they wait for it
     */
    final void rollbackLaunch(String why, Throwable reason, Set<Node> circular, Completion release) {
        Unsettled end = new Unsettled(inWords(Cancelled.abandoned(why, reason)));
        for (int now; (now = status) > READY; ) {
            if (STATUS.compareAndSet(this, now, WITHDRAWN + now)) {
                publish(end, release);
                core().countEnded(this);
                break;
            }
        }
        if (circular.isEmpty()) {
            release.satisfied(this, 1 + wire(release));
            return;
        }
        int[] satisfied = {1};
        Dependencies.forEach(
                inputs,
                (predecessor, soft) ->
                        satisfied[0] += circular.contains(predecessor) ? 1 : connect(predecessor, soft, release));
        release.satisfied(this, satisfied[0]);
    }

    /** Abandons a task that is wired, and takes off its guard, which the caller has. */
    final void abandonWired(String why, Throwable reason, Completion release) {
        withdraw(inWords(Cancelled.abandoned(why, reason)), false, release);
        release.satisfied(this, 1);
    }

    /** Sets the outcome of a task that the caller has withdrawn. */
    private void publish(Object end, Completion release) {
        publishUnlaunched(end, release);
        TaskQueue region = region();
        if (region != null && isFailure(end)) {
            release.tellLast(this, region);
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
    private void publishUnlaunched(Object end, Completion release) {
        body = null;
        TaskProbe observed = observation();
        if (observed != null) {
            observed.withdrawn(this, end);
        }
        release.add(this, (Dependent) OUTCOME.getAndSet(this, end), end);
        if (flags != 0) {
            callOffAlarms(release);
        }
    }

    /** Discards the region: a handle must not keep its queue, other tasks or a class loader reachable. */
    private void forgetRegion() {
        if (metadata instanceof TaskMetadata more) {
            more.region = null;
            more.contextLoader = null;
        } else {
            metadata = null;
        }
    }

    /** Called once the task is completed. */
    private void callOffAlarms(Completion release) {
        if ((flags & TERMS) != 0) {
            Timer deadline = terms().deadlineAlarm;
            if (deadline != null) {
                deadline.callOff();
            }
            callOffBackoff(release);
        }
        if ((flags & ~OBSERVED) != 0 && owner instanceof DagCore core) {
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

    /** The outcome of a completed task while something before it, or its own suspended body, is not settled. */
    public static final class Unsettled {
        public final ExceptionalOutcome outcome;
        /**
         * Edges to successors that may start only when this is settled; {@code SETTLED} once it is, and
         * {@code DETACHED} once later successors have to wait for the predecessors themselves.
         */
        private volatile @Nullable Link heldBack;

        static {
            linkAccesses();
        }

        /** Performs each kind of access of this class once, on null: see {@link ClassPreloader}. */
        private static void linkAccesses() {
            for (int access = 0; access < 3; access++) {
                try {
                    switch (access) {
                        case 0 -> HELD_BACK.compareAndSet((Unsettled) null, (Link) null, (SoftEdge) null);
                        case 1 -> HELD_BACK.compareAndSet((Unsettled) null, null, (Link) null);
                        case 2 -> {
                            Link unused = (Link) HELD_BACK.getAndSet((Unsettled) null, (Link) null);
                        }
                        default -> throw new AssertionError(access);
                    }
                } catch (NullPointerException linked) {
                    // as expected
                }
            }
        }

        Unsettled(ExceptionalOutcome outcome) {
            this.outcome = outcome;
        }

        /**
         * Holds a successor back.
         *
         * @return the edge to it; {@code SETTLED} or {@code DETACHED} if it is too late
         */
        Link holdBack(Node successor) {
            SoftEdge edge = new SoftEdge(successor);
            while (true) {
                Link stack = heldBack;
                if (stack == SETTLED || stack == DETACHED) {
                    return stack;
                }
                edge.next = stack;
                if (HELD_BACK.compareAndSet(this, stack, edge)) {
                    return edge;
                }
            }
        }

        /** Returns the newest edge to a held successor, null if there is none. */
        @Nullable
        Link held() {
            Link stack = heldBack;
            return stack == SETTLED || stack == DETACHED ? null : stack;
        }

        boolean isDetached() {
            return heldBack == DETACHED;
        }

        /**
         * Detaches the task from its predecessors; returns false if successors are held back, or it is detached or
         * settled.
         */
        boolean detach() {
            return HELD_BACK.compareAndSet(this, null, DETACHED);
        }

        private @Nullable Link settle() {
            Link stack = (Link) HELD_BACK.getAndSet(this, SETTLED);
            return stack == DETACHED ? null : stack;
        }
    }
}
