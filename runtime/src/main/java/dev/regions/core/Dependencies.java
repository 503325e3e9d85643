package dev.regions.core;

import dev.regions.queue.Dependency;
import dev.regions.queue.Dependency.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a task depends on, in the smallest form that says it, for most tasks have no edge or one: null for none, the task
 * itself for one argument, an array for several, and an object of this class for arguments together with other edges.
 */
final class Dependencies {
    private final @Nullable Object arguments;
    /** Tasks, before wiring; after that, the links that were made, null where an edge needs none. */
    private @Nullable Dependent[] others = new Dependent[2];
    /** Which of the others are soft; null for none. */
    private @Nullable BitSet soft;

    private int count;

    private Dependencies(@Nullable Object arguments) {
        this.arguments = arguments;
    }

    /** What to do with each edge. */
    @FunctionalInterface
    interface Visitor {
        void edge(TaskNode<?> predecessor, boolean soft);
    }

    /** Returns inputs with one more edge; the old ones may be no longer used. */
    static Dependencies with(@Nullable Object inputs, TaskNode<?> predecessor, boolean soft) {
        Dependencies all = inputs instanceof Dependencies some ? some : new Dependencies(inputs);
        if (all.count == all.others.length) {
            all.others = Arrays.copyOf(all.others, 2 * all.count);
        }
        if (soft) {
            if (all.soft == null) {
                all.soft = new BitSet();
            }
            all.soft.set(all.count);
        }
        all.others[all.count++] = predecessor;
        return all;
    }

    private boolean isSoft(int other) {
        return soft != null && soft.get(other);
    }

    /** Returns what the body gets. */
    static @Nullable Object arguments(@Nullable Object inputs) {
        return inputs instanceof Dependencies all ? all.arguments : inputs;
    }

    /** Returns the number of edges. */
    static int count(@Nullable Object inputs) {
        if (inputs == null) {
            return 0;
        }
        if (inputs instanceof TaskNode<?>) {
            return 1;
        }
        if (inputs instanceof TaskNode<?>[] several) {
            return several.length;
        }
        Dependencies all = (Dependencies) inputs;
        return count(all.arguments) + all.count;
    }

    /** Visits the edges, arguments first. */
    static void forEach(@Nullable Object inputs, Visitor visitor) {
        if (inputs instanceof TaskNode<?> one) {
            visitor.edge(one, false);
        } else if (inputs instanceof TaskNode<?>[] several) {
            for (TaskNode<?> each : several) {
                visitor.edge(each, false);
            }
        } else if (inputs instanceof Dependencies all) {
            forEach(all.arguments, visitor);
            for (int i = 0; i < all.count; i++) {
                TaskNode<?> other = all.other(i);
                if (other != null) {
                    visitor.edge(other, all.isSoft(i));
                }
            }
        }
    }

    /** Returns the task at the other end of an edge; null once the edge is wired, and that task final or known by it alone. */
    private @Nullable TaskNode<?> other(int index) {
        Dependent other = others[index];
        return (other instanceof Link link ? link.back : other) instanceof TaskNode<?> node ? node : null;
    }

    /** Visits the tasks at the other ends of edges that are not over; of a task that is wired, those that are still known. */
    static void forEachPending(@Nullable Object inputs, Consumer<Node> action) {
        forEach(inputs, new Pending(action));
    }

    private record Pending(Consumer<Node> action) implements Visitor {
        @Override
        public void edge(TaskNode<?> predecessor, boolean soft) {
            if (!predecessor.isSettled()) {
                action.accept(predecessor);
            }
        }
    }

    /**
     * Returns the tasks at the other ends of edges that are not over, each once; in place of one that is {@linkplain Node#detach()
     * detached}, those that it waited for.
     *
     * @param most how many there may be, and may be looked at
     * @return null if there are more
     */
    static TaskNode<?> @Nullable [] pending(@Nullable Object inputs, int most) {
        if (count(inputs) > most) {
            return null;
        }
        Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>(4));
        Deque<TaskNode<?>> toVisit = new ArrayDeque<>(4);
        List<TaskNode<?>> pending = new ArrayList<>(1);
        Visitor visitor = new NotOver(seen, toVisit);
        forEach(inputs, visitor);
        for (TaskNode<?> node; (node = toVisit.poll()) != null; ) {
            if (seen.size() > most) {
                return null;
            }
            if (node.isDetached()) {
                forEach(node.inputs, visitor);
            } else {
                pending.add(node);
            }
        }
        return pending.toArray(new TaskNode<?>[0]);
    }

    private record NotOver(Set<Node> seen, Deque<TaskNode<?>> toVisit) implements Visitor {
        @Override
        public void edge(TaskNode<?> predecessor, boolean soft) {
            if (!predecessor.isSettled() && seen.add(predecessor)) {
                toVisit.add(predecessor);
            }
        }
    }

    /** Tells whether a task is one of the arguments. */
    static boolean hasArgument(@Nullable Object inputs, Node task) {
        Object given = arguments(inputs);
        return given == task
                || given instanceof TaskNode<?>[] several
                        && Arrays.asList(several).contains(task);
    }

    /**
     * Wires each edge.
     *
     * @return how many are satisfied already
     */
    static int wire(Object inputs, Node successor, Completion release) {
        if (inputs instanceof TaskNode<?> one) {
            return successor.connect(one, false, release);
        }
        int satisfied = 0;
        if (inputs instanceof TaskNode<?>[] several) {
            for (TaskNode<?> each : several) {
                satisfied += successor.connect(each, false, release);
            }
        } else {
            Dependencies all = (Dependencies) inputs;
            if (all.arguments != null) {
                satisfied += wire(all.arguments, successor, release);
            }
            for (int i = 0; i < all.count; i++) {
                satisfied += successor.connect((TaskNode<?>) all.others[i], all.isSoft(i), all.others, i, release);
            }
        }
        return satisfied;
    }

    /** Returns the edges as data. */
    static List<Dependency> describe(@Nullable Object inputs) {
        List<Dependency> edges = new ArrayList<>();
        forEach(inputs, (predecessor, soft) -> edges.add(new Dependency(predecessor, soft ? Kind.SOFT : Kind.HARD)));
        return List.copyOf(edges);
    }
}
