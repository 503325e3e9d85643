package dev.regions.core;

import dev.regions.task.DeadlockException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Finds tasks that wait for each other in a circle, at least one of them in a {@code join()}.
 *
 * <p><b>Idea.</b> Edges made before launch cannot close a circle; a body that waits for a task can. What a task holds up is
 * known: its successors and those who wait for it hang on it as links, and the tasks that stand before a limit can be asked
 * of the limit. So from the tasks on a thread that waits, this goes forward to all that they hold up. If what they wait for
 * is among that, it never comes: everything on the way is waiting, in turn, for all of what it waits for, and nothing of it
 * can end before the first does. A limit is passed on the way only when all its places are taken by tasks on it.
 *
 * <p>What a timer may still end is not followed: it may yet get out of the way. What waits for something outside, or for a
 * limited time, is never on the way, for nothing of ours holds that up. And a task that waits for one on the way and for one
 * that is not may be skipped when the latter fails. So when all has been found, what has more edges left than were found is
 * taken out again, with all that it was found to hold up: what remains waits for nothing but each other.
 *
 * <p><b>When.</b> Joins that return do so mostly at once. So a join notes, before it parks, that its worker waits, and every
 * half second, as long as somebody does, the timer looks for those that have not moved, first after two ticks and then after
 * four, eight, and so on, so that long waits cost little. The search, which in a large graph may take its time, is not the
 * timer's: it gets a thread.
 *
 * <p><b>Looking while things move.</b> A link that was seen is in force until the task that it hangs on is final; a wait
 * until it is over. When at the end nothing that was found is final or over, then all of it was in force at the same moment,
 * that at which the search ended, and as none of it can go away by itself, it is there for good. Edges are only ever taken
 * off, so if all that were found are still there, there are no others. Reading a stack of links that is taken off and turned
 * round meanwhile may miss some: then the circle was none, or is found next time.
 */
final class Deadlocks {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final DagCore core;
    private final AtomicBoolean watching = new AtomicBoolean();

    Deadlocks(DagCore core) {
        this.core = core;
    }

    /** Called when a worker has noted that it waits. */
    void watch() {
        if (!watching.get() && watching.compareAndSet(false, true)) {
            core.timers().set(TICK_NANOS, this::tick);
        }
    }

    /** Tells whether a look at those who wait is set, or under way. */
    boolean isWatching() {
        return watching.get();
    }

    /** Called by the timer: has those looked at that have waited for long enough, and sets the next look if there are any. */
    void tick() {
        List<Worker> due = new ArrayList<>();
        for (Worker worker : core.workers().all()) {
            Link.Waiter waiter = worker.waiting();
            if (waiter != null) {
                int ticks = ++waiter.ticks;
                if (ticks > 1 && Integer.bitCount(ticks) == 1) {
                    due.add(worker);
                }
            }
        }
        if (due.isEmpty()) {
            watchOn();
            return;
        }
        try {
            Thread.ofPlatform() // a virtual one gets no carrier while all of these are busy
                    .name(core.name() + "-deadlocks")
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .start(() -> lookAt(due));
        } catch (Throwable failed) {
            watchOn();
            throw failed;
        }
    }

    private void lookAt(List<Worker> due) {
        try {
            for (Worker worker : due) {
                Link.Waiter waiter = worker.waiting();
                DeadlockException found = waiter == null ? null : new Search(worker, waiter).run();
                if (found != null) {
                    breakUp(waiter, found);
                    return; // what was on the circle moves now
                }
            }
        } finally {
            watchOn();
        }
    }

    /** Ends the wait of one on the circle. Observers are told before, so that nobody who can go on since is ahead of them. */
    void breakUp(Link.Waiter waiter, DeadlockException found) {
        core.observing().deadlockFound(String.valueOf(found.getMessage()));
        waiter.giveUp(found);
    }

    /** Says that the look is over, and sets the next one if somebody waits. */
    private void watchOn() {
        watching.set(false);
        for (Worker worker : core.workers().all()) {
            if (worker.waiting() != null) {
                watch();
                break;
            }
        }
    }

    /** One look at what a worker's tasks hold up. */
    private static final class Search {
        private final Worker worker;
        private final Link.Waiter waiter;
        private final Node awaited;

        /** What is held up, by what, and how; the tasks of the worker itself by nothing. */
        private final Map<Node, Step> heldUp = new IdentityHashMap<>();

        /** What each was found to hold up: a successor once for each edge. */
        private final Map<Node, List<Node>> holdsUp = new IdentityHashMap<>();

        private final Deque<Node> toVisit = new ArrayDeque<>();
        private final Map<Admission, Integer> taken = new IdentityHashMap<>();

        private record Step(
                @Nullable Node by,
                String how,
                Link.@Nullable Waiter waiting,
                @Nullable Admission limit) {}

        Search(Worker worker, Link.Waiter waiter) {
            this.worker = worker;
            this.waiter = waiter;
            this.awaited = waiter.awaited;
        }

        @Nullable
        DeadlockException run() {
            List<Node> waiting = worker.tasks();
            if (waiting.isEmpty() || waiting.stream().anyMatch(Search::mayBeEndedByTimer)) {
                return null;
            }
            waiting.forEach(task -> holdsUp(task, new Step(null, "", null, null)));
            while (!toVisit.isEmpty()) {
                visit(toVisit.poll());
            }
            leaveOutWhatMayGoOn();
            return heldUp.containsKey(awaited) && isStillSo()
                    ? new DeadlockException(describe(waiting.get(waiting.size() - 1)))
                    : null;
        }

        private static boolean mayBeEndedByTimer(Node node) {
            return (node.flags & Node.TERMS) != 0 && node.terms().hasAlarmPending();
        }

        private void holdsUp(Node node, Step step) {
            if (node.isOver() || mayBeEndedByTimer(node)) {
                return;
            }
            if (step.by != null) {
                note(step.by, node);
            }
            if (heldUp.putIfAbsent(node, step) == null) {
                toVisit.add(node);
            }
        }

        private void note(Node by, Node held) {
            holdsUp.computeIfAbsent(by, none -> new ArrayList<>()).add(held);
        }

        /** Takes out what waits for something else as well, which may fail, and all that this was found to hold up. */
        private void leaveOutWhatMayGoOn() {
            Map<Node, Integer> edges = new IdentityHashMap<>();
            holdsUp.forEach((by, held) -> held.forEach(node -> edges.merge(node, 1, Integer::sum)));
            Deque<Node> out = new ArrayDeque<>();
            for (Node node : heldUp.keySet()) {
                if (node.edgesLeft() > edges.getOrDefault(node, 0)) {
                    out.add(node);
                }
            }
            for (Node node; (node = out.poll()) != null; ) {
                if (heldUp.remove(node) != null) {
                    out.addAll(holdsUp.getOrDefault(node, List.of()));
                }
            }
        }

        private void visit(Node node) {
            for (Dependent at = node.dependents(); at != null; at = at instanceof Link link ? link.next : null) {
                switch (at) {
                    case Node successor -> holdsUp(successor, new Step(node, "requires", null, null));
                    case Link.HardEdge edge -> holdsUp(edge.successor, new Step(node, "requires", null, null));
                    case Link.SoftEdge edge -> holdsUp(edge.successor, new Step(node, "comes after", null, null));
                    case Link.Waiter other -> visitWaiter(node, other);
                    case Link.Callback callback -> {}
                    case Link.CancelRequest request -> {}
                }
            }
            if ((node.flags & Node.TERMS) != 0) {
                node.terms().limits().forEach(limit -> visitLimit(node, limit));
            }
        }

        private void visitWaiter(Node node, Link.Waiter other) {
            Worker waits = other.worker;
            if (waits == null || waits.waiting() != other) {
                return;
            }
            List<Node> tasks = new ArrayList<>(waits.tasks());
            Collections.reverse(tasks);
            Node by = node;
            for (Node task : tasks) {
                if (mayBeEndedByTimer(task)) {
                    return;
                }
                holdsUp(task, new Step(by, "joins", other, null));
                by = task;
            }
        }

        private void visitLimit(Node node, Admission limit) {
            if (limit.isInside(node) && taken.merge(limit, 1, Integer::sum) == limit.places) {
                String how = "waits for a place in limit '" + limit.name + "', which is held by";
                for (Node before : limit.waiting()) {
                    holdsUp(before, new Step(node, how, null, limit));
                    limit.inside().stream()
                            .filter(inside -> inside != node && heldUp.containsKey(inside))
                            .forEach(inside -> note(inside, before));
                }
            }
        }

        /** Tells whether all that was found is in force, now that it has all been found. */
        private boolean isStillSo() {
            for (Map.Entry<Node, Step> found : heldUp.entrySet()) {
                Node node = found.getKey();
                Step step = found.getValue();
                if (node.isOver()
                        || step.waiting != null && !isWaiting(step.waiting)
                        || step.limit != null && !isFull(step.limit, node)) {
                    return false;
                }
            }
            return isWaiting(waiter);
        }

        private boolean isFull(Admission limit, Node waits) {
            Set<Node> inside = limit.inside();
            return inside.size() >= limit.places
                    && !inside.contains(waits)
                    && heldUp.keySet().containsAll(inside);
        }

        /** Whoever is interrupted, or about to be woken, will not wait any longer, and perhaps hold nothing up. */
        private static boolean isWaiting(Link.Waiter waiter) {
            Worker worker = waiter.worker;
            return worker != null && worker.waiting() == waiter && !waiter.awaited.isFinal() && !waiter.isInterrupted();
        }

        private String describe(Node joining) {
            StringBuilder circle = new StringBuilder(
                    "deadlock: task '" + joining.displayName() + "' joins '" + awaited.displayName() + "'");
            Node at = awaited;
            for (Step step; (step = heldUp.get(at)).by != null; at = step.by) {
                circle.append(", which ").append(step.how).append(" '");
                circle.append(step.by.displayName()).append("'");
            }
            if (at != joining) {
                circle.append(", which joins '").append(joining.displayName()).append("'");
            }
            return circle.append("; none of them can go on").toString();
        }
    }
}
