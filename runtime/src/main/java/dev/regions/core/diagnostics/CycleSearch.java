package dev.regions.core.diagnostics;

import dev.regions.core.graph.Dependent;
import dev.regions.core.graph.Gate;
import dev.regions.core.graph.Link;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskAttributes;
import dev.regions.core.schedule.DagCore;
import dev.regions.core.schedule.LimitGate;
import dev.regions.core.schedule.Worker;
import dev.regions.core.util.RegionDescriptions;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskQueue;
import dev.regions.task.DeadlockException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Searches for cycles of tasks that wait for each other, from any number of waits at once. Used once;
 * {@link DeadlockDetector} decides when to search.
 *
 * <h2>Implementation overview</h2>
 *
 * <p><b>Forward.</b> A task stores the number of its predecessors, but not which ones they are. Its dependents are
 * known, however. The search therefore goes from the waiting tasks to everything that they hold up, and notes these
 * edges in a {@link WaitForGraph}. The vertices, and the vertices that hold up each of them, are:
 *
 * <pre>
 *   wait     of a worker, in a join():    the awaited task
 *   task     on a worker that waits:      that wait; below a task in place, the task in place
 *   task     that waits for others:       each of its predecessors; their number is its status
 *   task     that stands before a limit:  the limit
 *   limit    without a free permit:       each task that holds a permit
 *   region   that holds tasks:            the task that has it open in its body
 *   task     that is held by a region:    the region
 * </pre>
 *
 * <p><b>Every edge is needed.</b> Each vertex goes on only when <em>all</em> that holds it up is gone; but as soon as
 * <em>any</em> of that is gone, it may go on in another way: a task with a failed predecessor is skipped, a limit with
 * one free permit admits a task. A vertex with fewer edges than it needs therefore waits for something else as well,
 * such as a completable task, and is removed, together with everything that it holds up. The remaining vertices wait
 * only for each other. The search does not follow a task that a timer may still end, nor a wait with a time limit, or
 * of a thread that runs no task. A search that ends early, because there are too many tasks, has found fewer edges, and
 * removes more: it may miss a cycle, and makes up none.
 *
 * <p><b>Members of a cycle.</b> The remaining vertices include tasks that wait for a cycle without being part of it.
 * These go on when the cycle is broken up. Therefore only <em>closed</em> strongly connected components count: nothing
 * outside of them holds up anything inside. Such a component has a cycle through each of its members, and everything
 * that any of them waits for is in it. The search ends one wait of each. All steps are linear in the number of tasks
 * and edges that were found.
 *
 * <p><b>Searching while things move.</b> A link that was seen is in force until its task is completed, or, if it was
 * held back, until its task is settled; a wait until it ends; a task is held by a region until it is launched. A permit
 * of a limit, and the place in the queue before it, is kept until an attempt ends, and attempts are counted. Each item
 * that was found, and is found again when all have been found, was therefore in force at the moment at which discovery
 * ended. Hence the whole component was in force at the same moment, and as no part of it can go away by itself, it is
 * there for good. Edges are only ever removed; if all that were found are still there, there are no others. A reader of
 * a stack of links that is taken off and reversed meanwhile may miss some: then there was no cycle, or the next search
 * finds it.
 *
 * <p><b>Assumptions.</b> Cancelling is not foreseen: a cycle that another thread was about to cancel is still reported.
 * A queue that says that it holds tasks until it is closed is taken at its word: another thread that makes it hand them
 * on before is not foreseen either.
 *
 * <p>Used by one thread.
 */
final class CycleSearch {
    private static final byte JOINS = 0;
    private static final byte REQUIRES = 1;
    private static final byte COMES_AFTER = 2;
    private static final byte IN_PLACE = 3;
    private static final byte IS_INSIDE = 4;
    private static final byte LETS_IN = 5;
    private static final byte HAS_OPEN = 6;
    private static final byte HOLDS = 7;
    private static final byte AWAITED = 8;

    /** Maximum number of steps in a description: a cycle may have a million. */
    private static final int MAX_STEPS = 32;

    /** Stands for the calling thread, which has regions open and is about to wait. */
    private static final Object CALLER = new Object();

    private static final RuntimeException STOP = new RuntimeException("no room for more", null, false, false) {
        private static final long serialVersionUID = 1L;
    };

    /** A wait that can never end, and why. */
    record Found(Link.Waiter waiter, DeadlockException why) {}

    private final WaitForGraph graph;
    /** The object of each vertex: a Node, a Link.Waiter, a LimitGate, a RegionRegistry.Entry or CALLER. */
    private Object[] what = new Object[64];
    /** For each task that stands before a limit, the number of its attempts until then. */
    private int[] attempts = new int[64];
    /** Hash table by identity: the number of a vertex plus 1; 0 is free. */
    private int[] numbers = new int[128];

    private final List<Link.Waiter> due = new ArrayList<>();
    private boolean full;

    /**
     * Creates a search.
     *
     * @param maxBytes approximate maximum of the memory that it takes
     */
    CycleSearch(long maxBytes) {
        this.graph = new WaitForGraph(maxBytes);
    }

    /** Loads and initialises this class, because an initialisation that runs out of stack fails for good. */
    static void load() {}

    /** Returns true if there was more to search than this search has memory for. */
    boolean isFull() {
        return full;
    }

    /** Returns the number of tasks found, and of other things that hold tasks up. */
    int size() {
        return graph.size();
    }

    // ---- From waiting workers ---------------------------------------------------------------------------------------

    /** Returns one wait for each of the cycles that the waits of these workers are part of. */
    List<Found> from(List<Worker> workers) {
        for (Worker worker : workers) {
            Link.Waiter waiter = worker.waiting();
            if (waiter != null && add(waiter) != WaitForGraph.FULL) {
                due.add(waiter);
            }
        }
        discover();
        if (graph.removeUnlessHeldUp(this::edgesNeeded) == 0) {
            return List.of();
        }
        boolean[] seen = new boolean[graph.findComponents()];
        List<Found> found = new ArrayList<>();
        for (Link.Waiter waiter : due) {
            int vertex = numberOf(waiter);
            if (graph.isRemoved(vertex)) {
                continue;
            }
            int component = graph.componentOf(vertex);
            if (!seen[component]) {
                seen[component] = true;
                Node awaited = waiter.awaited;
                if (isCircle(component, vertex, numberOf(awaited)) && isStillSo(component)) {
                    found.add(new Found(waiter, new DeadlockException(describe(vertex, awaited))));
                }
            }
        }
        return found;
    }

    // ---- From the regions that the caller has open ------------------------------------------------------------------

    /**
     * Checks whether the calling thread would wait, by way of other tasks, for a region that it has open itself.
     *
     * @param entries the open regions of the calling code
     * @param awaited the task that the caller is about to wait for
     * @return why that would never end, null if it may
     */
    @Nullable
    String fromCaller(List<RegionRegistry.Entry> entries, Node awaited) {
        discoverFrom(entries);
        return neverEnds(numberOf(awaited));
    }

    /** As {@link #fromCaller(List, Node)}, for a caller that is about to wait until nothing is in flight in a core. */
    @Nullable
    String fromCaller(List<RegionRegistry.Entry> entries, DagCore closing) {
        discoverFrom(entries);
        for (int vertex = 0; vertex < graph.size(); vertex++) {
            if (what[vertex] instanceof Node node
                    && node.owner == closing
                    && !node.isCompleted()
                    && !graph.isRemoved(vertex)) {
                return neverEnds(vertex);
            }
        }
        return null;
    }

    private void discoverFrom(List<RegionRegistry.Entry> entries) {
        int caller = vertexOf(CALLER);
        for (RegionRegistry.Entry entry : entries) {
            connect(caller, entry, HAS_OPEN);
        }
        discover();
        graph.removeUnlessHeldUp(this::edgesNeeded);
    }

    private @Nullable String neverEnds(int awaited) {
        int caller = 0;
        if (awaited == WaitForGraph.FULL || graph.isRemoved(awaited) || !graph.connect(awaited, caller, AWAITED)) {
            return null;
        }
        graph.findComponents();
        int component = graph.componentOf(caller);
        return isCircle(component, caller, awaited) && isStillSo(component) ? describeFromCaller(awaited) : null;
    }

    // ---- Discovering ------------------------------------------------------------------------------------------------

    private void discover() {
        for (int vertex = 0; vertex < graph.size() && !full; vertex++) {
            switch (what[vertex]) {
                case Node node -> visit(vertex, node);
                case LimitGate limit -> visit(vertex, limit);
                case RegionRegistry.Entry region -> visit(vertex, region);
                default -> {} // the edges of a wait, and of the caller, are there
            }
        }
    }

    private void visit(int vertex, Node node) {
        for (Dependent at = node.dependents(); at != null; at = at instanceof Link link ? link.next : null) {
            switch (at) {
                case Node successor -> connectTask(vertex, successor, REQUIRES);
                case Link.HardEdge edge -> connectTask(vertex, edge.successor, REQUIRES);
                case Link.SoftEdge edge -> connectTask(vertex, edge.successor, COMES_AFTER);
                case Link.Waiter waiter -> {
                    int wait = add(waiter);
                    if (wait != WaitForGraph.FULL) {
                        connect(vertex, wait, AWAITED);
                    }
                }
                case Link.Callback callback -> {}
                case Link.Tracker tracker -> {}
                case Link.CancelRequest request -> {}
            }
        }
        if ((node.flags & Node.ATTRIBUTES) != 0) {
            for (Gate gate : node.attributes().limits()) {
                LimitGate limit = (LimitGate) gate;
                if (limit.isInside(node)) {
                    connect(vertex, limit, IS_INSIDE);
                }
            }
        }
    }

    /**
     * Adds a wait, and the tasks on the waiting thread; {@link WaitForGraph#FULL} if the wait is not to be followed.
     */
    private int add(Link.Waiter waiter) {
        Worker worker = (Worker) waiter.worker;
        if (worker == null || worker.waiting() != waiter) {
            return WaitForGraph.FULL;
        }
        int known = numberOf(waiter);
        if (known != WaitForGraph.FULL) {
            return known;
        }
        List<Node> tasks = worker.tasks();
        if (tasks.isEmpty() || tasks.stream().anyMatch(CycleSearch::mayBeEndedByTimer)) {
            return WaitForGraph.FULL;
        }
        int wait = vertexOf(waiter);
        int holder = wait;
        for (int i = tasks.size() - 1; i >= 0 && holder != WaitForGraph.FULL; i--) {
            holder = connect(holder, tasks.get(i), holder == wait ? JOINS : IN_PLACE);
        }
        for (RegionRegistry.Entry entry = RegionRegistry.openOn(worker); entry != null; entry = entry.below()) {
            Node opener = entry.opener();
            if (entry.isOpen() && opener != null && tasks.contains(opener)) {
                int open = numberOf(opener);
                if (open != WaitForGraph.FULL) {
                    connect(open, entry, HAS_OPEN);
                }
            }
        }
        return wait;
    }

    private void visit(int vertex, LimitGate limit) {
        for (Node before : limit.waiting()) {
            int attempt = before.attributes().attempts;
            if (before.isReady() && !full) {
                int task = connectTask(vertex, before, LETS_IN);
                if (task != WaitForGraph.FULL) {
                    attempts[task] = attempt;
                }
            }
        }
    }

    private void visit(int vertex, RegionRegistry.Entry region) {
        TaskQueue queue = region.get();
        if (queue == null || !region.isOpen()) {
            return;
        }
        Consumer<PendingTask> found = held -> {
            if (full) {
                throw STOP;
            }
            if (held.task() instanceof Node node && isHeldBy(queue, node)) {
                connectTask(vertex, node, HOLDS);
            }
        };
        RegionRegistry.ask(queue, found);
    }

    private static boolean isHeldBy(TaskQueue queue, Node node) {
        return node.isUnlaunched() && node.owner == queue;
    }

    private static boolean mayBeEndedByTimer(Node node) {
        if ((node.flags & Node.ATTRIBUTES) == 0) {
            return false;
        }
        TaskAttributes attributes = node.attributes();
        return attributes.hasTimerPending() || attributes.hasDeadline && node.isUnlaunched();
    }

    private int connectTask(int from, Node node, byte how) {
        return node.isSettled() || mayBeEndedByTimer(node) ? WaitForGraph.FULL : connect(from, node, how);
    }

    /** Adds an edge to the vertex of an object, which is added if absent, and returns that vertex. */
    private int connect(int from, Object to, byte how) {
        int vertex = vertexOf(to);
        return vertex == WaitForGraph.FULL ? vertex : connect(from, vertex, how);
    }

    private int connect(int from, int to, byte how) {
        if (!graph.connect(from, to, how)) {
            full = true;
            return WaitForGraph.FULL;
        }
        return to;
    }

    private int vertexOf(Object object) {
        int at = slotOf(object);
        if (numbers[at] != 0) {
            return numbers[at] - 1;
        }
        int vertex = graph.add();
        if (vertex == WaitForGraph.FULL) {
            full = true;
            return vertex;
        }
        if (vertex == what.length) {
            what = Arrays.copyOf(what, 2 * vertex);
            attempts = Arrays.copyOf(attempts, 2 * vertex);
            numbers = new int[4 * vertex];
            for (int i = 0; i < vertex; i++) {
                numbers[slotOf(what[i])] = i + 1;
            }
            at = slotOf(object);
        }
        what[vertex] = object;
        numbers[at] = vertex + 1;
        return vertex;
    }

    private int numberOf(Object object) {
        return numbers[slotOf(object)] - 1;
    }

    /**
     * Returns the slot of an object in the hash table, or the free slot for it. Linear probing; at most half of it is
     * full.
     */
    private int slotOf(Object object) {
        int hash = System.identityHashCode(object);
        int at = (hash ^ hash >>> 15) & numbers.length - 1;
        while (numbers[at] != 0 && what[numbers[at] - 1] != object) {
            at = at + 1 & numbers.length - 1;
        }
        return at;
    }

    // ---- Judging ----------------------------------------------------------------------------------------------------

    private int edgesNeeded(int vertex) {
        Object object = what[vertex];
        return switch (object) {
            case Node node -> Math.max(1, node.edgesLeft());
            case LimitGate limit -> Math.max(limit.permits, limit.holders().size());
            default -> object == CALLER ? 0 : 1;
        };
    }

    /** Returns true if a wait and the awaited task are in the component, which waits for nothing outside of it. */
    private boolean isCircle(int component, int wait, int awaited) {
        return awaited != WaitForGraph.FULL
                && !graph.isRemoved(awaited)
                && graph.componentOf(awaited) == component
                && graph.componentOf(wait) == component
                && graph.isClosed(component);
    }

    /** Returns true if all of a component is in force, now that it has all been found. */
    private boolean isStillSo(int component) {
        for (int vertex : graph.membersOf(component)) {
            boolean holds =
                    switch (what[vertex]) {
                        case Node node ->
                            !node.isSettled() && node.edgesLeft() <= graph.edgesTo(vertex) && !mayBeEndedByTimer(node);
                        case Link.Waiter waiter -> isWaiting(waiter);
                        case LimitGate limit -> isFull(vertex, limit, component);
                        case RegionRegistry.Entry region -> holdsAll(vertex, region, component);
                        default -> true;
                    };
            if (!holds) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns true if a thread waits and will go on waiting. One that is interrupted, or about to be woken, will not,
     * and perhaps hold nothing up.
     */
    private static boolean isWaiting(Link.Waiter waiter) {
        Worker worker = (Worker) waiter.worker;
        return worker != null && worker.waiting() == waiter && !waiter.awaited.isCompleted() && !waiter.isInterrupted();
    }

    private boolean isFull(int vertex, LimitGate limit, int component) {
        Set<Node> inside = limit.holders();
        if (inside.size() < limit.permits) {
            return false;
        }
        for (Node holder : inside) {
            if (!isIn(component, numberOf(holder))) {
                return false;
            }
        }
        boolean[] allWait = {true};
        graph.forEachEdge(vertex, (target, how) -> {
            if (isIn(component, target)) {
                Node before = (Node) what[target];
                allWait[0] &= before.isReady()
                        && before.attributes().attempts == attempts[target]
                        && !inside.contains(before);
            }
        });
        return allWait[0];
    }

    private boolean holdsAll(int vertex, RegionRegistry.Entry region, int component) {
        TaskQueue queue = region.get();
        if (queue == null || !region.isOpen()) {
            return false;
        }
        boolean[] all = {true};
        graph.forEachEdge(vertex, (target, how) -> {
            if (isIn(component, target)) {
                all[0] &= isHeldBy(queue, (Node) what[target]);
            }
        });
        return all[0];
    }

    private boolean isIn(int component, int vertex) {
        return vertex != WaitForGraph.FULL && !graph.isRemoved(vertex) && graph.componentOf(vertex) == component;
    }

    // ---- Describing -------------------------------------------------------------------------------------------------

    private String describe(int wait, Node awaited) {
        int at = numberOf(awaited);
        graph.findPath(wait, at);
        Node joining = innermost(wait);
        StringBuilder cycle = new StringBuilder("deadlock: task '")
                .append(joining.displayName())
                .append("' joins '")
                .append(awaited.displayName())
                .append("'");
        appendSteps(cycle, at, wait);
        return cycle.append("; none of them can go on").toString();
    }

    private String describeFromCaller(int awaited) {
        int caller = 0;
        graph.findPath(caller, awaited);
        StringBuilder why = new StringBuilder("task '")
                .append(((Node) what[awaited]).displayName())
                .append("'");
        appendSteps(why, awaited, caller);
        return why.append(
                        ", cannot end before that does, and that is open on this thread: wait after the end of the region, or"
                                + " launch it first")
                .toString();
    }

    /** Appends the chain of tasks that hold up a task, until it comes to a wait, or to the caller. */
    private void appendSteps(StringBuilder text, int from, int until) {
        int at = from;
        StringBuilder lastButOne = text;
        StringBuilder last = text;
        for (int steps = 0; at != until && graph.before(at) != until; steps++) {
            lastButOne = last;
            last = steps < MAX_STEPS ? text : new StringBuilder();
            at = appendStep(last, at, until);
        }
        if (last != text) {
            text.append(", and so on")
                    .append(lastButOne == text ? "" : lastButOne)
                    .append(last);
        }
    }

    /** Appends one step of the chain; returns the next task, or {@code until}. */
    private int appendStep(StringBuilder text, int task, int until) {
        byte how = graph.howBefore(task);
        int at = graph.before(task);
        String words = "requires";
        switch (how) {
            case COMES_AFTER -> words = "comes after";
            case IN_PLACE -> words = "joins";
            case JOINS -> {
                words = "joins";
                at = graph.before(at);
            }
            case LETS_IN -> {
                words = wordsOf((LimitGate) what[at]);
                at = graph.before(at);
            }
            case HOLDS -> {
                String region = wordsOf((RegionRegistry.Entry) what[at]);
                at = graph.before(at);
                if (at == until) { // the caller
                    text.append(", which is held by ").append(region);
                    return at;
                }
                words = "is held by " + region + ", open in";
            }
            default -> {} // REQUIRES
        }
        text.append(", which ").append(words).append(" '");
        text.append(((Node) what[at]).displayName()).append("'");
        return at;
    }

    private static String wordsOf(LimitGate limit) {
        String step = "waits for a permit of limit '" + limit.name + "', which is held by";
        return limit.permits == 1
                ? step
                : "waits for one of the " + limit.permits + " permits of limit '" + limit.name
                        + "', which are all held by tasks that wait, such as";
    }

    private static String wordsOf(RegionRegistry.Entry region) {
        TaskQueue queue = region.get();
        return queue != null ? RegionDescriptions.of(queue) : "a region that holds its tasks";
    }

    private Node innermost(int wait) {
        Node[] task = new Node[1];
        graph.forEachEdge(wait, (target, how) -> {
            if (how == JOINS) {
                task[0] = (Node) what[target];
            }
        });
        return task[0];
    }
}
