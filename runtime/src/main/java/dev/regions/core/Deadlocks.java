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
 * limited time, is never on the way, for nothing of ours holds that up.
 *
 * <p><b>When.</b> Joins that return do so mostly at once. So a join notes, before it parks, that its worker waits, and every
 * half second, as long as somebody does, the timer looks at those that have not moved, first after two ticks and then after
 * four, eight, and so on, so that long waits cost little.
 *
 * <p><b>Looking while things move.</b> A link that was seen is in force until the task that it hangs on is final; a wait
 * until it is over. When at the end nothing on the way is final or over, then all of it was in force at the same moment,
 * that at which the search ended, and as none of it can go away by itself, it is there for good. Reading a stack of links
 * that is taken off and turned round meanwhile may miss some: then the circle was none, or is found next time.
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
            try {
                core.timers().set(TICK_NANOS, this::tick);
            } catch (OutOfMemoryError none) {
                watching.set(false);
                throw none;
            }
        }
    }

    /** Tells whether a look at those who wait is set, or under way. */
    boolean isWatching() {
        return watching.get();
    }

    /** Called by the timer: looks at those who wait, and sets the next look if there are any. */
    void tick() {
        try {
            lookAtWaiting();
        } finally {
            watching.set(false);
            for (Worker worker : core.workers().all()) {
                if (worker.waiting() != null) {
                    watch();
                    break;
                }
            }
        }
    }

    private void lookAtWaiting() {
        for (Worker worker : core.workers().all()) {
            Link.Waiter waiter = worker.waiting();
            if (waiter != null) {
                int ticks = ++waiter.ticks;
                if (ticks > 1 && Integer.bitCount(ticks) == 1) {
                    DeadlockException found = new Search(worker, waiter).run();
                    if (found != null) {
                        core.observing().deadlockFound(String.valueOf(found.getMessage())); // before anybody can go on
                        waiter.giveUp(found);
                        return; // what was on the circle moves now
                    }
                }
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
            while (!toVisit.isEmpty() && !heldUp.containsKey(awaited)) {
                visit(toVisit.poll());
            }
            return heldUp.containsKey(awaited) && isStillSo()
                    ? new DeadlockException(describe(waiting.get(waiting.size() - 1)))
                    : null;
        }

        private static boolean mayBeEndedByTimer(Node node) {
            return (node.flags & Node.TERMS) != 0 && node.terms().hasAlarmSet();
        }

        private void holdsUp(Node node, Step step) {
            if (!node.isOver() && !mayBeEndedByTimer(node) && heldUp.putIfAbsent(node, step) == null) {
                toVisit.add(node);
            }
        }

        private void visit(Node node) {
            for (Link link = node.links(); link != null; link = link.next) {
                switch (link) {
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
                }
            }
        }

        private boolean isStillSo() {
            Set<Node> checked = Collections.newSetFromMap(new IdentityHashMap<>());
            Deque<Node> toCheck = new ArrayDeque<>(List.of(awaited));
            while (!toCheck.isEmpty()) {
                Node at = toCheck.poll();
                if (!checked.add(at)) {
                    continue;
                }
                Step step = heldUp.get(at);
                if (step == null || at.isOver() || step.waiting != null && !isWaiting(step.waiting)) {
                    return false;
                }
                if (step.by != null) {
                    toCheck.add(step.by);
                }
                if (step.limit != null) {
                    Set<Node> inside = step.limit.inside();
                    if (inside.size() < step.limit.places || inside.contains(at)) {
                        return false;
                    }
                    toCheck.addAll(inside);
                }
            }
            return isWaiting(waiter);
        }

        /** Whoever is interrupted will not wait any longer, and perhaps hold nothing up. */
        private static boolean isWaiting(Link.Waiter waiter) {
            Worker worker = waiter.worker;
            return worker != null && worker.waiting() == waiter && !waiter.isInterrupted();
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
